using Akka.Actor;
using Akka.Event;
using Ciaos.Storage;

namespace Ciaos.Actors.AccessLogs;

// Gathers the lines of access logs, for each bucket and destination apart, and stores them as log objects on the thread
// pool, one at a time for each. After a quiet time a log object is written soon; while lines keep coming, the time
// between two of them doubles up to a limit, so that a busy bucket does not get a log object every few seconds. A log
// object that cannot be stored now is kept, and tried again when the next one is due.
internal sealed class AccessLogActor : ReceiveActor, IWithTimers
{
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly Dictionary<Stream, AccessLogBuffer> _buffers = [];
    private readonly AccessLogSettings _settings;
    private readonly AccessLogDelivery _deliver;
    private readonly AccessLog.Counts _counts;
    private bool _isStopping;

    public AccessLogActor(AccessLogSettings settings, AccessLogDelivery deliver, AccessLog.Counts counts)
    {
        (_settings, _deliver, _counts) = (settings, deliver, counts);
        Receive<AccessLog.Line>(Add);
        Receive<Due>(due => WriteDue(due.Stream));
        Receive<Delivered>(End);
        Receive<Stop>(_ =>
        {
            _isStopping = true;
            foreach (var (stream, buffer) in _buffers)
            {
                buffer.CloseOpen();
                buffer.HasFailed = false;
                Deliver(stream, buffer);
            }

            StopWhenDone();
        });
    }

    public ITimerScheduler Timers { get; set; } = null!;

    public static Props Props(AccessLogSettings settings, AccessLogDelivery deliver, AccessLog.Counts counts) =>
        Akka.Actor.Props.Create(() => new AccessLogActor(settings, deliver, counts));

    private void Add(AccessLog.Line line)
    {
        var stream = new Stream(line.Source.Id, line.Destination);
        if (!_buffers.TryGetValue(stream, out var buffer))
        {
            buffer = new AccessLogBuffer(line.Source, line.Destination, _settings.MaxObjectBytes)
            {
                Delay = _settings.FirstDelay,
            };
            _buffers[stream] = buffer;
            Wait(stream, buffer);
        }

        buffer.Add(line.At, line.Text);
        Deliver(stream, buffer);
    }

    private void WriteDue(Stream stream)
    {
        if (!_buffers.TryGetValue(stream, out var buffer)) return;
        if (buffer.IsEmpty)
        {
            _buffers.Remove(stream);
            return;
        }

        buffer.CloseOpen();
        buffer.HasFailed = false;
        Deliver(stream, buffer);
        buffer.Delay = buffer.Delay * 2 < _settings.MaxDelay ? buffer.Delay * 2 : _settings.MaxDelay;
        Wait(stream, buffer);
    }

    private void Wait(Stream stream, AccessLogBuffer buffer) =>
        Timers.StartSingleTimer(stream, new Due(stream), buffer.Delay);

    private void Deliver(Stream stream, AccessLogBuffer buffer)
    {
        if (buffer.IsDelivering || buffer.HasFailed || !buffer.HasWhole) return;
        buffer.IsDelivering = true;
        var batch = buffer.First;
        _ = Task.Run(() => _deliver(batch)).PipeTo(
            Self, Self, refusal => new Delivered(stream, refusal, null),
            failure => new Delivered(stream, null, failure));
    }

    private void End(Delivered delivered)
    {
        var buffer = _buffers[delivered.Stream];
        buffer.IsDelivering = false;
        if (delivered.Failure?.GetBaseException() is { } failure && !_isStopping)
        {
            buffer.HasFailed = true;
            _log.Warning(
                "The access log of bucket {0} could not be written, and will be later: {1}", buffer.First.Source.Name,
                failure.Message);
            return;
        }

        var batch = buffer.TakeFirst();
        var lost = delivered.Refusal ?? delivered.Failure?.GetBaseException().Message;
        if (lost is not null)
            _log.Warning(
                "{0} lines of the access log of bucket {1} are lost: {2}", batch.Lines, batch.Source.Name, lost);
        _counts.End(batch, isLost: lost is not null);
        Deliver(delivered.Stream, buffer);
        StopWhenDone();
    }

    private void StopWhenDone()
    {
        if (_isStopping && _buffers.Values.All(buffer => !buffer.IsDelivering && buffer.IsEmpty)) Context.Stop(Self);
    }

    /// <summary>Writes what has come so far, then ends the actor.</summary>
    public sealed record Stop
    {
        public static readonly Stop Instance = new();
    }

    private sealed record Stream(BucketId Bucket, string Destination);

    private sealed record Due(Stream Stream);

    private sealed record Delivered(Stream Stream, string? Refusal, Exception? Failure);
}
