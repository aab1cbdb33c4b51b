namespace CopyNamespace;

/// <param name="Prefix">Only keys that begin with it; empty: all.</param>
/// <param name="Parallelism">Events in work at once.</param>
/// <param name="IsOnce">End when all that there was has been copied.</param>
/// <param name="IsMirror">Delete at the target what the source does not have.</param>
internal sealed record CopySettings(string Prefix, int Parallelism, bool IsOnce, bool IsMirror);
