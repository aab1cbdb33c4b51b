using System.Collections.Immutable;

namespace Ciaos.Simulation.Model;

/// <summary>What a client has got. Every field is as it was received; a field that the answer does not have is
/// null.</summary>
/// <param name="Status">The HTTP status, or 0: no answer came, or not all of it.</param>
internal sealed record Outcome(int Status)
{
    /// <summary>The node died, or the connection was cut: what was asked for may or may not have happened.</summary>
    public static readonly Outcome Unknown = new(0);

    /// <summary>The answer does not tell whether the operation has happened (docs/api.md: 500, 503, 507).</summary>
    public bool IsUnknown => Status is 0 or >= 500;

    /// <summary>Of <c>raw-get</c>.</summary>
    public byte[]? Body { get; init; }

    /// <summary>Of <c>get</c>.</summary>
    public ImmutableArray<byte[]>? Files { get; init; }

    /// <summary>Of <c>list</c>.</summary>
    public ListedPage? Page { get; init; }

    /// <summary>The header's value without its quotes, or the field of <c>stat</c>.</summary>
    public string? Tag { get; init; }

    public string? ContentType { get; init; }

    public string? ContentRange { get; init; }

    /// <summary>The write had been answered before, and this is the same answer.</summary>
    public bool IsReplay { get; init; }

    /// <summary>The length that <c>raw-head</c> announces, or the field of <c>stat</c>.</summary>
    public long? SizeBytes { get; init; }

    /// <summary>Of <c>stat</c>.</summary>
    public long? FileCount { get; init; }

    /// <summary>How S3 calls the version that is shown or was made, or the upload that was begun.</summary>
    public string? Name { get; init; }

    /// <summary>The entity tag of S3.</summary>
    public string? Digest { get; init; }

    /// <summary>S3 says that it speaks of a delete marker.</summary>
    public bool IsMarker { get; init; }

    /// <summary>Of a list of versions.</summary>
    public ImmutableArray<ListedVersion>? Versions { get; init; }

    /// <summary>Of a list of parts.</summary>
    public ImmutableArray<ListedPart>? Parts { get; init; }

    public override string ToString()
    {
        var parts = new List<string> { Status == 0 ? "no answer" : $"{Status}" };
        if (Body is not null) parts.Add($"{Body.Length} bytes");
        if (Files is { } files) parts.Add($"files of [{string.Join(", ", files.Select(file => file.Length))}] bytes");
        if (Page is not null) parts.Add(Page.ToString());
        if (SizeBytes is not null) parts.Add($"size {SizeBytes}");
        if (FileCount is not null) parts.Add($"files {FileCount}");
        if (Tag is not null) parts.Add($"tag {Tag}");
        if (Name is not null) parts.Add($"name {Name}{(IsMarker ? " of a marker" : "")}");
        if (Versions is { } versions) parts.Add($"[{string.Join(", ", versions)}]");
        if (Parts is { } listed) parts.Add($"[{string.Join(", ", listed)}]");
        return string.Join(' ', parts);
    }
}

internal sealed record ListedVersion(string Name, bool IsLatest, bool IsMarker, long SizeBytes, string Tag)
{
    public override string ToString() =>
        $"{Name}: {(IsMarker ? "marker" : $"{SizeBytes} bytes, {Tag}")}{(IsLatest ? ", the latest" : "")}";
}

internal sealed record ListedPart(int Number, long SizeBytes, string Tag)
{
    public override string ToString() => $"{Number}: {SizeBytes} bytes, {Tag}";
}

internal sealed record ListedPage(ImmutableArray<ListedObject> Objects, string? Next)
{
    public override string ToString() =>
        $"[{string.Join(", ", Objects)}]{(Next is null ? "" : $" next {OperationText.Quote(Next)}")}";
}

internal sealed record ListedObject(string Key, long SizeBytes, long FileCount, string Tag)
{
    public override string ToString() => $"{OperationText.Quote(Key)}: {SizeBytes} bytes, {FileCount} files, {Tag}";
}
