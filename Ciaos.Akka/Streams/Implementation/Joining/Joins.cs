using Akka.Actor;
using Akka.Streams.Dsl;
using Akka.Streams.Implementation.Joining;

namespace Akka.Streams.Implementation;

/// <summary>Flows that have another source or sink connected to them.</summary>
internal static class Joins
{
    public static IGraph<FlowShape<T, T>, TMat> Concat<T, TMat>(IGraph<SourceShape<T>, TMat> then)
    {
        var junction = new Concat<T>();
        return Junctions.WithSource<T, T, T, TMat>(then, 1, junction.First, junction.Out, junction, isDetached: true);
    }

    public static IGraph<FlowShape<T, T>, TMat> Prepend<T, TMat>(IGraph<SourceShape<T>, TMat> before)
    {
        var junction = new Concat<T>();
        return Junctions.WithSource<T, T, T, TMat>(
            before, 0, junction.Second, junction.Out, junction, isDetached: true);
    }

    public static IGraph<FlowShape<T, T>, TMat> Merge<T, TMat>(IGraph<SourceShape<T>, TMat> other, bool eagerComplete)
    {
        var junction = new Merge<T>(eagerComplete);
        return Junctions.WithSource<T, T, T, TMat>(other, 1, junction.First, junction.Out, junction);
    }

    public static IGraph<FlowShape<T1, T3>, TMat> ZipWith<T1, T2, T3, TMat>(
        IGraph<SourceShape<T2>, TMat> other, Func<T1, T2, T3> combine)
    {
        var junction = new ZipWith<T1, T2, T3>(combine);
        return Junctions.WithSource<T1, T2, T3, TMat>(other, 1, junction.First, junction.Out, junction);
    }

    public static IGraph<FlowShape<T, T>, TMat> AlsoTo<T, TMat>(IGraph<SinkShape<T>, TMat> sink)
    {
        var junction = new AlsoTo<T>();
        return Junctions.WithSink(sink, junction.In, junction.Main, junction);
    }

    public static IGraph<FlowShape<T, T>, TMat> WireTap<T, TMat>(IGraph<SinkShape<T>, TMat> sink)
    {
        var junction = new WireTap<T>();
        return Junctions.WithSink(sink, junction.In, junction.Main, junction);
    }

    /// <summary>The same elements, seen as their base type. Nothing runs in between if it is the same type.</summary>
    public static Source<T2, TMat> Upcast<T1, T2, TMat>(this Source<T1, TMat> source)
        where T1 : T2 => source as Source<T2, TMat> ?? source.Select(element => (T2)element);

    /// <inheritdoc cref="Upcast{T1,T2,TMat}(Source{T1,TMat})"/>
    public static Flow<TIn, T2, TMat> Upcast<TIn, T1, T2, TMat>(this Flow<TIn, T1, TMat> flow)
        where T1 : T2 => flow as Flow<TIn, T2, TMat> ?? flow.Select(element => (T2)element);
}

/// <summary>Asks an actor on behalf of a stream.</summary>
internal static class Asking
{
    public static Func<TIn, Task<TOut>> Of<TIn, TOut>(IActorRef actorRef, TimeSpan timeout) => async element =>
    {
        var answer = await actorRef.Ask<object>(element!, timeout).ConfigureAwait(false);
        return answer switch
        {
            TOut expected => expected,
            Status.Success { Status: TOut expected } => expected,
            Status.Failure failure => throw failure.Cause,
            _ => throw new InvalidOperationException(
                $"Expected to receive response of type {typeof(TOut).Name}, but got: {answer}"),
        };
    };
}
