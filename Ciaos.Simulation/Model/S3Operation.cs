using System.Collections.Immutable;
using System.Globalization;

namespace Ciaos.Simulation.Model;

/// <summary>Whether a bucket keeps what is replaced and deleted.</summary>
internal enum BucketVersioning
{
    Off,
    Enabled,
    Suspended,
}

/// <summary>One of the names that the node gave to versions, or uploads, of a key: only when an operation is invoked is
/// it known what they are.</summary>
/// <param name="Back">0: the youngest that was seen; <see cref="NullVersion"/>: the version without a name.</param>
/// <param name="Name">Null before the operation is invoked.</param>
internal readonly record struct NameRef(int Back, string? Name = null)
{
    public const int NullVersion = -1;

    public override string ToString()
    {
        var back = Back == NullVersion ? "null" : Back.ToString(CultureInfo.InvariantCulture);
        return Name is null ? back : $"{back}={Name}";
    }

    public static NameRef Parse(string text)
    {
        var parts = text.Split('=');
        var back = parts[0] == "null" ? NullVersion : int.Parse(parts[0], CultureInfo.InvariantCulture);
        return new NameRef(back, parts.Length > 1 ? parts[1] : null);
    }
}

/// <summary>A request to the S3 front end (docs/s3.md), upon one key of the bucket that the owner stands for.</summary>
internal abstract record S3Operation(string Owner, string Key) : KeyOperation(Owner, Key)
{
    /// <summary>Of the bucket when the request is sent. It is switched only while none is under way.</summary>
    public BucketVersioning Versioning { get; init; }
}

/// <summary><c>PutObject</c>.</summary>
internal sealed record S3Put(string Owner, string Key, Content Content) : S3Operation(Owner, Key)
{
    public override ImmutableArray<Content> Uploads => [Content];

    public override Operation WithUploads(ImmutableArray<Content> uploads) => this with { Content = uploads[0] };
}

/// <summary><c>GetObject</c>.</summary>
/// <param name="Version">Null: the current one.</param>
internal sealed record S3Get(string Owner, string Key, NameRef? Version = null) : S3Operation(Owner, Key)
{
    public override bool IsWrite => false;
}

/// <summary><c>DeleteObject</c> of the key.</summary>
internal sealed record S3Delete(string Owner, string Key) : S3Operation(Owner, Key);

/// <summary><c>DeleteObject</c> of one version, or delete marker.</summary>
internal sealed record S3DeleteVersion(string Owner, string Key, NameRef Version) : S3Operation(Owner, Key);

/// <summary><c>ListObjectVersions</c> of one key: no other begins as it does.</summary>
internal sealed record S3ListVersions(string Owner, string Key) : S3Operation(Owner, Key)
{
    public override bool IsWrite => false;

    public override bool IsListing => true;
}

/// <summary><c>CreateMultipartUpload</c>. It counts as no write: nobody knows of the upload before it is
/// answered.</summary>
internal sealed record S3Begin(string Owner, string Key) : S3Operation(Owner, Key)
{
    public override bool IsWrite => false;
}

/// <summary><c>UploadPart</c>: replaces a part of the same number.</summary>
internal sealed record S3PutPart(string Owner, string Key, NameRef Upload, int Number, Content Content)
    : S3Operation(Owner, Key)
{
    public override ImmutableArray<Content> Uploads => [Content];

    public override Operation WithUploads(ImmutableArray<Content> uploads) => this with { Content = uploads[0] };
}

/// <summary><c>CompleteMultipartUpload</c>.</summary>
/// <param name="Numbers">Of the parts, in ascending order, at least one.</param>
internal sealed record S3Complete(string Owner, string Key, NameRef Upload, ImmutableArray<int> Numbers)
    : S3Operation(Owner, Key)
{
    /// <summary>The parts as the client takes them to be: those that it sent last. Known when it is invoked.</summary>
    public ImmutableArray<Content> Parts { get; init; } = [];
}

/// <summary><c>AbortMultipartUpload</c>.</summary>
internal sealed record S3Abort(string Owner, string Key, NameRef Upload) : S3Operation(Owner, Key);

/// <summary><c>ListParts</c>.</summary>
internal sealed record S3ListParts(string Owner, string Key, NameRef Upload) : S3Operation(Owner, Key)
{
    public override bool IsWrite => false;

    public override bool IsListing => true;
}
