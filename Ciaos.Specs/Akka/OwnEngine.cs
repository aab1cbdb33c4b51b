using Akka.Configuration;
using Xunit;

namespace Ciaos.Specs.Akka;

/// <summary>
/// Where our engine is meant to do better than Akka.NET: to refuse what overflows its stack, to read what it does not.
/// Such facts are skipped, and said to be skipped, when the specs run on the official packages.
/// </summary>
internal static class OwnEngine
{
    public static string? SkipElsewhere { get; } =
        string.Equals(typeof(Config).Assembly.GetName().Name, "Ciaos.Akka", StringComparison.Ordinal)
            ? null
            : "Only our own engine promises this";
}

internal sealed class OwnEngineFactAttribute : FactAttribute
{
    public OwnEngineFactAttribute() => Skip = OwnEngine.SkipElsewhere;
}

internal sealed class OwnEngineTheoryAttribute : TheoryAttribute
{
    public OwnEngineTheoryAttribute() => Skip = OwnEngine.SkipElsewhere;
}
