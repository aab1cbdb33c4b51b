using System.Collections.Immutable;
using Ciaos.Actors.Index;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Ciaos.Http.Raw;

internal enum Verdict
{
    Proceed,
    NotModified,
    Failed,
}

/// <summary>The conditional headers of a request (RFC 9110, 13). Dates count whole seconds.</summary>
internal sealed record Conditions(
    ImmutableArray<string>? Match,
    ImmutableArray<string>? NoneMatch,
    DateTimeOffset? ModifiedSince,
    DateTimeOffset? UnmodifiedSince)
{
    private static readonly Conditions None = new(null, null, null, null);

    public bool AreEmpty => Equals(None);

    /// <exception cref="RequestRefusedException">A list of entity tags is malformed. A date that is none is passed
    /// over, as the RFC demands.</exception>
    public static Conditions Read(IHeaderDictionary headers)
    {
        var count = headers.IfMatch.Count + headers.IfNoneMatch.Count
            + headers.IfModifiedSince.Count + headers.IfUnmodifiedSince.Count;
        if (count == 0) return None;
        return new Conditions(
            EntityTags.Read(headers.IfMatch, "If-Match", keepWeak: false),
            EntityTags.Read(headers.IfNoneMatch, "If-None-Match", keepWeak: true),
            Date(headers.IfModifiedSince.ToString()),
            Date(headers.IfUnmodifiedSince.ToString()));
    }

    /// <summary>What the conditions say to a read of an object, in the order of RFC 9110, 13.2.2.</summary>
    public Verdict JudgeRead(IndexProtocol.ObjectRecord found)
    {
        if (!Holds(found)) return Verdict.Failed;
        if (NoneMatch is { } none) return EntityTags.Match(none, found.ETag) ? Verdict.NotModified : Verdict.Proceed;
        return ModifiedSince is { } since && LastModified(found) <= since ? Verdict.NotModified : Verdict.Proceed;
    }

    /// <summary>What the conditions say to a write, by what is there now, or null where nothing is.</summary>
    public Verdict JudgeWrite(IndexProtocol.ObjectRecord? now)
    {
        if (now is null) return Match is null ? Verdict.Proceed : Verdict.Failed;
        var isExcluded = NoneMatch is { } none && EntityTags.Match(none, now.ETag);
        return Holds(now) && !isExcluded ? Verdict.Proceed : Verdict.Failed;
    }

    /// <summary>The same as <see cref="JudgeWrite"/>, for the index to judge at the moment of the write. It knows no
    /// dates: in place of one, what was there when the date was judged must still be there.</summary>
    public IndexProtocol.Precondition ForWrite(IndexProtocol.ObjectRecord? now)
    {
        if (AreEmpty) return IndexProtocol.Precondition.None;
        var dateDecides = UnmodifiedSince is not null && Match is null && now is not null;
        return new IndexProtocol.Precondition(dateDecides ? [now!.ETag] : Match, NoneMatch);
    }

    /// <summary>The time of the last change as the header Last-Modified can tell it.</summary>
    public static DateTimeOffset LastModified(IndexProtocol.ObjectRecord found) =>
        new(found.Modified.UtcTicks - found.Modified.UtcTicks % TimeSpan.TicksPerSecond, TimeSpan.Zero);

    private bool Holds(IndexProtocol.ObjectRecord found)
    {
        if (Match is { } match) return EntityTags.Match(match, found.ETag);
        return UnmodifiedSince is not { } since || LastModified(found) <= since;
    }

    private static DateTimeOffset? Date(string header) =>
        HeaderUtilities.TryParseDate(header, out var date) ? date : null;
}
