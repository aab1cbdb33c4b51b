using Akka.Actor;
using Akka.Configuration;
using Akka.Persistence;
using Akka.TestKit.Xunit2;
using Ciaos.Actors.Journal;
using AkkaPersistence = Akka.Persistence.Persistence;

namespace Ciaos.Specs.Journal;

/// <summary>An actor system that keeps its events and snapshots in the journal of a fixture.</summary>
internal sealed class JournalKit : TestKit
{
    public JournalKit(JournalFixture journal, string config = "")
        : base(ConfigurationFactory.ParseString(config).WithFallback(ConfigOf(journal)))
    {
        Journal = AkkaPersistence.Instance.Apply(Sys).JournalFor(null);
        SnapshotStore = AkkaPersistence.Instance.Apply(Sys).SnapshotStoreFor(null);
    }

    public IActorRef Journal { get; }

    public IActorRef SnapshotStore { get; }

    public static Config ConfigOf(JournalFixture journal)
    {
        var settings = journal.Database.Settings;
        var key = settings.Provider == JournalProvider.Sqlite ? "path" : "connection-string";
        return ConfigurationFactory.ParseString(
            $$"""
            akka.loglevel = WARNING
            akka.persistence.journal.plugin = "ciaos.journal"
            akka.persistence.snapshot-store.plugin = "ciaos.snapshot-store"
            ciaos.journal {
              provider = {{settings.Provider}}
              {{key}} = "{{settings.Location}}"
            }
            """).WithFallback(JournalSettings.DefaultConfig());
    }

    /// <summary>Writes events "a-from" to "a-to", one atomic write each, and waits for the replies.</summary>
    public void Write(string id, int from, int to, string writer = "writer-1")
    {
        var writes = Enumerable.Range(from, to - from + 1)
            .Select(n => new AtomicWrite(Persistent(id, n, writer))).ToArray();
        Journal.Tell(new WriteMessages(writes, TestActor, 1), TestActor);
        ExpectMsg<WriteMessagesSuccessful>();
        foreach (var write in writes)
            Xunit.Assert.Equal(write.LowestSequenceNr, ExpectMsg<WriteMessageSuccess>().Persistent.SequenceNr);
    }

    public static Persistent Persistent(string id, long number, string writer = "writer-1", object? payload = null) =>
        new(payload ?? $"{id}-{number}", number, id, writerGuid: writer);

    /// <summary>The numbers that a replay brings, and the highest number that it ends with.</summary>
    public (long[] Numbers, long Highest) Replay(
        string id, long from, long to = long.MaxValue, long max = long.MaxValue)
    {
        Journal.Tell(new ReplayMessages(from, to, max, id, TestActor), TestActor);
        var numbers = new List<long>();
        for (; ; )
        {
            switch (ExpectMsg<IJournalResponse>())
            {
                case ReplayedMessage replayed:
                    Xunit.Assert.Equal($"{id}-{replayed.Persistent.SequenceNr}", replayed.Persistent.Payload);
                    Xunit.Assert.Equal(id, replayed.Persistent.PersistenceId);
                    Xunit.Assert.True(replayed.Persistent.Timestamp > 0);
                    numbers.Add(replayed.Persistent.SequenceNr);
                    break;
                case RecoverySuccess success:
                    return (numbers.ToArray(), success.HighestSequenceNr);
                case var other:
                    throw new InvalidOperationException($"{other}");
            }
        }
    }
}
