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
        var keeper = Sys.ActorOf(VolumesKeeper.Props(VolumesActor.Props(
            _folder, VolumesSettings.From(Config), TimeProvider.System, () => ++_salt)));
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

    private void Append(IActorRef keeper, long id) =>
        keeper.Tell(new Append(SpecNeedles.Data(id, $"key {id}", SpecNeedles.Bytes((int)id, 50_000))), TestActor);

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
