using Ciaos.Actors.Index;
using Ciaos.Storage;
using Xunit;
using static Ciaos.Actors.Index.IndexEvents;
using static Ciaos.Actors.Index.IndexProtocol;

namespace Ciaos.Specs.Index;

public class RenameSpec
{
    private const int Segments = 1000;

    private static readonly DateTimeOffset At = DateTimeOffset.UnixEpoch.AddYears(56);
    private static readonly string Old = IndexNode.KeyOf(3, "old");
    private static readonly string New = IndexNode.KeyOf(9, "new");
    private static readonly string Near = IndexNode.KeyOf(3, "near");

    // The object after one put and one append, as both shards' events tell it.
    private static readonly IKeyEvent[] Made =
    [
        new ObjectPut(
            IndexNode.Bucket, IndexNode.Key(Old), At, At, new ObjectId(1), IndexNode.Content(1).Metadata,
            IndexNode.Content(1, Segments).Segments),
        new ObjectAppended(IndexNode.Bucket, IndexNode.Key(Old), At, new ObjectId(2), IndexNode.Content(2, 5).Segments),
        new RenameStarted(IndexNode.Bucket, IndexNode.Key(Old), At, IndexNode.Key(New)),
    ];

    private static readonly ObjectRenamedFrom Arrived = new(
        IndexNode.Bucket, IndexNode.Key(New), At, new RenameId(3, 3), new MovedObject(
            IndexNode.Key(Old), new ObjectId(1), At, At, (Segments + 5) * 10, Segments + 5, Segments + 5,
            IndexNode.Content(1).Metadata,
            SegmentRun.Cut(0, 0, [.. IndexNode.Content(1, Segments).Segments, .. IndexNode.Content(2, 5).Segments])));

    private static readonly ObjectRenamedTo Gone = new(IndexNode.Bucket, IndexNode.Key(Old), At, 3, IndexNode.Key(New));

    public static TheoryData<int, bool> Crashes
    {
        get
        {
            var crashes = new TheoryData<int, bool>();
            for (var step = 0; step <= 2; step++)
            {
                crashes.Add(step, false);
                crashes.Add(step, true);
            }

            return crashes;
        }
    }

    [Fact]
    public async Task An_object_of_too_many_segments_stays_where_it_is_and_the_answer_says_so()
    {
        await using var node = await IndexNode.StartAsync("ciaos.index.rename-max-segments = 2");
        await node.Put(Old, segments: 3);

        var failed = Assert.IsType<Failed>(await node.Rename(Old, New));

        Assert.Equal(FailReason.TooManySegments, failed.Reason);
        Assert.Equal([Old], node.Listed());
        Assert.IsType<Renamed>(await node.Rename(Old, Near));
    }

    [Fact]
    public async Task A_rename_happens_only_where_its_precondition_holds_for_the_old_key()
    {
        await using var node = await IndexNode.StartAsync();
        var made = Assert.IsType<Stored>(await node.Put(Old)).Object;
        foreach (var to in new[] { Near, New })
        {
            Assert.Equal(
                new PreconditionFailed(made), await node.Ask(Move(Old, to, new Precondition(["other"], null))));
            Assert.Equal(
                new PreconditionFailed(null), await node.Ask(Move("none", to, new Precondition(["*"], null))));
            Assert.Equal([Old], node.Listed());
        }

        Assert.IsType<Renamed>(await node.Ask(Move(Old, New, new Precondition([made.ETag], null))));
        Assert.Equal([New], node.Listed());
    }

    [Fact]
    public async Task Of_renames_and_appends_on_the_same_condition_that_come_together_one_happens()
    {
        await using var node = await IndexNode.StartAsync();
        var made = Assert.IsType<Stored>(await node.Put(Old)).Object;
        var condition = new Precondition([made.ETag], null);
        IKeyCommand append = new Append(IndexNode.Bucket, IndexNode.Key(Old), IndexNode.Content(2), If: condition);
        IKeyCommand rename = Move(Old, New, condition);

        var replies = await Task.WhenAll(new[] { append, rename, append, rename }.Select(node.Ask));

        Assert.IsType<Stored>(replies[0]);
        Assert.All(replies[1..], reply => Assert.IsType<PreconditionFailed>(reply));
        Assert.Equal([Old], node.Listed());
    }

    [Fact]
    public async Task A_refusal_is_answered_only_when_both_keys_are_there_durably()
    {
        await using var node = await IndexNode.StartAsync();
        await node.Put(Near, 1);
        for (var i = 2; i < 20; i++)
        {
            var put = node.Put(Old, i);
            Assert.IsType<KeyExists>(await node.Rename(Old, Near));
            Assert.IsType<Found>(await node.Lookup(Old));
            Assert.IsType<Stored>(await put);
            Assert.IsType<Deleted>(await node.Delete(Old));
        }
    }

