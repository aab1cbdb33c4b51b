using System.Collections.Immutable;
using Akka.Actor;
using Ciaos.Actors.Metrics;

namespace Ciaos.Actors.Index.Catalog;

// Stands before the catalog's writer, and holds back for a while what nobody waits for: the writer's thread would be
// woken for each batch, only to put it aside and sleep again. All else goes on to the writer at once, behind what was
// held back, so that it gets everything in the order in which it was sent.
internal sealed class CatalogGatherActor : ReceiveActor, IWithTimers
{
    private readonly ImmutableArray<(IActorRef Shard, CatalogBatch Batch)>.Builder _held =
        ImmutableArray.CreateBuilder<(IActorRef, CatalogBatch)>();

    private readonly StoreMetrics? _metrics = StoreMetricsSetup.Of(Context.System);
    private readonly TimeSpan _delay;
    private readonly IActorRef _writer;
    private int _changes;

    public CatalogGatherActor(Props writer, TimeSpan delay)
    {
        _delay = delay;
        _writer = Context.ActorOf(writer, "writer");
        Receive<CatalogProtocol.Apply>(apply => !apply.IsUrgent && _delay > TimeSpan.Zero, Hold);
        Receive<Release>(_ => ReleaseHeld());
        Receive<CatalogProtocol.Stop>(_ => StopInOrder());
        Receive<Terminated>(_ => Context.Stop(Self));
        ReceiveAny(message =>
        {
            ReleaseHeld();
            _writer.Forward(message);
        });
    }

    public ITimerScheduler Timers { get; set; } = null!;

    /// <param name="delay">How long what is not urgent may wait; zero: nothing waits.</param>
    public static Props Props(Props writer, TimeSpan delay) =>
        Akka.Actor.Props.Create(() => new CatalogGatherActor(writer, delay));

    protected override void PostStop()
    {
        foreach (var (shard, batch) in _held) shard.Tell(CatalogProtocol.NotApplied.Stopped(batch));
    }

    private void Hold(CatalogProtocol.Apply apply)
    {
        _metrics?.Mailboxes.Taken(Mailbox.Catalog);
        _held.Add((Sender, apply.Batch));
        _changes += apply.Batch.Changes.Count;
        if (_changes >= CatalogWriterActor.MaxChanges) ReleaseHeld();
        else if (_held.Count == 1) Timers.StartSingleTimer(Release.Instance, Release.Instance, _delay);
    }

    private void ReleaseHeld()
    {
        if (_held.Count == 0) return;
        Timers.Cancel(Release.Instance);
        _metrics?.Mailboxes.Sent(Mailbox.Catalog);
        _writer.Tell(new CatalogProtocol.ApplyAll(_held.DrainToImmutable()));
        _changes = 0;
    }

    // The writer does first what it has been sent.
    private void StopInOrder()
    {
        ReleaseHeld();
        Context.Watch(_writer);
        _writer.Tell(PoisonPill.Instance);
    }

    private sealed record Release
    {
        public static readonly Release Instance = new();
    }
}
