using Akka.Streams.Implementation;
using Akka.Streams.Implementation.Transforming;

namespace Akka.Streams.Dsl;

/// <summary>The end of a stream: it has one open inlet.</summary>
public sealed class Sink<TIn, TMat> : IGraph<SinkShape<TIn>, TMat>
{
    internal Sink(SinkShape<TIn> shape, Module module)
    {
        Shape = shape;
        Module = module;
    }

    public SinkShape<TIn> Shape { get; }

    internal Module Module { get; }

    Module IGraph<SinkShape<TIn>>.Module => Module;

    public Sink<TIn, TMat> WithAttributes(Attributes attributes) => new(Shape, Module.WithAttributes(attributes));

    public Sink<TIn, TMat> AddAttributes(Attributes attributes) => WithAttributes(Module.Attributes.And(attributes));

    public Sink<TIn, TMat> Named(string name) => AddAttributes(Attributes.CreateName(name));

    /// <summary>Runs this sink on an actor of its own.</summary>
    public Sink<TIn, TMat> Async() => AddAttributes(Attributes.CreateAsyncBoundary());

    public Sink<TIn, TMat2> MapMaterializedValue<TMat2>(Func<TMat, TMat2> fn) =>
        new(Shape, new MappedModule(Module, MaterializedValues.Map(fn)));

    /// <summary>A sink that maps what comes before this one gets it.</summary>
    public Sink<TIn2, TMat> ContraMap<TIn2>(Func<TIn2, TIn> function) =>
        Flow.FromFunction(function).ToMaterialized(this, Keep.Right);

    /// <summary>Connects this sink to a source and runs it.</summary>
    public TMat2 RunWith<TMat2>(IGraph<SourceShape<TIn>, TMat2> source, IMaterializer materializer) =>
        Source.FromGraph(source).To(this).Run(materializer);

    public override string ToString() => $"Sink({Shape})";

    IGraph<SinkShape<TIn>, TMat> IGraph<SinkShape<TIn>, TMat>.WithAttributes(Attributes attributes) =>
        WithAttributes(attributes);

    IGraph<SinkShape<TIn>, TMat> IGraph<SinkShape<TIn>, TMat>.AddAttributes(Attributes attributes) =>
        AddAttributes(attributes);

    IGraph<SinkShape<TIn>, TMat> IGraph<SinkShape<TIn>, TMat>.Named(string name) => Named(name);

    IGraph<SinkShape<TIn>, TMat> IGraph<SinkShape<TIn>, TMat>.Async() => Async();
}
