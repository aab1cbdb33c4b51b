using Akka.Actor;
using Akka.Streams.Implementation;
using Akka.Streams.Implementation.Transforming;

namespace Akka.Streams.Dsl;

/// <summary>The beginning of a stream: it has one open outlet.</summary>
public sealed class Source<TOut, TMat> : IFlow<TOut, TMat>, IGraph<SourceShape<TOut>, TMat>
{
    internal Source(SourceShape<TOut> shape, Module module)
    {
        Shape = shape;
        Module = module;
    }

    public SourceShape<TOut> Shape { get; }

    internal Module Module { get; }

    Module IGraph<SourceShape<TOut>>.Module => Module;

    public Source<TOut, TMat> WithAttributes(Attributes attributes) => new(Shape, Module.WithAttributes(attributes));

    public Source<TOut, TMat> AddAttributes(Attributes attributes) => WithAttributes(Module.Attributes.And(attributes));

    public Source<TOut, TMat> Named(string name) => AddAttributes(Attributes.CreateName(name));

    /// <summary>Runs this source on an actor of its own.</summary>
    public Source<TOut, TMat> Async() => AddAttributes(Attributes.CreateAsyncBoundary());

    /// <summary>Lets this source's elements pass through a flow.</summary>
    public Source<T2, TMat> Via<T2, TMat2>(IGraph<FlowShape<TOut, T2>, TMat2> flow) => new(
        new SourceShape<T2>(flow.Shape.Outlet), new LinkedModule(Module, flow.Module, MaterializedValues.KeepLeft));

    /// <summary>Lets this source's elements pass through a flow, and combines the materialized values.</summary>
    public Source<TOut2, TMat3> ViaMaterialized<TOut2, TMat2, TMat3>(
        IGraph<FlowShape<TOut, TOut2>, TMat2> flow, Func<TMat, TMat2, TMat3> combine) => new(
        new SourceShape<TOut2>(flow.Shape.Outlet),
        new LinkedModule(Module, flow.Module, MaterializedValues.Combine(combine)));

    /// <summary>Connects this source to a sink; the materialized value is the source's.</summary>
    public IRunnableGraph<TMat> To<TMat2>(IGraph<SinkShape<TOut>, TMat2> sink) =>
        new RunnableGraph<TMat>(new LinkedModule(Module, sink.Module, MaterializedValues.KeepLeft));

    public IRunnableGraph<TMat3> ToMaterialized<TMat2, TMat3>(
        IGraph<SinkShape<TOut>, TMat2> sink, Func<TMat, TMat2, TMat3> combine) =>
        new RunnableGraph<TMat3>(new LinkedModule(Module, sink.Module, MaterializedValues.Combine(combine)));

    public Source<TOut, TMat2> MapMaterializedValue<TMat2>(Func<TMat, TMat2> mapFunc) =>
        new(Shape, new MappedModule(Module, MaterializedValues.Map(mapFunc)));

    /// <summary>Emits the elements of another source after this one's.</summary>
    public Source<TOut, TMat3> ConcatMaterialized<TMat2, TMat3>(
        IGraph<SourceShape<TOut>, TMat2> that, Func<TMat, TMat2, TMat3> materializedFunction) =>
        ViaMaterialized(Joins.Concat(that), materializedFunction);

    /// <summary>Asks an actor about each element and emits the answers, in the order of the elements.</summary>
    public Source<TOut2, TMat> Ask<TOut2>(IActorRef actorRef, TimeSpan timeout, int parallelism = 2) =>
        Via(new Watch<TOut>(actorRef))
            .Via(new SelectAsync<TOut, TOut2>(parallelism, Asking.Of<TOut, TOut2>(actorRef, timeout)))
            .Named("ask");

    /// <summary>Connects this source to a sink, runs it, and gives out the sink's materialized value.</summary>
    public TMat2 RunWith<TMat2>(IGraph<SinkShape<TOut>, TMat2> sink, IMaterializer materializer) =>
        ToMaterialized(sink, Keep.Right).Run(materializer);

    public TMat2 RunWith<TMat2>(IGraph<SinkShape<TOut>, TMat2> sink, ActorSystem materializer) =>
        RunWith(sink, materializer.Materializer());

