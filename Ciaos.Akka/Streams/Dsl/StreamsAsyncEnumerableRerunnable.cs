using Akka.Util;

namespace Akka.Streams.Dsl;

/// <summary>A sequence that runs a source each time it is enumerated.</summary>
public sealed class StreamsAsyncEnumerableRerunnable<T, TMat> : IAsyncEnumerable<T>
{
    private static readonly Sink<T, ISinkQueue<T>> DefaultSink = Sink.Queue<T>();

    private readonly Source<T, UniqueKillSwitch> _source;
    private readonly IMaterializer _materializer;
    private readonly Sink<T, ISinkQueue<T>> _sink;

    public StreamsAsyncEnumerableRerunnable(Source<T, TMat> source, IMaterializer materializer)
        : this(source, materializer, DefaultSink)
    {
    }

    public StreamsAsyncEnumerableRerunnable(
        Source<T, TMat> source, IMaterializer materializer, int minBuf, int maxBuf)
        : this(source, materializer, DefaultSink.WithAttributes(Attributes.CreateInputBuffer(minBuf, maxBuf)))
    {
    }

    private StreamsAsyncEnumerableRerunnable(
        Source<T, TMat> source, IMaterializer materializer, Sink<T, ISinkQueue<T>> sink)
    {
        _source = source.ViaMaterialized(KillSwitches.Single<T>(), Keep.Right);
        _materializer = materializer;
        _sink = sink;
    }

    public IAsyncEnumerator<T> GetAsyncEnumerator(CancellationToken cancellationToken) =>
        new SinkQueueAsyncEnumerator<T>(
            _source.ToMaterialized(_sink, Keep.Both).Run(_materializer), cancellationToken);
}

/// <summary>Takes a stream's elements from its queue; disposed before the end, it cancels the stream.</summary>
public sealed class SinkQueueAsyncEnumerator<T> : IAsyncEnumerator<T>
{
    private readonly ISinkQueue<T> _sinkQueue;
    private readonly UniqueKillSwitch _killSwitch;
    private readonly CancellationToken _token;

    public SinkQueueAsyncEnumerator(
        (UniqueKillSwitch killSwitch, ISinkQueue<T> sinkQueue) queueAndSwitch, CancellationToken token)
    {
        (_killSwitch, _sinkQueue) = queueAndSwitch;
        _token = token;
        Current = default!;
    }

    public T Current { get; private set; }

    public async ValueTask<bool> MoveNextAsync()
    {
        Option<T> next;
        try
        {
            next = await _sinkQueue.PullAsync().WaitAsync(_token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (_token.IsCancellationRequested)
        {
            _killSwitch.Shutdown();
            throw;
        }

        if (!next.HasValue) return false;
        Current = next.Value;
        return true;
    }

    public ValueTask DisposeAsync()
    {
        _killSwitch.Shutdown();
        return ValueTask.CompletedTask;
    }
}
