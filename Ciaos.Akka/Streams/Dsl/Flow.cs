using Akka.Actor;
using Akka.Streams.Implementation;
using Akka.Streams.Implementation.Transforming;

namespace Akka.Streams.Dsl;

/// <summary>A piece of a stream with one open inlet and one open outlet.</summary>
public sealed class Flow<TIn, TOut, TMat> : IFlow<TOut, TMat>, IGraph<FlowShape<TIn, TOut>, TMat>
{
    internal Flow(FlowShape<TIn, TOut> shape, Module module)
    {
        Shape = shape;
        Module = module;
    }

    public FlowShape<TIn, TOut> Shape { get; }

    internal Module Module { get; }

    Module IGraph<FlowShape<TIn, TOut>>.Module => Module;

    public Flow<TIn, TOut, TMat> WithAttributes(Attributes attributes) => new(Shape, Module.WithAttributes(attributes));

    public Flow<TIn, TOut, TMat> AddAttributes(Attributes attributes) =>
        WithAttributes(Module.Attributes.And(attributes));

    public Flow<TIn, TOut, TMat> Named(string name) => AddAttributes(Attributes.CreateName(name));

    /// <summary>Runs this flow on an actor of its own.</summary>
    public Flow<TIn, TOut, TMat> Async() => AddAttributes(Attributes.CreateAsyncBoundary());

    /// <summary>Lets this flow's elements pass through another flow.</summary>
    public Flow<TIn, T2, TMat> Via<T2, TMat2>(IGraph<FlowShape<TOut, T2>, TMat2> flow) => new(
        new FlowShape<TIn, T2>(Shape.Inlet, flow.Shape.Outlet),
        new LinkedModule(Module, flow.Module, MaterializedValues.KeepLeft));

    /// <summary>Lets this flow's elements pass through another flow, and combines the materialized values.</summary>
    public Flow<TIn, TOut2, TMat3> ViaMaterialized<TOut2, TMat2, TMat3>(
        IGraph<FlowShape<TOut, TOut2>, TMat2> flow, Func<TMat, TMat2, TMat3> combine) => new(
        new FlowShape<TIn, TOut2>(Shape.Inlet, flow.Shape.Outlet),
        new LinkedModule(Module, flow.Module, MaterializedValues.Combine(combine)));

    /// <summary>Connects this flow to a sink: the result is a sink.</summary>
    public Sink<TIn, TMat> To<TMat2>(IGraph<SinkShape<TOut>, TMat2> sink) => new(
        new SinkShape<TIn>(Shape.Inlet), new LinkedModule(Module, sink.Module, MaterializedValues.KeepLeft));

    public Sink<TIn, TMat3> ToMaterialized<TMat2, TMat3>(
        IGraph<SinkShape<TOut>, TMat2> sink, Func<TMat, TMat2, TMat3> combine) => new(
        new SinkShape<TIn>(Shape.Inlet), new LinkedModule(Module, sink.Module, MaterializedValues.Combine(combine)));

    public Flow<TIn, TOut, TMat2> MapMaterializedValue<TMat2>(Func<TMat, TMat2> mapFunc) =>
        new(Shape, new MappedModule(Module, MaterializedValues.Map(mapFunc)));

    /// <summary>Emits the elements of another source after this flow's.</summary>
    public Flow<TIn, TOut, TMat3> ConcatMaterialized<TMat2, TMat3>(
        IGraph<SourceShape<TOut>, TMat2> that, Func<TMat, TMat2, TMat3> materializedFunction) =>
        ViaMaterialized(Joins.Concat(that), materializedFunction);

    /// <summary>Asks an actor about each element and emits the answers, in the order of the elements.</summary>
    public Flow<TIn, TOut2, TMat> Ask<TOut2>(IActorRef actorRef, TimeSpan timeout, int parallelism = 2) =>
        Via(new Watch<TOut>(actorRef))
            .Via(new SelectAsync<TOut, TOut2>(parallelism, Asking.Of<TOut, TOut2>(actorRef, timeout)))
            .Named("ask");

