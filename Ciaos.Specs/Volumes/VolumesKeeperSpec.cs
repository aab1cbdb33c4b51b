using System.Collections.Immutable;
using Akka.Actor;
using Akka.Configuration;
using Akka.Persistence;
using Akka.Persistence.Journal;
using Akka.TestKit.Xunit2;
using Ciaos.Actors.Volumes;
using Ciaos.Storage;
using Ciaos.Storage.Disks.Simulated;
using Ciaos.Storage.Volumes;
using Xunit;
using static Ciaos.Actors.Volumes.VolumeProtocol;
using SpecNeedles = Ciaos.Specs.Storage.Volumes.Needles;

namespace Ciaos.Specs.Volumes;

/// <summary>What becomes of appends when the journal of the volumes fails under them.</summary>
public sealed class VolumesKeeperSpec : TestKit
{
    private static readonly Config Config = ConfigurationFactory.ParseString(
        """
        akka.loglevel = OFF
        akka.persistence.journal.plugin = "failing-journal"
        failing-journal {
          class = "Ciaos.Specs.Volumes.VolumesKeeperSpec+FailingJournal, Ciaos.Specs"
          plugin-dispatcher = "akka.actor.default-dispatcher"
        }
        ciaos.volumes { active = 2, max-volume-bytes = 1MiB, min-free-bytes = 0, preallocation-bytes = 64KiB }
        """).WithFallback(VolumesSettingsSpec.Reference);

    private readonly VolumeFolder _folder = new(new SimulatedDisk(seed: 1), "volumes");
    private ulong _salt;

    public VolumesKeeperSpec()
        : base(Config) => FailingJournal.Failure = null;

    [Fact]
    public void Every_append_is_answered_at_once_though_the_journal_fails_and_service_returns()
    {
        var keeper = Start();
        Append(keeper, 1);
        ExpectMsg<Appended>();
        FailingJournal.Failure = new IOException("The disk does not like it");
        var waiting = Enumerable.Range(2, 100).Select(id => new NeedleId(id)).ToHashSet();
        foreach (var id in waiting) Append(keeper, id.Value);
        var rejected = 0;
        while (waiting.Count > 0)
        {
            var answer = ExpectMsg<object>(TimeSpan.FromSeconds(3));
            if (answer is Rejected { Reason: RejectReason.DiskFailed }) rejected++;
            Assert.True(waiting.Remove((answer as Appended)?.Needle ?? ((Rejected)answer).Needle));
        }

        Assert.InRange(rejected, 1, 100);
        FailingJournal.Failure = null;
        AwaitAssert(() =>
        {
            Append(keeper, 200);
            ExpectMsg<Appended>(TimeSpan.FromSeconds(1));
        });
    }

    [Fact]
    public void What_is_sent_to_a_writer_that_has_stopped_is_rejected()
    {
        var keeper = Start();
        Append(keeper, 1);
        var first = ExpectMsg<Appended>().Location.Volume;
        keeper.Tell(VolumeWriting.GetEventWriter.Instance, TestActor);
        var writer = ExpectMsg<VolumeWriting.EventWriter>().Writer!;
        var watching = CreateTestProbe();
        watching.Watch(writer);
        var stopped = false;
        for (var id = 2; !stopped; id++)
        {
            Assert.InRange(id, 2, 40);
            Append(keeper, id);
            stopped = ExpectMsg<Appended>().Location.Volume != first;
        }

        watching.ExpectTerminated(writer);
        var late = Needle(99);
        writer.Tell(new VolumeWriting.Store(late, TestActor, FromReserve: true, FailedAttempts: 0));
        Assert.Equal(late.Id, ExpectMsg<Rejected>().Needle);
    }

    private IActorRef Start() => Sys.ActorOf(VolumesKeeper.Props(VolumesActor.Props(
        _folder, VolumesSettings.From(Config), TimeProvider.System, () => ++_salt)));

    private static Needle Needle(long id) =>
        SpecNeedles.Data(id, $"key {id}", SpecNeedles.Bytes((int)id, 50_000));

    private void Append(IActorRef keeper, long id) =>
        keeper.Tell(new Append(Needle(id)), TestActor);

    /// <summary>Keeps events in memory, and fails when it is told to.</summary>
    public sealed class FailingJournal : MemoryJournal
    {
        private static volatile Exception? _failure;

        public static Exception? Failure
        {
            get => _failure;
            set => _failure = value;
        }

        protected override Task<IImmutableList<Exception?>?> WriteMessagesAsync(IEnumerable<AtomicWrite> messages) =>
            _failure is { } failure
                ? Task.FromException<IImmutableList<Exception?>?>(failure)
                : base.WriteMessagesAsync(messages);
    }
}
