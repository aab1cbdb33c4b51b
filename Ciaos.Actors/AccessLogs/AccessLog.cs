using Akka.Actor;
using Ciaos.Actors.Index;
using Ciaos.Actors.Metrics;

namespace Ciaos.Actors.AccessLogs;

/// <summary>Takes lines of access logs from front ends. For any thread. As with S3 itself, a log is kept as well as can
/// be: lines that no log object holds yet are in memory only.</summary>
public sealed class AccessLog
{
    private readonly IActorRef _actor;
    private readonly Counts _counts;

    internal AccessLog(IActorRef actor, Counts counts) => (_actor, _counts) = (actor, counts);

    /// <param name="destination">Where the log goes, as the bucket's configuration tells.</param>
    /// <param name="text">One line, with its line feed. It now belongs to the log.</param>
    public void Write(BucketProtocol.BucketInfo source, string destination, DateTimeOffset at, byte[] text)
    {
        if (_counts.TryHold(text.Length)) _actor.Tell(new Line(source, destination, at, text));
    }

    internal static AccessLog Start(
        ActorSystem system, AccessLogSettings settings, AccessLogDelivery deliver, out IActorRef actor)
    {
        var counts = new Counts(settings.MaxHeldBytes, StoreMetricsSetup.Of(system)?.AccessLogs);
        actor = system.ActorOf(AccessLogActor.Props(settings, deliver, counts), "access-logs");
        return new AccessLog(actor, counts);
    }

    internal sealed record Line(BucketProtocol.BucketInfo Source, string Destination, DateTimeOffset At, byte[] Text);

    /// <summary>What is held in memory, and what became of the rest. For any thread.</summary>
    internal sealed class Counts(long maxHeldBytes, AccessLogCounts? metrics)
    {
        private long _heldBytes;

        /// <returns>False: there is no room, and the line is lost.</returns>
        public bool TryHold(int bytes)
        {
            if (Interlocked.Add(ref _heldBytes, bytes) <= maxHeldBytes) return true;
            Interlocked.Add(ref _heldBytes, -bytes);
            metrics?.Add(written: 0, lost: 1);
            return false;
        }

        public void End(AccessLogBatch batch, bool isLost)
        {
            Interlocked.Add(ref _heldBytes, -batch.Text.Length);
            metrics?.Add(isLost ? 0 : batch.Lines, isLost ? batch.Lines : 0);
        }
    }
}
