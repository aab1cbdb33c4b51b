namespace Ciaos.Simulation.Model;

internal enum ConditionKind
{
    None,

    /// <summary><c>If-None-Match: *</c>: the key must not exist.</summary>
    Absent,

    /// <summary><c>If-Match</c> with the tag that the last answer about this key has shown.</summary>
    LastRead,
}

/// <summary>What must hold for a write to happen.</summary>
/// <param name="Tag">The entity tag of <see cref="ConditionKind.LastRead"/>, without its quotes: known only when the
/// operation is invoked.</param>
internal readonly record struct Condition(ConditionKind Kind, string? Tag = null)
{
    /// <summary>Stands for the tag of a key of which nothing was read: no object has it.</summary>
    public const string NeverGiven = "never-given";

    public static readonly Condition None = new(ConditionKind.None);
    public static readonly Condition Absent = new(ConditionKind.Absent);
    public static readonly Condition LastRead = new(ConditionKind.LastRead);

    public override string ToString() => Kind switch
    {
        ConditionKind.Absent => "if-absent",
        ConditionKind.LastRead => Tag is null ? "if-unchanged" : $"if-unchanged={Tag}",
        _ => "",
    };

    public static Condition Parse(string text) => text switch
    {
        "if-absent" => Absent,
        "if-unchanged" => LastRead,
        _ when text.StartsWith("if-unchanged=", StringComparison.Ordinal) =>
            new Condition(ConditionKind.LastRead, text["if-unchanged=".Length..]),
        _ => throw new FormatException($"\"{text}\" is no condition"),
    };
}
