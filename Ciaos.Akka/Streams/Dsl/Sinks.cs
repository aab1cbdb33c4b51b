using System.Collections.Immutable;
using System.Threading.Channels;
using Akka.Actor;
using Akka.Streams.Implementation;
using Akka.Streams.Implementation.Sinks;

namespace Akka.Streams.Dsl;

/// <summary>Makes sinks.</summary>
public static class Sink
{
    public static SinkShape<T> Shape<T>(string name) => new(new Inlet<T>($"{name}.in"));

    public static Sink<TIn, TMat> FromGraph<TIn, TMat>(IGraph<SinkShape<TIn>, TMat> graph) =>
        graph as Sink<TIn, TMat> ?? new Sink<TIn, TMat>(graph.Shape, graph.Module);

    public static Sink<TIn, TMat> Wrap<TIn, TMat>(IGraph<SinkShape<TIn>, TMat> graph) => FromGraph(graph);

    /// <summary>The first element. Fails with <see cref="NoSuchElementException"/> when there is none.</summary>
    public static Sink<TIn, Task<TIn>> First<TIn>() => FromGraph(new FirstSink<TIn>(orDefault: false));

    public static Sink<TIn, Task<TIn>> FirstOrDefault<TIn>() => FromGraph(new FirstSink<TIn>(orDefault: true));

    /// <summary>The last element. Fails with <see cref="NoSuchElementException"/> when there is none.</summary>
    public static Sink<TIn, Task<TIn>> Last<TIn>() => FromGraph(new LastSink<TIn>(orDefault: false));

    public static Sink<TIn, Task<TIn>> LastOrDefault<TIn>() => FromGraph(new LastSink<TIn>(orDefault: true));

    /// <summary>All elements: put a limit before it.</summary>
    public static Sink<TIn, Task<IImmutableList<TIn>>> Seq<TIn>() => FromGraph(new SeqSink<TIn>());

    public static Sink<TIn, Task<Done>> Ignore<TIn>() => FromGraph(new IgnoreSink<TIn>());

    public static Sink<TIn, NotUsed> Cancelled<TIn>() => FromGraph(new CancelledSink<TIn>());

    public static Sink<TIn, Task<Done>> ForEach<TIn>(Action<TIn> action) => Flow.Create<TIn>()
        .Select(input =>
        {
            action(input);
            return NotUsed.Instance;
        })
        .ToMaterialized(Ignore<NotUsed>(), Keep.Right)
        .Named("foreachSink");

    /// <summary>Runs the action for so many elements at a time.</summary>
    public static Sink<TIn, Task<Done>> ForEachAsync<TIn>(int parallelism, Func<TIn, Task> action) => Flow.Create<TIn>()
        .SelectAsyncUnordered(parallelism, async input =>
        {
            await action(input).ConfigureAwait(false);
            return Done.Instance;
        })
        .ToMaterialized(Ignore<Done>(), Keep.Right);

    [Obsolete("Use `ForEachAsync` instead, it allows you to choose how to run the procedure, by calling some other API "
        + "returning a Task or using Task.Run. Obsolete since 1.5.2")]
    public static Sink<TIn, Task<Done>> ForEachParallel<TIn>(int parallelism, Action<TIn> action) => Flow.Create<TIn>()
        .SelectAsyncUnordered(parallelism, input => Task.Run(() =>
        {
            action(input);
            return NotUsed.Instance;
        }))
        .ToMaterialized(Ignore<NotUsed>(), Keep.Right);

    public static Sink<TIn, Task<TOut>> Aggregate<TIn, TOut>(TOut zero, Func<TOut, TIn, TOut> aggregate) =>
        Flow.Create<TIn>().Aggregate(zero, aggregate).ToMaterialized(First<TOut>(), Keep.Right).Named("AggregateSink");

    public static Sink<TIn, Task<TOut>> AggregateAsync<TIn, TOut>(
        TOut zero, Func<TOut, TIn, Task<TOut>> aggregate) => Flow.Create<TIn, NotUsed>()
        .AggregateAsync(zero, aggregate)
        .ToMaterialized(First<TOut>(), Keep.Right)
        .Named("AggregateAsyncSink");