    /// <summary>Connects this flow to a source and a sink and runs it all.</summary>
    public (TMat1, TMat2) RunWith<TMat1, TMat2>(
        IGraph<SourceShape<TIn>, TMat1> source, IGraph<SinkShape<TOut>, TMat2> sink, IMaterializer materializer) =>
        Source.FromGraph(source).Via(this).ToMaterialized(sink, Keep.Both).Run(materializer);

    public override string ToString() => $"Flow({Shape})";

    IFlow<T, TMat> IFlow<TOut, TMat>.Via<T, TMat2>(IGraph<FlowShape<TOut, T>, TMat2> flow) => Via(flow);

    IFlow<T2, TMat3> IFlow<TOut, TMat>.ViaMaterialized<T2, TMat2, TMat3>(
        IGraph<FlowShape<TOut, T2>, TMat2> flow, Func<TMat, TMat2, TMat3> combine) => ViaMaterialized(flow, combine);

    IFlow<TOut, TMat2> IFlow<TOut, TMat>.MapMaterializedValue<TMat2>(Func<TMat, TMat2> mapFunc) =>
        MapMaterializedValue(mapFunc);

    IGraph<FlowShape<TIn, TOut>, TMat> IGraph<FlowShape<TIn, TOut>, TMat>.WithAttributes(Attributes attributes) =>
        WithAttributes(attributes);

    IGraph<FlowShape<TIn, TOut>, TMat> IGraph<FlowShape<TIn, TOut>, TMat>.AddAttributes(Attributes attributes) =>
        AddAttributes(attributes);

    IGraph<FlowShape<TIn, TOut>, TMat> IGraph<FlowShape<TIn, TOut>, TMat>.Named(string name) => Named(name);

    IGraph<FlowShape<TIn, TOut>, TMat> IGraph<FlowShape<TIn, TOut>, TMat>.Async() => Async();
}

public static class Flow
{
    /// <summary>A flow that hands on what comes.</summary>
    public static Flow<T, T, NotUsed> Create<T>() => Identity<T>();

    public static Flow<T, T, TMat> Create<T, TMat>() => Identity<T, TMat>();

    public static Flow<T, T, NotUsed> Identity<T>() => FromGraph(new Identity<T>());

    /// <summary>Its materialized value is the type's default.</summary>
    public static Flow<T, T, TMat> Identity<T, TMat>() => Identity<T>().MapMaterializedValue(_ => default(TMat)!);

    public static Flow<TIn, TOut, NotUsed> FromFunction<TIn, TOut>(Func<TIn, TOut> function) =>
        FromGraph(new Select<TIn, TOut>(function));

    public static Flow<TIn, TOut, TMat> FromGraph<TIn, TOut, TMat>(IGraph<FlowShape<TIn, TOut>, TMat> graph) =>
        graph as Flow<TIn, TOut, TMat> ?? new Flow<TIn, TOut, TMat>(graph.Shape, graph.Module);

    /// <summary>What goes in goes to the sink, what comes out comes from the source; nothing connects them.</summary>
    public static Flow<TIn, TOut, NotUsed> FromSinkAndSource<TIn, TOut, TMat>(
        IGraph<SinkShape<TIn>, TMat> sink, IGraph<SourceShape<TOut>, TMat> source) =>
        FromSinkAndSource(sink, source, Keep.None);

    public static Flow<TIn, TOut, TMat> FromSinkAndSource<TIn, TOut, TMat1, TMat2, TMat>(
        IGraph<SinkShape<TIn>, TMat1> sink,
        IGraph<SourceShape<TOut>, TMat2> source,
        Func<TMat1, TMat2, TMat> combine) => new(
        new FlowShape<TIn, TOut>(sink.Shape.Inlet, source.Shape.Outlet),
        new ParallelModule(sink.Module, source.Module, MaterializedValues.Combine(combine)));
}
