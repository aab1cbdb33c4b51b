using System.Collections.Immutable;
using Akka.Actor;
using Akka.Persistence;
using Ciaos.Actors.Journal;
using Ciaos.Specs.Akka.Persistence;
using Xunit;

namespace Ciaos.Specs.Journal;

/// <summary>What every journal plug-in owes to the actors that use it.</summary>
public sealed class SqlJournalSpec
{
    public static TheoryData<JournalProvider> Providers => JournalFixture.Providers;

    [Theory, MemberData(nameof(Providers))]
    public void A_replay_brings_what_was_written_within_its_bounds(JournalProvider provider)
    {
        using var journal = new JournalFixture(provider);
        using var kit = new JournalKit(journal);
        kit.Write("a", 1, 5);
        kit.Write("b", 1, 2);

        ExpectReplay(kit, [1, 2, 3, 4, 5], 5, "a", 1);
        ExpectReplay(kit, [3, 4, 5], 5, "a", 3);
        ExpectReplay(kit, [1, 2, 3], 5, "a", 1, 3);
        ExpectReplay(kit, [1, 2], 5, "a", 1, 3, 2);
        ExpectReplay(kit, [2], 5, "a", 2, 2);
        ExpectReplay(kit, [], 5, "a", 2, 1);
        ExpectReplay(kit, [], 5, "a", 1, 3, 0);
        ExpectReplay(kit, [], 0, "nobody", 1);
    }

    [Theory, MemberData(nameof(Providers))]
    public void Deleted_events_do_not_come_back_and_the_highest_number_stays(JournalProvider provider)
    {
        using var journal = new JournalFixture(provider);
        using var kit = new JournalKit(journal);
        kit.Write("a", 1, 5);

        Delete(3);
        ExpectReplay(kit, [4, 5], 5, "a", 1);
        Delete(long.MaxValue);
        ExpectReplay(kit, [], 5, "a", 1);
        kit.Write("a", 6, 6);
        ExpectReplay(kit, [6], 6, "a", 1);

        void Delete(long to)
        {
            kit.Journal.Tell(new DeleteMessagesTo("a", to, kit.TestActor), kit.TestActor);
            Assert.Equal(to, kit.ExpectMsg<DeleteMessagesSuccess>().ToSequenceNr);
        }
    }

    [Theory, MemberData(nameof(Providers))]
    public void What_cannot_be_serialised_is_rejected_alone(JournalProvider provider)
    {
        using var journal = new JournalFixture(provider);
        using var kit = new JournalKit(journal);
        var unserialisable = new AtomicWrite(ImmutableArray.Create<IPersistentRepresentation>(
            JournalKit.Persistent("a", 2), JournalKit.Persistent("a", 3, payload: new Unserialisable())));
        AtomicWrite[] writes =
            [new(JournalKit.Persistent("a", 1)), unserialisable, new(JournalKit.Persistent("a", 4))];
        kit.Journal.Tell(new WriteMessages(writes, kit.TestActor, 1), kit.TestActor);

        kit.ExpectMsg<WriteMessagesSuccessful>();
        Assert.Equal(1, kit.ExpectMsg<WriteMessageSuccess>().Persistent.SequenceNr);
        Assert.Equal(2, kit.ExpectMsg<WriteMessageRejected>().Persistent.SequenceNr);
        Assert.Equal(3, kit.ExpectMsg<WriteMessageRejected>().Persistent.SequenceNr);
        Assert.Equal(4, kit.ExpectMsg<WriteMessageSuccess>().Persistent.SequenceNr);
        ExpectReplay(kit, [1, 4], 4, "a", 1);
    }

    [Theory, MemberData(nameof(Providers))]
    public void A_number_that_is_taken_fails_the_request(JournalProvider provider)
    {
        using var journal = new JournalFixture(provider);
        using var kit = new JournalKit(journal);
        kit.Write("a", 1, 3);
        AtomicWrite[] writes = [new(JournalKit.Persistent("a", 3, "writer-2"))];
        kit.Journal.Tell(new WriteMessages(writes, kit.TestActor, 2), kit.TestActor);

        Assert.IsType<SequenceNumberTakenException>(kit.ExpectMsg<WriteMessagesFailed>().Cause);
        Assert.Equal(2, kit.ExpectMsg<WriteMessageFailure>().ActorInstanceId);
        ExpectReplay(kit, [1, 2, 3], 3, "a", 1);
        kit.Write("a", 4, 4);
    }

