namespace Ciaos.Client;

/// <summary>What is known of an object. What an answer does not tell is null.</summary>
public sealed record ObjectInfo
{
    public required string Key { get; init; }

    /// <summary>Bytes of all files together.</summary>
    public long? SizeBytes { get; init; }

    /// <summary>How many files the key holds, 1 or more.</summary>
    public long? FileCount { get; init; }

    /// <summary>Without its quotation marks. Changes with every change of the content.</summary>
    public string? ETag { get; init; }

    public DateTimeOffset? Created { get; init; }

    public DateTimeOffset? Modified { get; init; }

    public string? ContentType { get; init; }

    /// <summary>The write had been carried out by an earlier attempt; this answer is that one's.</summary>
    public bool WasReplayed { get; init; }
}
