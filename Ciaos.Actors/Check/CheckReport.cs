namespace Ciaos.Actors.Check;

/// <summary>What a check found. Lists hold at most <see cref="MaxListed"/> entries; the counts tell all.</summary>
public sealed class CheckReport
{
    public const int MaxListed = 10_000;

    private readonly List<CheckProblem> _problems = [];
    private readonly List<string> _notes = [];
    private readonly List<VolumeUse> _volumes = [];
    private readonly SortedDictionary<CheckProblemKind, long> _counts = [];

    public bool IsClean => ProblemCount == 0;

    public long ProblemCount => _counts.Values.Sum();

    /// <summary>How many problems of each kind there are.</summary>
    public IReadOnlyDictionary<CheckProblemKind, long> Counts => _counts;

    public IReadOnlyList<CheckProblem> Problems => _problems;

    /// <summary>What is no problem, but good to know.</summary>
    public IReadOnlyList<string> Notes => _notes;

    public CheckAdvice Advice => _counts.Keys.Select(AdviceFor).DefaultIfEmpty().Max();

    /// <summary>Data was not read, only what tells of it.</summary>
    public bool IsQuick { get; internal set; }

    /// <summary>Objects that are there.</summary>
    public long Keys { get; internal set; }

    /// <summary>What their contents have together.</summary>
    public long KeyBytes { get; internal set; }

    /// <summary>Of all streams.</summary>
    public long Events { get; internal set; }

    /// <summary>Events that volumes do not hold yet.</summary>
    public long UnrecordedEvents { get; internal set; }

    public long Needles { get; internal set; }

    /// <summary>What the volumes' files are used for, one by one.</summary>
    public IReadOnlyList<VolumeUse> Volumes => _volumes;

    /// <summary>All volumes together; its number is 0.</summary>
    public VolumeUse Total { get; private set; } = new(0, 0, 0, 0, 0, 0, 0, 0);

    public double Seconds { get; internal set; }

    internal void Add(CheckProblem problem)
    {
        _counts[problem.Kind] = _counts.GetValueOrDefault(problem.Kind) + 1;
        if (_problems.Count < MaxListed) _problems.Add(problem);
    }

    internal void Note(string note)
    {
        if (_notes.Count < MaxListed) _notes.Add(note);
    }

    internal void Add(VolumeUse use)
    {
        _volumes.Add(use);
        Total = new VolumeUse(
            0, Total.FileBytes + use.FileBytes, Total.LiveBytes + use.LiveBytes, Total.DeadBytes + use.DeadBytes,
            Total.UnreferencedBytes + use.UnreferencedBytes, Total.EventBytes + use.EventBytes,
            Total.OverheadBytes + use.OverheadBytes, Total.DamagedBytes + use.DamagedBytes);
    }

    private static CheckAdvice AdviceFor(CheckProblemKind kind) => kind switch
    {
        CheckProblemKind.CheckpointWrong or CheckProblemKind.FileUnknown => CheckAdvice.MoveFilesAway,
        >= CheckProblemKind.EventUnrecorded and <= CheckProblemKind.CatalogRowDiffers => CheckAdvice.RemakeCatalog,
        CheckProblemKind.VolumeUnknown => CheckAdvice.RebuildIndex,
        >= CheckProblemKind.JournalUnreadable and <= CheckProblemKind.EventContradicts => CheckAdvice.RebuildIndex,
        _ => CheckAdvice.Restore,
    };
}

/// <summary>What a volume's bytes are used for; the parts add up to the file.</summary>
/// <param name="LiveBytes">Data of needles that objects lie in.</param>
/// <param name="DeadBytes">Data of needles whose objects were replaced or deleted.</param>
/// <param name="UnreferencedBytes">Data that no event speaks of: of uploads that were never acknowledged, and of
/// needles that hold but the frame of a list of files.</param>
/// <param name="EventBytes">Data of event needles.</param>
/// <param name="OverheadBytes">All else that is whole: superblock, heads, keys, checksums, padding, seals.</param>
/// <param name="DamagedBytes">No whole needle: torn by a crash, or spoilt.</param>
public sealed record VolumeUse(
    long Volume,
    long FileBytes,
    long LiveBytes,
    long DeadBytes,
    long UnreferencedBytes,
    long EventBytes,
    long OverheadBytes,
    long DamagedBytes);
