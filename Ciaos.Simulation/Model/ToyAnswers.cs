using System.Collections.Immutable;

namespace Ciaos.Simulation.Model;

/// <summary>The answers of a <see cref="ToyNode"/>, byte for byte as a client would get them, right or wrong.</summary>
internal static class ToyAnswers
{
    public static Outcome Of(Operation operation, Expected expected, ToyBug bug = ToyBug.None)
    {
        if (bug == ToyBug.ReadsFail) return new Outcome(500);
        if (expected is not { Object: { } stored, Status: < 300 or 412 or 416 }) return new Outcome(expected.Status);
        var (status, tag) = (expected.Status, bug == ToyBug.TagStaysTheSame ? "same" : $"t{stored.Version}");
        var answer = new Outcome(status) { Tag = tag };
        return operation switch
        {
            RawPut or RawDelete => answer,
            RawGet when status == 416 => answer,
            RawGet get => Read(answer, get.Range, stored, bug),
            RawHead => answer with { ContentType = stored.ContentType, SizeBytes = stored.SizeBytes },
            Stat => answer with
            {
                ContentType = stored.ContentType,
                SizeBytes = stored.SizeBytes,
                FileCount = stored.Files.Length,
            },
            FilesGet => new Outcome(status) { Files = [.. stored.Files.Select(file => Spoil(file.ToBytes(), bug))] },
            _ => new Outcome(status),
        };
    }

    public static Outcome Of(List list, BucketModel model, ToyBug bug = ToyBug.None)
    {
        var (objects, hasMore) = model.Page(list);
        var listed = objects.Select(item => new ListedObject(
            item.Key, item.Value.SizeBytes, item.Value.Files.Length, $"t{item.Value.Version}")).ToImmutableArray();
        var next = hasMore ? listed[^1].Key : null;
        if (bug == ToyBug.ListMissesAKey && listed.Length > 0) listed = listed.RemoveAt(0);
        if (bug == ToyBug.ListShowsAKeyTwice && listed.Length > 0) listed = listed.Insert(0, listed[0]);
        return new Outcome(200) { Page = new ListedPage(listed, next) };
    }

    public static Operation WithoutCondition(Operation operation) =>
        operation is RawPut put ? put with { Condition = Condition.None } : operation;

    /// <summary>What a bug makes of the keys when an operation takes effect.</summary>
    /// <param name="before">Before it.</param>
    /// <param name="after">After it, had it been done right.</param>
    public static BucketModel Spoil(Operation operation, ToyBug bug, BucketModel before, BucketModel after, int id) =>
        (bug, operation) switch
        {
            (ToyBug.LosesAppends, _) => before,
            (ToyBug.RenameLeavesBoth, Rename rename) => Restore(after, rename.Key, before.Find(rename.Key)!),
            (ToyBug.RenameLeavesNone, Rename rename) =>
                after.Apply(new Delete(rename.Owner, rename.NewKey), id).Single().Next,
            _ => after,
        };

    /// <summary>Puts an object there though nobody asked for it.</summary>
    public static BucketModel Restore(BucketModel model, string key, StoredObject stored) =>
        model.Apply(new FilesPut("", key, stored.Files), stored.Version).Single().Next;

    private static Outcome Read(Outcome answer, ReadRange? range, StoredObject stored, ToyBug bug)
    {
        var body = stored.Files.SelectMany(file => file.ToBytes()).ToArray();
        var contentRange = default(string);
        if (range?.Of(body.Length) is var (offset, length))
        {
            contentRange = $"bytes {offset}-{offset + length - 1}/{body.Length}";
            body = body[(int)offset..(int)(offset + length)];
        }

        return answer with { Body = Spoil(body, bug), ContentType = stored.ContentType, ContentRange = contentRange };
    }

    private static byte[] Spoil(byte[] body, ToyBug bug)
    {
        if (bug == ToyBug.TearsContents) body.AsSpan(body.Length / 2).Clear();
        return body;
    }
}
