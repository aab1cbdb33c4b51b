using System.Globalization;
using System.Text;
using Ciaos.Actors.Rebuild;

namespace Ciaos.Host;

/// <summary>The summary of a rebuild for people.</summary>
internal static class RebuildText
{
    // --json tells more of them.
    private const int MaxListed = 100;

    private static readonly CultureInfo Culture = CultureInfo.InvariantCulture;

    public static string Of(RebuildReport report)
    {
        var text = new StringBuilder();
        text.AppendLine(
            Culture,
            $"{report.Volumes} volumes, {report.VolumeBytes:N0} bytes, {report.Needles:N0} needles, of which "
            + $"{report.EventNeedles:N0} hold events");
        text.AppendLine(
            Culture,
            $"{report.Events:N0} events in {report.Shards} shards; {report.Keys:N0} keys with {report.LiveBytes:N0} "
            + $"bytes; {report.Seconds:N1} seconds");
        foreach (var moved in report.MovedAside) text.AppendLine(Culture, $"Moved aside: {moved}");
        if (report.TornBytes > 0)
            text.AppendLine(
                Culture,
                $"{report.TornBytes:N0} bytes were torn by a crash before anybody was told that they are stored");
        if (report.IsComplete)
        {
            text.AppendLine("Complete: every event and every byte that is known of is there");
            return text.ToString().TrimEnd();
        }

        text.AppendLine("NOT COMPLETE:");
        Volumes(text, report);
        Events(text, report);
        Objects(text, report);
        return text.ToString().TrimEnd();
    }

    private static void Volumes(StringBuilder text, RebuildReport report)
    {
        if (report.MissingVolumes.Count > 0)
            text.AppendLine(
                Culture,
                $"  Missing volumes: {string.Join(", ", report.MissingVolumes.Take(MaxListed))}");
        foreach (var damage in report.Damage.Take(MaxListed))
        {
            if (damage.ToBytes == 0)
                text.AppendLine(Culture, $"  Volume {damage.Volume} cannot be read: {damage.Detail}");
            else
                text.AppendLine(
                    Culture,
                    $"  Volume {damage.Volume}, bytes {damage.FromBytes} to {damage.ToBytes}: {damage.Detail}");
        }
    }

    private static void Events(StringBuilder text, RebuildReport report)
    {
        if (report.MissingEvents > 0)
            text.AppendLine(
                Culture,
                $"  {report.MissingEvents:N0} events are missing: keys may be older than they were, or back though "
                + $"they were deleted");
        foreach (var hole in report.Holes.Take(MaxListed))
            text.AppendLine(Culture, $"    {hole.PersistenceId}: {hole.From} to {hole.To}");
        if (report.UnreadableEvents > 0)
            text.AppendLine(
                Culture,
                $"  {report.UnreadableEvents:N0} events are not understood");
        if (report.ConflictingEvents > 0)
            text.AppendLine(
                Culture,
                $"  {report.ConflictingEvents:N0} numbers have two events; the one written later is believed");
        if (report.DroppedEvents > 0)
            text.AppendLine(
                Culture,
                $"  {report.DroppedEvents:N0} events speak of keys that are not there, and are left out");
        if (report.UndoneRenames > 0)
            text.AppendLine(
                Culture,
                $"  {report.UndoneRenames:N0} renames are undone, because the object did not arrive");
        foreach (var bucket in report.RecoveredBuckets.Take(MaxListed))
            text.AppendLine(
                Culture,
                $"  Bucket {bucket.Bucket} has lost the name of its owner, which is {bucket.Owner} now");
    }

    private static void Objects(StringBuilder text, RebuildReport report)
    {
        if (report.SalvagedCount > 0)
            text.AppendLine(Culture, $"  {report.SalvagedCount:N0} uploads without an event were salvaged:");
        foreach (var upload in report.Salvaged.Take(MaxListed))
            text.AppendLine(
                Culture,
                $"    {(upload.IsAppend ? "append to" : "put of")} {upload.Bucket}/{upload.Key}, "
                + $"{upload.SizeBytes:N0} bytes");
        if (report.LostCount > 0) text.AppendLine(Culture, $"  {report.LostCount:N0} objects are lost:");
        foreach (var lost in report.Lost.Take(MaxListed))
            text.AppendLine(Culture, $"    {lost.Bucket}/{lost.Key}, {lost.SizeBytes:N0} bytes: {lost.Reason}");
    }
}