    [Theory, MemberData(nameof(Providers))]
    public void Replies_come_in_the_order_of_the_requests_and_with_their_senders(JournalProvider provider)
    {
        using var journal = new JournalFixture(provider);
        using var kit = new JournalKit(journal);
        var sender = kit.CreateTestProbe();
        for (var n = 1; n <= 20; n++)
        {
            var e = new Persistent($"a-{n}", n, "a", sender: sender.Ref, writerGuid: "w");
            kit.Journal.Tell(new WriteMessages([new AtomicWrite(e)], kit.TestActor, n), kit.TestActor);
        }

        for (var n = 1; n <= 20; n++)
        {
            kit.ExpectMsg<WriteMessagesSuccessful>();
            Assert.Equal(n, kit.ExpectMsg<WriteMessageSuccess>().ActorInstanceId);
            Assert.Equal(sender.Ref, kit.LastSender);
        }
    }

    [Theory, MemberData(nameof(Providers))]
    public void A_persistent_actor_finds_its_snapshot_and_events_in_a_new_system(JournalProvider provider)
    {
        using var journal = new JournalFixture(provider);
        using (var kit = new JournalKit(journal))
        {
            var actor = kit.Sys.ActorOf(Props.Create(() => new Recorder("a", kit.TestActor)));
            actor.Tell("*1,2");
            actor.Tell("@state of 2");
            foreach (var text in new[] { "ready 0", "command *1,2", "stored 1", "stored 2", "command @state of 2" })
                kit.ExpectMsg(text);
            kit.ExpectMsg<SaveSnapshotSuccess>();
            actor.Tell("!3");
            kit.ExpectMsg("command !3");
            kit.ExpectMsg("stored 3");
        }

        using (var kit = new JournalKit(journal))
        {
            kit.Sys.ActorOf(Props.Create(() => new Recorder("a", kit.TestActor)));
            foreach (var text in new[] { "offered state of 2", "recovered 3", "ready 3" }) kit.ExpectMsg(text);
        }
    }

    [Theory, MemberData(nameof(Providers))]
    public void Many_actors_share_transactions(JournalProvider provider)
    {
        const int Actors = 64;
        using var journal = new JournalFixture(provider);
        using var kit = new JournalKit(journal);
        using var store = JournalStores.Get(kit.Sys).Open(JournalSettings.From(
            kit.Sys.Settings.Config.GetConfig("ciaos.journal")));
        var actors = Enumerable.Range(0, Actors)
            .Select(i => kit.Sys.ActorOf(Props.Create(() => new Recorder($"a{i}", kit.TestActor)))).ToArray();
        for (var i = 0; i < Actors; i++) kit.ExpectMsg("ready 0");
        using (journal.HoldWriter())
        {
            foreach (var actor in actors) actor.Tell("!1");
            for (var i = 0; i < Actors; i++) kit.ExpectMsg("command !1");
        }

        for (var i = 0; i < Actors; i++) kit.ExpectMsg("stored 1");
        Assert.Equal(Actors, store.Writer.Events);
        Assert.True(store.Writer.Transactions < Actors / 2, $"{store.Writer.Transactions} transactions");
    }

    [Fact]
    public void A_damaged_database_is_named_to_the_actor_that_recovers()
    {
        using var journal = new JournalFixture(JournalProvider.Sqlite);
        File.WriteAllText(journal.File, new string('x', 10_000));
        using var kit = new JournalKit(journal);
        var actor = kit.Watch(kit.Sys.ActorOf(Props.Create(() => new Recorder("a", kit.TestActor))));

        var failure = kit.ExpectMsg<string>();
        Assert.StartsWith("unrecovered", failure);
        Assert.Contains(journal.File, failure, StringComparison.Ordinal);
        kit.ExpectTerminated(actor);
    }

    private static void ExpectReplay(
        JournalKit kit, long[] numbers, long highest, string id, long from, long to = long.MaxValue,
        long max = long.MaxValue)
    {
        var replayed = kit.Replay(id, from, to, max);
        Assert.Equal(numbers, replayed.Numbers);
        Assert.Equal(highest, replayed.Highest);
    }

    private sealed class Unserialisable
    {
        public Unserialisable Me => this;

        public Action Act => () => throw new NotSupportedException();
    }
}
