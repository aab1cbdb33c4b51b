using System.Collections.Immutable;
using System.Globalization;

namespace Ciaos.Simulation.Model;

/// <summary>One request of a client, in one line. See docs/api.md for what each of them means.</summary>
internal abstract record Operation(string Owner)
{
    /// <summary>The keys that it may change or look at; none for a list, which looks at all.</summary>
    public abstract ImmutableArray<string> Keys { get; }

    public virtual bool IsWrite => true;

    /// <summary>It shows much at one moment, which may be a little ahead of what reads see.</summary>
    public virtual bool IsListing => false;

    /// <summary>All that it uploads.</summary>
    public virtual ImmutableArray<Content> Uploads => [];

    /// <summary>The same with other uploads, as many as before or fewer, at least one.</summary>
    public virtual Operation WithUploads(ImmutableArray<Content> uploads) => this;

    /// <summary>A line that <see cref="OperationText.Parse"/> understands.</summary>
    public sealed override string ToString() => OperationText.Print(this);
}

/// <summary>An operation upon one key.</summary>
internal abstract record KeyOperation(string Owner, string Key) : Operation(Owner)
{
    public sealed override ImmutableArray<string> Keys => [Key];
}

/// <summary><c>PUT /raw/{key}</c>.</summary>
internal sealed record RawPut(
    string Owner, string Key, Content Content, Condition Condition = default, string? ContentType = null)
    : KeyOperation(Owner, Key)
{
    public override ImmutableArray<Content> Uploads => [Content];

    public override Operation WithUploads(ImmutableArray<Content> uploads) => this with { Content = uploads[0] };
}

/// <summary><c>PUT /raw/{key}</c> of a client that announces the content's length and goes away after
/// <paramref name="SentBytes"/>, fewer than that: it must leave nothing behind.</summary>
internal sealed record BrokenPut(string Owner, string Key, Content Content, int SentBytes) : KeyOperation(Owner, Key);

/// <summary><c>GET /raw/{key}</c>, whole or a range.</summary>
internal sealed record RawGet(string Owner, string Key, ReadRange? Range = null) : KeyOperation(Owner, Key)
{
    public override bool IsWrite => false;
}

/// <summary><c>HEAD /raw/{key}</c>.</summary>
internal sealed record RawHead(string Owner, string Key) : KeyOperation(Owner, Key)
{
    public override bool IsWrite => false;
}

/// <summary><c>DELETE /raw/{key}</c>.</summary>
internal sealed record RawDelete(string Owner, string Key, Condition Condition = default) : KeyOperation(Owner, Key);

/// <summary><c>GET /stat/{key}</c>.</summary>
internal sealed record Stat(string Owner, string Key) : KeyOperation(Owner, Key)
{
    public override bool IsWrite => false;
}

/// <summary>An upload of a list of at least one file.</summary>
internal abstract record FilesWrite(string Owner, string Key, ImmutableArray<Content> Files) : KeyOperation(Owner, Key)
{
    public sealed override ImmutableArray<Content> Uploads => Files;

    public sealed override Operation WithUploads(ImmutableArray<Content> uploads) => this with { Files = uploads };
}

/// <summary><c>POST /put/{key}</c>: the key must not exist.</summary>
internal sealed record FilesPut(string Owner, string Key, ImmutableArray<Content> Files)
    : FilesWrite(Owner, Key, Files);

/// <summary><c>POST /update/{key}</c>: the key must exist.</summary>
internal sealed record FilesUpdate(string Owner, string Key, ImmutableArray<Content> Files)
    : FilesWrite(Owner, Key, Files);

/// <summary><c>POST /append/{key}</c>: the key must exist.</summary>
internal sealed record FilesAppend(string Owner, string Key, ImmutableArray<Content> Files)
    : FilesWrite(Owner, Key, Files);

/// <summary><c>GET /get/{key}</c>.</summary>
internal sealed record FilesGet(string Owner, string Key) : KeyOperation(Owner, Key)
{
    public override bool IsWrite => false;
}

/// <summary><c>DELETE /delete/{key}</c>.</summary>
internal sealed record Delete(string Owner, string Key) : KeyOperation(Owner, Key);

/// <summary><c>PUT /update_key/{key}/{new key}</c>.</summary>
internal sealed record Rename(string Owner, string Key, string NewKey) : Operation(Owner)
{
    public override ImmutableArray<string> Keys => Key == NewKey ? [Key] : [Key, NewKey];
}

/// <summary><c>GET /list</c>, one page of it. A client that gets a <c>next</c> asks for the page behind it with <see
/// cref="Following"/>, as an operation of its own.</summary>
/// <param name="After">Empty: from the first.</param>
internal sealed record List(string Owner, string Prefix, string After, int Limit) : Operation(Owner)
{
    public override ImmutableArray<string> Keys => [];

    public override bool IsListing => true;

    public override bool IsWrite => false;

    public List Following(string next) => this with { After = next };
}

/// <summary>One range of bytes, as a client may ask for it.</summary>
/// <param name="First">Null: the last <paramref name="Last"/> bytes are meant.</param>
/// <param name="Last">Null: up to the end. Else at least <paramref name="First"/>.</param>
internal sealed record ReadRange(long? First, long? Last)
{
    /// <summary>The value of the header <c>Range</c>.</summary>
    public string Header => string.Create(CultureInfo.InvariantCulture, $"bytes={First}-{Last}");

    /// <summary>The part that is meant, of an object of that size; null where no byte of it is there.</summary>
    public (long OffsetBytes, long LengthBytes)? Of(long sizeBytes)
    {
        var first = First ?? sizeBytes - Math.Min(Last!.Value, sizeBytes);
        var end = First is null ? sizeBytes : Math.Min(Last + 1 ?? sizeBytes, sizeBytes);
        return first < end ? (first, end - first) : null;
    }
}
