using System.Globalization;
using System.Text;
using System.Text.Json;
using Ciaos.Actors.Check;

namespace Ciaos.Host.Check;

/// <summary>The report of a check for people: what is wrong first.</summary>
internal static class CheckText
{
    // --json tells more of them.
    private const int MaxListedOfAKind = 20;
    private const int MaxVolumes = 20;
    private const double MiB = 1024 * 1024;

    private static readonly CultureInfo Culture = CultureInfo.InvariantCulture;

    public static string Of(CheckReport report)
    {
        var text = new StringBuilder();
        Problems(text, report);
        foreach (var note in report.Notes.Take(MaxListedOfAKind)) text.AppendLine(Culture, $"Note: {note}");
        Uses(text, report);
        text.AppendLine(
            Culture,
            $"{report.Keys:N0} keys with {report.KeyBytes:N0} bytes, {report.Events:N0} events, {report.Needles:N0} "
            + $"needles; {report.Seconds:N1} seconds");
        text.Append(Verdict(report));
        return text.ToString();
    }

    private static void Problems(StringBuilder text, CheckReport report)
    {
        foreach (var (kind, count) in report.Counts)
        {
            text.AppendLine(Culture, $"{JsonNamingPolicy.KebabCaseLower.ConvertName(kind.ToString())}: {count:N0}");
            var listed = 0;
            foreach (var problem in report.Problems.Where(problem => problem.Kind == kind).Take(MaxListedOfAKind))
            {
                text.AppendLine(Culture, $"  {Plain(problem.Detail)}");
                listed++;
            }

            if (listed < count) text.AppendLine(Culture, $"  … and {count - listed:N0} more");
        }
    }

    private static void Uses(StringBuilder text, CheckReport report)
    {
        if (report.Volumes.Count == 0) return;
        text.AppendLine(
            "    volume    MiB in file        live        dead  unreferenced    events  overhead   damaged");
        var listed = report.Volumes.OrderByDescending(use => use.DeadBytes + use.UnreferencedBytes + use.DamagedBytes)
            .Take(MaxVolumes).OrderBy(use => use.Volume);
        foreach (var use in listed) Use(text, use, use.Volume.ToString(Culture));
        if (report.Volumes.Count > MaxVolumes)
            text.AppendLine(Culture, $"         … {report.Volumes.Count - MaxVolumes:N0} more, with less to give back");
        Use(text, report.Total, "all");
    }

    private static void Use(StringBuilder text, VolumeUse use, string name) => text.AppendLine(
        Culture,
        $"{name,10}  {use.FileBytes / MiB,13:N2} {use.LiveBytes / MiB,11:N2} {use.DeadBytes / MiB,11:N2} "
        + $"{use.UnreferencedBytes / MiB,13:N2} {use.EventBytes / MiB,9:N2} {use.OverheadBytes / MiB,9:N2} "
        + $"{use.DamagedBytes / MiB,9:N2}");

    private static string Verdict(CheckReport report)
    {
        if (report.IsClean)
            return "CLEAN" + (report.IsQuick ? ", as far as can be told without reading the data" : "");
        var what = report.Advice switch
        {
            CheckAdvice.MoveFilesAway => "Move the files named above out of the folder: nothing needs them.",
            CheckAdvice.RemakeCatalog =>
                "Move the catalog (catalog.db*) away and start the node: it makes the catalog anew from the journal, "
                + "and writes into volumes what is missing there.",
            CheckAdvice.RebuildIndex =>
                "Run ciaos rebuild-index --force, which makes journal and catalog anew from the volumes "
                + "(docs/recovery.md).",
            _ =>
                "Bring the files of the volumes named above back from a copy, if there is one; what lies in them is "
                + "lost otherwise. All else can be read (docs/recovery.md).",
        };
        return string.Create(Culture, $"NOT CLEAN: {report.ProblemCount:N0} problems. {what}");
    }

    // What a key may hold must not reach the terminal as it is.
    private static string Plain(string text) =>
        string.Concat(text.Select(letter => char.IsControl(letter) ? '\uFFFD' : letter));
}