    public static Sink<TIn, Task<TIn>> Sum<TIn>(Func<TIn, TIn, TIn> reduce) =>
        Flow.Create<TIn>().Sum(reduce).ToMaterialized(First<TIn>(), Keep.Right).Named("SumSink");

    /// <summary>Calls back when the stream completes, or fails.</summary>
    public static Sink<TIn, NotUsed> OnComplete<TIn>(Action success, Action<Exception> failure) =>
        FromGraph(new OnCompleteSink<TIn>(success, failure));

    /// <summary>Sends elements to an actor, however slow it is: its mailbox may overflow.</summary>
    public static Sink<TIn, NotUsed> ActorRef<TIn>(
        IActorRef actorRef, object onCompleteMessage, Func<Exception, object> onFailureMessage) =>
        FromGraph(new ActorRefSink<TIn>(actorRef, onCompleteMessage, onFailureMessage));

    [Obsolete("Use overload accepting both on complete and on failure message")]
    public static Sink<TIn, NotUsed> ActorRef<TIn>(IActorRef actorRef, object onCompleteMessage) =>
        ActorRef<TIn>(actorRef, onCompleteMessage, error => new Status.Failure(error));

    /// <summary>Sends elements to an actor, each when the actor has acknowledged the one before.</summary>
    public static Sink<TIn, NotUsed> ActorRefWithAck<TIn>(
        IActorRef actorRef,
        object onInitMessage,
        object ackMessage,
        object onCompleteMessage,
        Func<Exception, object>? onFailureMessage = null) => FromGraph(new ActorRefWithAckSink<TIn>(
            actorRef,
            onInitMessage,
            ackMessage,
            onCompleteMessage,
            onFailureMessage ?? (error => new Status.Failure(error))));

    /// <summary>Elements on request, as many prefetched as the input buffer attribute says.</summary>
    public static Sink<TIn, ISinkQueue<TIn>> Queue<TIn>() => FromGraph(new QueueSink<TIn>());

    /// <summary>The reader of a channel that this sink fills.</summary>
    public static Sink<T, ChannelReader<T>> ChannelReader<T>(
        int bufferSize, bool singleReader, BoundedChannelFullMode fullMode = BoundedChannelFullMode.Wait) =>
        ChannelSink.AsReader<T>(bufferSize, singleReader, fullMode);

    /// <summary>Writes elements to a channel; completes it at the end if this sink is its owner.</summary>
    public static Sink<T, NotUsed> FromWriter<T>(ChannelWriter<T> writer, bool isOwner) =>
        ChannelSink.FromWriter(writer, isOwner);
}

public static class ChannelSink
{
    public static Sink<T, ChannelReader<T>> AsReader<T>(
        int bufferSize, bool singleReader = false, BoundedChannelFullMode fullMode = BoundedChannelFullMode.Wait) =>
        Sink.FromGraph(new ChannelReaderSink<T>(new BoundedChannelOptions(bufferSize)
        {
            SingleWriter = true,
            SingleReader = singleReader,
            FullMode = fullMode,
        }));

    public static Sink<T, NotUsed> FromWriter<T>(ChannelWriter<T> writer, bool isOwner) =>
        Sink.FromGraph(new ChannelWriterSink<T>(writer, isOwner));
}

public static class ChannelSource
{
    public static Source<T, ChannelWriter<T>> Create<T>(
        int bufferSize, bool singleWriter = false, BoundedChannelFullMode fullMode = BoundedChannelFullMode.Wait) =>
        Source.FromGraph(new Implementation.Sources.ChannelSourceStage<T>(new BoundedChannelOptions(bufferSize)
        {
            SingleReader = true,
            SingleWriter = singleWriter,
            FullMode = fullMode,
        }));

    public static Source<T, NotUsed> FromReader<T>(ChannelReader<T> reader) =>
        Source.FromGraph(new Implementation.Sources.ChannelReaderSource<T>(reader));
}
