using System.Globalization;
using System.Text.RegularExpressions;

namespace Ciaos.Simulation.Model;

/// <summary>Something that happens in a run, in one line.</summary>
internal abstract partial record ScriptStep
{
    /// <exception cref="FormatException">It is no step.</exception>
    public static ScriptStep Parse(string line)
    {
        if (ClientLine().Match(line) is { Success: true } client)
            return new ClientStep(Number(client.Groups[1]), OperationText.Parse(client.Groups[2].Value));
        if (CrashLine().Match(line) is { Success: true } crash)
            return new CrashStep(
                CrashStep.KindOf(crash.Groups[1].Value),
                CrashMoment.Parse(crash.Groups[2].Value),
                crash.Groups[3].Success ? (CrashStep)Parse(crash.Groups[3].Value) : null);
        if (NumberLine().Match(line) is { Success: true } number)
            return number.Groups[1].Value == "flip bit"
                ? new FlipBitStep(Number(number.Groups[2]))
                : new PassTimeStep(Number(number.Groups[2]));
        if (VersioningLine().Match(line) is { Success: true } versioning)
            return new VersioningStep(
                versioning.Groups[1].Value, Enum.Parse<BucketVersioning>(versioning.Groups[2].Value, ignoreCase: true));
        if (RebuildLine().Match(line) is { Success: true } rebuild)
            return new RebuildIndexStep(rebuild.Groups[1].Success ? (CrashStep)Parse(rebuild.Groups[1].Value) : null);
        if (ErrorsLine().Match(line) is { Success: true } errors)
            return new DiskErrorsStep(Number(errors.Groups[1]), Number(errors.Groups[2]), Number(errors.Groups[3]));
        return line switch
        {
            "fill disk" => new FillDiskStep(),
            "free disk" => new FreeDiskStep(),
            "settle" => new SettleStep(),
            _ => throw new FormatException($"\"{line}\" is no step"),
        };
    }

    private static int Number(Group group) =>
        int.Parse(group.ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"^client (\d+): (.*)$")]
    private static partial Regex ClientLine();

    [GeneratedRegex("^(power cut|kill|restart) (.*?)(?: and ((?:power cut|kill) .*))?$")]
    private static partial Regex CrashLine();

    [GeneratedRegex("^rebuild index(?: and ((?:power cut|kill) .*))?$")]
    private static partial Regex RebuildLine();

    [GeneratedRegex(@"^disk errors of 1000: reads (\d+) writes (\d+) flushes (\d+)$")]
    private static partial Regex ErrorsLine();

    [GeneratedRegex(@"^versioning (\S+) (enabled|suspended)$")]
    private static partial Regex VersioningLine();

    [GeneratedRegex(@"^(flip bit|pass ms) (\d+)$")]
    private static partial Regex NumberLine();
}

/// <summary>A client sends a request, as soon as its last one is answered.</summary>
internal sealed record ClientStep(int Client, Operation Operation) : ScriptStep
{
    public override string ToString() => $"client {Client}: {Operation}";
}

/// <summary>The simpler a crash is, the lower its number.</summary>
internal enum CrashKind
{
    /// <summary>The node is stopped in order, and started again.</summary>
    Restart = 1,

    /// <summary>The process dies; what it has written stays.</summary>
    Kill = 2,

    /// <summary>The process dies, and what was not flushed is lost, torn or kept as the disk pleases.</summary>
    PowerCut = 3,
}

/// <summary>The node goes down at the given moment, or at the latest when the next step that is no client's begins. It
/// is started again at once.</summary>
/// <param name="Again">A second crash, of what follows upon the first; null: there is none.</param>
internal sealed record CrashStep(CrashKind Kind, CrashMoment Moment, CrashStep? Again = null) : ScriptStep
{
    public static CrashKind KindOf(string text) => text switch
    {
        "restart" => CrashKind.Restart,
        "kill" => CrashKind.Kill,
        _ => CrashKind.PowerCut,
    };

    public override string ToString()
    {
        var kind = Kind switch { CrashKind.Restart => "restart", CrashKind.Kill => "kill", _ => "power cut" };
        return $"{kind} {Moment}{(Again is null ? "" : $" and {Again}")}";
    }
}

/// <summary>When a crash happens.</summary>
/// <param name="Point">A named crash point of the product; null: operations of the disk are counted.</param>
/// <param name="Count">That many of them happen from the step on, and the next one does not: 0 means at the first. As
/// for a point, the node goes down when it is passed that often: at least 1.</param>
internal sealed record CrashMoment(string? Point, int Count)
{
    /// <summary>Before anything else.</summary>
    public static readonly CrashMoment Now = new(null, 0);

    public override string ToString() => this == Now
        ? "now"
        : string.Create(CultureInfo.InvariantCulture, $"at {Point ?? "disk-operation"} {Count}");

    public static CrashMoment Parse(string text) => text.Split(' ') switch
    {
        ["now"] => Now,
        ["at", var point, var count] => new CrashMoment(
            point == "disk-operation" ? null : point,
            int.Parse(count, NumberStyles.None, CultureInfo.InvariantCulture)),
        _ => throw new FormatException($"\"{text}\" is no moment"),
    };
}

/// <summary>A bit at rest flips; which one follows from the seed and what there is.</summary>
internal sealed record FlipBitStep(int Seed) : ScriptStep
{
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"flip bit {Seed}");
}

/// <summary>From now on there is no space.</summary>
internal sealed record FillDiskStep : ScriptStep
{
    public override string ToString() => "fill disk";
}

/// <summary>From now on some operations of the disk fail, so many of 1,000 each. After a failed flush pages count as
/// clean, though some of them are lost.</summary>
internal sealed record DiskErrorsStep(int Reads, int Writes, int Flushes) : ScriptStep
{
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture, $"disk errors of 1000: reads {Reads} writes {Writes} flushes {Flushes}");
}

/// <summary>Space is there again, and the disk is well.</summary>
internal sealed record FreeDiskStep : ScriptStep
{
    public override string ToString() => "free disk";
}

/// <summary>The node is stopped in order, journal and catalog are deleted and rebuilt from the volumes, and it is
/// started again.</summary>
/// <param name="Crash">The rebuild crashes, and is run again where it has left no journal; null: it does not.</param>
internal sealed record RebuildIndexStep(CrashStep? Crash = null) : ScriptStep
{
    public override string ToString() => Crash is null ? "rebuild index" : $"rebuild index and {Crash}";
}

/// <summary>The clock goes on by so much more than requests take.</summary>
internal sealed record PassTimeStep(int Milliseconds) : ScriptStep
{
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"pass ms {Milliseconds}");
}

/// <summary>All clients wait for their answers, then the owner's bucket of S3 keeps versions, or keeps none any
/// more.</summary>
internal sealed record VersioningStep(string Owner, BucketVersioning Versioning) : ScriptStep
{
    public override string ToString() =>
        $"versioning {Owner} {(Versioning == BucketVersioning.Enabled ? "enabled" : "suspended")}";
}

/// <summary>All clients wait for their answers and the node comes to rest; everything is read.</summary>
internal sealed record SettleStep : ScriptStep
{
    public override string ToString() => "settle";
}