    public Task<TOut2> RunAggregate<TOut2>(
        TOut2 zero, Func<TOut2, TOut, TOut2> aggregate, IMaterializer materializer) =>
        RunWith(Sink.Aggregate(zero, aggregate), materializer);

    public Task<TOut2> RunAggregate<TOut2>(
        TOut2 zero, Func<TOut2, TOut, TOut2> aggregate, ActorSystem materializer) =>
        RunAggregate(zero, aggregate, materializer.Materializer());

    public Task<TOut2> RunAggregateAsync<TOut2>(
        TOut2 zero, Func<TOut2, TOut, Task<TOut2>> aggregate, IMaterializer materializer) =>
        RunWith(Sink.AggregateAsync(zero, aggregate), materializer);

    public Task<TOut2> RunAggregateAsync<TOut2>(
        TOut2 zero, Func<TOut2, TOut, Task<TOut2>> aggregate, ActorSystem materializer) =>
        RunAggregateAsync(zero, aggregate, materializer.Materializer());

    public Task<TOut> RunSum(Func<TOut, TOut, TOut> reduce, IMaterializer materializer) =>
        RunWith(Sink.Sum(reduce), materializer);

    public Task<TOut> RunSum(Func<TOut, TOut, TOut> reduce, ActorSystem materializer) =>
        RunSum(reduce, materializer.Materializer());

    public Task RunForeach(Action<TOut> action, IMaterializer materializer) =>
        RunWith(Sink.ForEach(action), materializer);

    public Task RunForeach(Action<TOut> action, ActorSystem materializer) =>
        RunForeach(action, materializer.Materializer());

    /// <summary>A sequence that runs this source anew each time it is enumerated; ending early cancels it.</summary>
    public IAsyncEnumerable<TOut> RunAsAsyncEnumerable(IMaterializer materializer) =>
        new StreamsAsyncEnumerableRerunnable<TOut, TMat>(this, materializer);

    public IAsyncEnumerable<TOut> RunAsAsyncEnumerable(ActorSystem materializer) =>
        RunAsAsyncEnumerable(materializer.Materializer());

    /// <inheritdoc cref="RunAsAsyncEnumerable(IMaterializer)"/>
    /// <param name="materializer">Runs the source.</param>
    /// <param name="minBuffer">Elements that are prefetched at first.</param>
    /// <param name="maxBuffer">Elements that are prefetched at most.</param>
    public IAsyncEnumerable<TOut> RunAsAsyncEnumerableBuffer(
        IMaterializer materializer, int minBuffer = 4, int maxBuffer = 16) =>
        new StreamsAsyncEnumerableRerunnable<TOut, TMat>(this, materializer, minBuffer, maxBuffer);

    public IAsyncEnumerable<TOut> RunAsAsyncEnumerableBuffer(
        ActorSystem materializer, int minBuffer = 4, int maxBuffer = 16) =>
        RunAsAsyncEnumerableBuffer(materializer.Materializer(), minBuffer, maxBuffer);

    public override string ToString() => $"Source({Shape})";

    IFlow<T, TMat> IFlow<TOut, TMat>.Via<T, TMat2>(IGraph<FlowShape<TOut, T>, TMat2> flow) => Via(flow);

    IFlow<T2, TMat3> IFlow<TOut, TMat>.ViaMaterialized<T2, TMat2, TMat3>(
        IGraph<FlowShape<TOut, T2>, TMat2> flow, Func<TMat, TMat2, TMat3> combine) => ViaMaterialized(flow, combine);

    IFlow<TOut, TMat2> IFlow<TOut, TMat>.MapMaterializedValue<TMat2>(Func<TMat, TMat2> mapFunc) =>
        MapMaterializedValue(mapFunc);

    IGraph<SourceShape<TOut>, TMat> IGraph<SourceShape<TOut>, TMat>.WithAttributes(Attributes attributes) =>
        WithAttributes(attributes);

    IGraph<SourceShape<TOut>, TMat> IGraph<SourceShape<TOut>, TMat>.AddAttributes(Attributes attributes) =>
        AddAttributes(attributes);

    IGraph<SourceShape<TOut>, TMat> IGraph<SourceShape<TOut>, TMat>.Named(string name) => Named(name);

    IGraph<SourceShape<TOut>, TMat> IGraph<SourceShape<TOut>, TMat>.Async() => Async();
}
