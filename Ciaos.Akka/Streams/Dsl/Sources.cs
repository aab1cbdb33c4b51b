using System.Threading.Channels;
using Akka.Actor;
using Akka.Streams.Implementation;
using Akka.Streams.Implementation.Sources;
using Akka.Util;

namespace Akka.Streams.Dsl;

/// <summary>Makes sources.</summary>
public static class Source
{
    public static SourceShape<T> Shape<T>(string name) => new(new Outlet<T>($"{name}.out"));

    public static Source<T, TMat> FromGraph<T, TMat>(IGraph<SourceShape<T>, TMat> source) =>
        source as Source<T, TMat> ?? new Source<T, TMat>(source.Shape, source.Module);

    public static Source<T, NotUsed> Empty<T>() => FromGraph(new EmptySource<T>());

    public static Source<T, NotUsed> Never<T>() => FromGraph(new NeverSource<T>());

    public static Source<T, NotUsed> Failed<T>(Exception cause) => FromGraph(new FailedSource<T>(cause));

    public static Source<T, NotUsed> Single<T>(T element)
    {
        if (element is null) throw ReactiveStreamsCompliance.ElementMustNotBeNull();
        return FromGraph(new SingleSource<T>(element));
    }

    public static Source<T, NotUsed> Repeat<T>(T element) => FromGraph(new RepeatSource<T>(element));

    /// <summary>Enumerates anew for each materialization.</summary>
    public static Source<T, NotUsed> From<T>(IEnumerable<T> enumerable) =>
        FromGraph(new EnumeratorSource<T>("EnumerableSource", enumerable.GetEnumerator));

    /// <summary>Asks the sequence for an element only when one is wanted.</summary>
    public static Source<T, NotUsed> From<T>(Func<IAsyncEnumerable<T>> asyncEnumerable) =>
        FromGraph(new AsyncEnumerableSource<T>(asyncEnumerable));

    public static Source<T, NotUsed> FromEnumerator<T>(Func<IEnumerator<T>> enumeratorFactory) =>
        FromGraph(new EnumeratorSource<T>("EnumeratorSource", enumeratorFactory));

    /// <summary>Enumerates again and again. Fails with <see cref="ArgumentException"/> when there is nothing.</summary>
    public static Source<T, NotUsed> Cycle<T>(Func<IEnumerator<T>> enumeratorFactory) =>
        FromGraph(new EnumeratorSource<T>("CycleSource", () => Endless(enumeratorFactory)));

    public static Source<T, NotUsed> FromTask<T>(Task<T> task) => FromGraph(new TaskSource<T>(task));

    /// <summary>Emits what the source emits that the task makes.</summary>
    public static Source<T, Task<M>> FromTaskSource<T, M>(Task<Source<T, M>> task) => FromGraph(
        new DeferredSource<T, M>("FromTaskSource", isLazy: false, async () => await task.ConfigureAwait(false)));

    /// <summary>Makes the source when there is demand for the first time.</summary>
    public static Source<TOut, Task<TMat>> Lazily<TOut, TMat>(Func<Source<TOut, TMat>> create) => FromGraph(
        new DeferredSource<TOut, TMat>(
            "LazySource", isLazy: true, () => Task.FromResult<IGraph<SourceShape<TOut>, TMat>>(create())));

    /// <summary>One element, or none, or a failure: as the materialized value is completed.</summary>
    public static Source<T, TaskCompletionSource<T>> Maybe<T>() => FromGraph(new MaybeSource<T>());

    /// <summary>The element again and again; a tick without demand is dropped.</summary>
    public static Source<T, ICancelable> Tick<T>(TimeSpan initialDelay, TimeSpan interval, T tick) =>
        FromGraph(new TickSource<T>(initialDelay, interval, tick));

    public static Source<TElem, NotUsed> Unfold<TState, TElem>(
        TState state, Func<TState, Option<(TState, TElem)>> unfold) =>
        FromGraph(new Unfold<TState, TElem>(state, unfold));

    public static Source<TElem, NotUsed> UnfoldAsync<TState, TElem>(
        TState state, Func<TState, Task<Option<(TState, TElem)>>> unfoldAsync) =>
        FromGraph(new UnfoldAsync<TState, TElem>(state, unfoldAsync));

    public static Source<TElem, NotUsed> UnfoldInfinite<TState, TElem>(
        TState state, Func<TState, (TState, TElem)> unfold) =>
        FromGraph(new UnfoldInfinite<TState, TElem>(state, unfold));

    /// <summary>Opens a resource when the stream starts, reads it on demand, and closes it in any case.</summary>
    public static Source<T, NotUsed> UnfoldResource<T, TSource>(
        Func<TSource> create, Func<TSource, Option<T>> read, Action<TSource> close) =>
        FromGraph(new UnfoldResource<T, TSource>(create, read, close));

    public static Source<T, NotUsed> UnfoldResourceAsync<T, TSource>(
        Func<Task<TSource>> create, Func<TSource, Task<Option<T>>> read, Func<TSource, Task<Done>> close) =>
        FromGraph(new UnfoldResourceAsync<T, TSource>(create, read, close));

    /// <summary>What is offered to the queue. Each offer is answered by what became of it.</summary>
    public static Source<T, ISourceQueueWithComplete<T>> Queue<T>(int bufferSize, OverflowStrategy overflowStrategy)
    {
        if (bufferSize < 0)
            throw new ArgumentException("Buffer size must be greater than or equal 0", nameof(bufferSize));
        return FromGraph(new QueueSource<T>(bufferSize, overflowStrategy));
    }

    /// <summary>What is sent to the reference. Without backpressure: what the buffer cannot hold is dropped.</summary>
    public static Source<T, IActorRef> ActorRef<T>(int bufferSize, OverflowStrategy overflowStrategy)
    {
        if (bufferSize < 0)
            throw new ArgumentException("Buffer size must be greater than or equal 0", nameof(bufferSize));
        if (overflowStrategy == OverflowStrategy.Backpressure)
            throw new NotSupportedException("Backpressure overflow strategy not supported");
        return FromGraph(new ActorRefSource<T>(bufferSize, overflowStrategy));
    }

    public static Source<T, ChannelWriter<T>> Channel<T>(
        int bufferSize, bool singleWriter = false, BoundedChannelFullMode fullMode = BoundedChannelFullMode.Wait) =>
        ChannelSource.Create<T>(bufferSize, singleWriter, fullMode);

    public static Source<T, NotUsed> ChannelReader<T>(ChannelReader<T> channelReader) =>
        ChannelSource.FromReader(channelReader);

    private static IEnumerator<T> Endless<T>(Func<IEnumerator<T>> factory)
    {
        while (true)
        {
            using var enumerator = factory();
            if (!enumerator.MoveNext()) throw new ArgumentException("empty iterator");
            do
            {
                yield return enumerator.Current;
            }
            while (enumerator.MoveNext());
        }
    }
}
