namespace Ciaos.Client;

/// <summary>Conditions of a write, and what makes it happen only once.</summary>
public record WriteOptions
{
    /// <summary>An ETag (without quotation marks) that the object must have, or <c>*</c>: it must exist. Else the
    /// write fails with <see cref="CiaosError.PreconditionFailed"/> and nothing happens.</summary>
    public string? IfMatch { get; init; }

    /// <summary>An ETag that the object must not have, or <c>*</c>: it must not exist.</summary>
    public string? IfNoneMatch { get; init; }

    /// <summary>1 to 128 printable ASCII characters. Within a day the node carries out one write of this name, and
    /// answers the others as it answered that one. Null: the client makes one up for each call, and keeps it over the
    /// retries of that call. Deletes and renames have none.</summary>
    public string? IdempotencyKey { get; init; }
}

/// <summary>How a plain body is stored.</summary>
public sealed record PutOptions : WriteOptions
{
    /// <summary>Up to 256 characters; null: <c>application/octet-stream</c>.</summary>
    public string? ContentType { get; init; }

    /// <summary>Bytes that a stream which cannot tell will give. Null: sent in chunks. A stream that gives fewer or
    /// more fails the call.</summary>
    public long? LengthBytes { get; init; }
}

/// <summary>Conditions of a read.</summary>
public sealed record ReadOptions
{
    /// <summary>As of <see cref="WriteOptions"/>.</summary>
    public string? IfMatch { get; init; }

    /// <summary>An ETag: when the object still has it, the read fails with
    /// <see cref="CiaosError.NotModified"/>.</summary>
    public string? IfNoneMatch { get; init; }
}