    /// <summary>0: only the start is in the journal; 1: the object has arrived; 2: the old key is gone too.</summary>
    [Theory, MemberData(nameof(Crashes))]
    public async Task After_a_crash_at_any_step_the_new_key_alone_has_all_the_data(int step, bool isInCatalog)
    {
        await using var node = IndexNode.Stopped();
        IKeyEvent[] ofSource = [.. Made, .. step == 2 ? new[] { Gone } : []];
        await node.WriteJournal(3, ofSource);
        if (step >= 1) await node.WriteJournal(9, Arrived);
        if (isInCatalog) node.ApplyToCatalog((3, ofSource), (9, step >= 1 ? [Arrived] : []));
        for (var i = 0; i < 2; i++)
        {
            await node.StartAgainAsync();
            Assert.IsType<KeyNotFound>(await node.Lookup(Old));
            Assert.Equal([New], node.Listed());
            Assert.Equal(
                [.. IndexNode.Content(1, Segments).Segments, .. IndexNode.Content(2, 5).Segments],
                await node.ReadAll(New));
            await node.StopAsync();
        }
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task After_a_crash_a_rename_to_a_key_that_is_taken_is_given_up(bool isInCatalog)
    {
        await using var node = IndexNode.Stopped();
        var taken = new ObjectPut(
            IndexNode.Bucket, IndexNode.Key(New), At, At, new ObjectId(7), IndexNode.Content(7).Metadata,
            IndexNode.Content(7).Segments);
        await node.WriteJournal(3, Made);
        await node.WriteJournal(9, taken);
        if (isInCatalog) node.ApplyToCatalog((3, Made), (9, [taken]));
        await node.StartAgainAsync();
        Assert.Equal(Segments + 5, (await node.ReadAll(Old)).Count);
        Assert.Single(await node.ReadAll(New));
        Assert.IsType<Stored>(await node.Append(Old, 9));
        await node.StopAsync();
    }

    [Fact]
    public async Task A_rename_moves_all_the_data_and_refuses_to_overwrite()
    {
        await using var node = await IndexNode.StartAsync();
        foreach (var target in new[] { New, Near })
        {
            await node.Put(Old, 1, segments: 700);
            await node.Append(Old, 2, 3);
            var renamed = Assert.IsType<Renamed>(await node.Rename(Old, target));
            Assert.Equal((target, 703), (renamed.Object.Key.Value, renamed.Object.SegmentCount));
            Assert.Equal(renamed.Object.ETag, Assert.IsType<Found>(await node.Lookup(target)).Object.ETag);
            Assert.IsType<KeyNotFound>(await node.Lookup(Old));
            Assert.Equal(
                [.. IndexNode.Content(1, 700).Segments, .. IndexNode.Content(2, 3).Segments],
                await node.ReadAll(target));

            await node.Put(Old, 4);
            Assert.Equal(target, Assert.IsType<KeyExists>(await node.Rename(Old, target)).Object.Key.Value);
            Assert.IsType<Found>(await node.Lookup(Old));
            Assert.IsType<KeyExists>(await node.Rename(Old, Old));
            Assert.IsType<Stored>(await node.Append(Old, 5));
            await node.Delete(Old);
        }

        Assert.Equal(new[] { Near, New }.Order(StringComparer.Ordinal).ToList(), node.Listed());
    }

    [Fact]
    public async Task Two_objects_that_are_to_take_each_others_keys_both_stay()
    {
        await using var node = await IndexNode.StartAsync(
            "ciaos.index { rename-busy-timeout = 200ms, rename-retry = 20ms }");
        await node.Put(Old, 1);
        await node.Put(New, 2);
        var replies = await Task.WhenAll(node.Rename(Old, New), node.Rename(New, Old));
        Assert.DoesNotContain(replies, reply => reply is Renamed);
        Assert.Equal(1, Assert.IsType<Found>(await node.Lookup(Old)).Object.Id.Value);
        Assert.Equal(2, Assert.IsType<Found>(await node.Lookup(New)).Object.Id.Value);
    }

    [Fact]
    public async Task Of_many_who_rename_to_one_key_one_succeeds_and_each_object_stays_whole()
    {
        await using var node = await IndexNode.StartAsync();
        var keys = Enumerable.Range(0, 16).Select(shard => IndexNode.KeyOf(shard, "from")).ToList();
        foreach (var (index, key) in keys.Index()) await node.Put(key, index + 1);
        var replies = await Task.WhenAll(keys.Select(key => node.Rename(key, New)));
        Assert.Single(replies.OfType<Renamed>());
        Assert.Equal(15, replies.OfType<KeyExists>().Count());
        Assert.Equal(16, node.Listed().Count);
    }

    [Fact]
    public async Task Objects_that_are_renamed_all_the_time_survive_kills_exactly_once()
    {
        await using var node = await IndexNode.StartAsync("ciaos.index.rename-busy-timeout = 200ms");
        const int Objects = 12;
        var keys = Enumerable.Range(0, 30).Select(i => $"key{i}").ToList();
        for (var i = 0; i < Objects; i++) await node.Put(keys[i], i + 1, segments: 20);
        var random = new Random(20261122);
        for (var round = 0; round < 6; round++)
        {
            var renames = Enumerable.Range(0, 60)
                .Select(_ => node.TryRename(keys[random.Next(keys.Count)], keys[random.Next(keys.Count)])).ToList();
            await Task.WhenAny(renames[random.Next(renames.Count)], Task.Delay(TimeSpan.FromSeconds(10)));
            await node.KillAsync();
            await node.StartAgainAsync();
            await Task.WhenAll(keys.Select(node.Lookup));
            var found = node.Listing.List(IndexNode.Bucket, "", "", 1000).Objects;
            Assert.Equal(
                Enumerable.Range(1, Objects).ToList(), found.Select(item => (int)item.Id.Value).Order().ToList());
            Assert.All(found, item => Assert.Equal(200, item.SizeBytes));
            foreach (var item in found) Assert.Equal(20, (await node.ReadAll(item.Key.Value)).Count);
        }
    }

    private static Rename Move(string from, string to, Precondition condition) =>
        new(IndexNode.Bucket, IndexNode.Key(from), IndexNode.Key(to), condition);
}
