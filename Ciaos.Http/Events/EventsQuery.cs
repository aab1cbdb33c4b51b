using System.Text;
using Ciaos.Actors.Feed;
using Ciaos.Http.Listing;
using Ciaos.Storage;
using Microsoft.AspNetCore.Http;

namespace Ciaos.Http.Events;

/// <summary>The query of <c>/events</c>. Parameters that it does not know are passed over.</summary>
/// <param name="After">A position as text; empty: the beginning; <see cref="Now"/>: what has happened is not
/// wanted.</param>
/// <param name="Prefix">Keys begin with it; empty: all do.</param>
/// <param name="IsFollowing">False: the answer ends with what was there at the request.</param>
internal sealed record EventsQuery(string After, string Prefix, bool IsFollowing)
{
    public const string Now = "now";

    private const string LastEventId = "Last-Event-ID";

    private static readonly EventsQuery Default = new("", "", IsFollowing: true);

    /// <summary>The query, or what is wrong with it, in words for the client. The header, which browsers send when they
    /// connect again, goes before the parameter.</summary>
    public static bool TryParse(
        ReadOnlySpan<char> query, IHeaderDictionary headers, out EventsQuery parsed, out string error)
    {
        parsed = Default;
        error = "";
        foreach (var range in query.Split('&'))
        {
            var pair = query[range];
            var equals = pair.IndexOf('=');
            var name = equals < 0 ? pair : pair[..equals];
            var value = equals < 0 ? default : pair[(equals + 1)..];
            if (name is not ("after" or "prefix" or "follow")) continue;
            if (!ListQuery.TryDecode(value, out var text, out error)) return false;
            if (!parsed.TrySet(name, text, out parsed, out error)) return false;
        }

        if (headers[LastEventId].ToString() is { Length: > 0 } last) parsed = parsed with { After = last };
        return true;
    }

    /// <summary>Where to begin, or why that cannot be told, in words for the client.</summary>
    public bool TryStart(ChangeFeed feed, out FeedPosition position, out string error)
    {
        error = "";
        position = After is Now ? feed.Heads() : new FeedPosition(feed.Shards);
        if (After is "" or Now || FeedPosition.TryParse(After, feed.Shards, out position)) return true;
        error = $"There is no such position: {feed.Shards} whole numbers joined by hyphens are one, as the id of an "
            + $"event has them, or nothing for the beginning, or {Now}";
        return false;
    }

    private bool TrySet(ReadOnlySpan<char> name, string value, out EventsQuery changed, out string error)
    {
        error = "";
        changed = this;
        switch (name)
        {
            case "after":
                changed = this with { After = value };
                return true;
            case "prefix" when Encoding.UTF8.GetByteCount(value) > ObjectKey.MaxBytes:
                error = $"prefix is longer than a key can be: up to {ObjectKey.MaxBytes} bytes are allowed";
                return false;
            case "prefix":
                changed = this with { Prefix = value };
                return true;
            default:
                changed = this with { IsFollowing = value == "1" };
                error = value is "0" or "1" ? "" : $"follow={value} is not allowed: 0 or 1 is";
                return error.Length == 0;
        }
    }
}
