using System.Collections.Immutable;
using static Ciaos.Actors.Index.IndexEvents;
using static Ciaos.Actors.Index.IndexProtocol;

namespace Ciaos.Actors.Index;

/// <summary>What becomes of a command: an event and the kind of answer that follows it, or a refusal.</summary>
internal readonly record struct Decision(IKeyEvent? Event, IReply? Refusal);

/// <summary>Which commands are allowed upon which state of their key, and what event they make. Pure.</summary>
internal static class CommandRules
{
    public static Decision Decide(Put put, ObjectRecord? now, DateTimeOffset at)
    {
        if (put.Mode == PutMode.Create && now is not null) return Refuse(new KeyExists(now));
        if (put.Mode == PutMode.Replace && now is null) return Refuse(KeyNotFound.Instance);
        if (!Holds(put.If, now)) return Refuse(new PreconditionFailed(now));
        var content = put.Content;
        if (Malformed(content, mustStartFile: true) is { } wrong) return Refuse(wrong);
        var created = now is null || now.Created > at ? at : now.Created;
        return Accept(new ObjectPut(put.Bucket, put.Key, at, created, content.Id, content.Metadata, content.Segments));
    }

    public static Decision Decide(Append append, ObjectRecord? now, DateTimeOffset at)
    {
        if (now is null) return Refuse(KeyNotFound.Instance);
        var content = append.Content;
        return Malformed(content, mustStartFile: false) is { } wrong
            ? Refuse(wrong)
            : Accept(new ObjectAppended(append.Bucket, append.Key, at, content.Id, content.Segments));
    }

    public static Decision Decide(Delete delete, ObjectRecord? now, DateTimeOffset at)
    {
        if (now is null) return Refuse(KeyNotFound.Instance);
        return Holds(delete.If, now)
            ? Accept(new ObjectDeleted(delete.Bucket, delete.Key, at, now.Id))
            : Refuse(new PreconditionFailed(now));
    }

    public static bool Holds(Precondition condition, ObjectRecord? now) =>
        (condition.MatchETags is not { } match || Matches(match, now))
        && (condition.NoneMatchETags is not { } none || !Matches(none, now));

    private static bool Matches(ImmutableArray<string> tags, ObjectRecord? now) =>
        now is not null
            && (tags.Contains("*", StringComparer.Ordinal) || tags.Contains(now.ETag, StringComparer.Ordinal));

    private static Failed? Malformed(Content content, bool mustStartFile)
    {
        if (content.Segments.IsDefaultOrEmpty) return Broken("it has no segments");
        if (mustStartFile && !content.Segments[0].StartsFile) return Broken("its first segment starts no file");
        if (content.Id.Value < 0) return Broken("its id is negative");
        foreach (var segment in content.Segments)
        {
            var needle = segment.Needle;
            if (segment.OffsetBytes < 0 || segment.LengthBytes < 0
                || (long)segment.OffsetBytes + segment.LengthBytes > needle.DataBytes
                || needle.OffsetBytes < 0 || needle.DataStartBytes < 0 || needle.Volume.Value < 0)
                return Broken($"{segment} does not lie within its needle");
        }

        return null;
    }

    private static Failed Broken(string why) => new(FailReason.Unavailable, $"The content cannot be recorded: {why}");

    private static Decision Accept(IKeyEvent message) => new(message, null);

    private static Decision Refuse(IReply refusal) => new(null, refusal);
}
