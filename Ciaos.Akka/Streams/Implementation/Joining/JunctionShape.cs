using System.Collections.Immutable;

namespace Akka.Streams.Implementation.Joining;

/// <summary>The shape of the engine's own stages with more than one inlet or outlet.</summary>
internal sealed class JunctionShape(ImmutableArray<Inlet> inlets, ImmutableArray<Outlet> outlets) : Shape
{
    public override ImmutableArray<Inlet> Inlets => inlets;

    public override ImmutableArray<Outlet> Outlets => outlets;

    public override Shape DeepCopy() => new JunctionShape(
        [.. inlets.Select(inlet => inlet.CarbonCopy())], [.. outlets.Select(outlet => outlet.CarbonCopy())]);

    public override Shape CopyFromPorts(ImmutableArray<Inlet> copiedInlets, ImmutableArray<Outlet> copiedOutlets)
    {
        CheckPorts("JunctionShape", inlets.Length, outlets.Length, copiedInlets, copiedOutlets);
        return new JunctionShape(copiedInlets, copiedOutlets);
    }
}

/// <summary>Makes flows of a junction whose other port is taken by a source or a sink.</summary>
internal static class Junctions
{
    /// <summary>A flow through the junction, the source being connected to one of its two inlets.</summary>
    public static IGraph<FlowShape<TIn, TOut>, TMat> WithSource<TIn, TSource, TOut, TMat>(
        IGraph<SourceShape<TSource>, TMat> source,
        int sourceInlet,
        Inlet<TIn> inlet,
        Outlet<TOut> outlet,
        IGraph<JunctionShape> junction,
        bool isDetached = false)
    {
        var other = isDetached ? Detached<TSource>(source.Module) : source.Module;
        Module joined = new LinkedModule(other, junction.Module, MaterializedValues.KeepLeft, inlet: sourceInlet);
        if (isDetached)
        {
            var detacher = ((IGraph<FlowShape<TIn, TIn>>)new Buffering.Detacher<TIn>()).Module;
            joined = new LinkedModule(detacher, joined, MaterializedValues.KeepRight);
        }

        return new ModuleGraph<FlowShape<TIn, TOut>, TMat>(new FlowShape<TIn, TOut>(inlet, outlet), joined);
    }

    /// <summary>A flow out of outlet 1 of the junction, outlet 0 being connected to the sink.</summary>
    public static IGraph<FlowShape<T, T>, TMat> WithSink<T, TMat>(
        IGraph<SinkShape<T>, TMat> sink, Inlet<T> inlet, Outlet<T> outlet, IGraph<JunctionShape> junction) =>
        new ModuleGraph<FlowShape<T, T>, TMat>(
            new FlowShape<T, T>(inlet, outlet),
            new LinkedModule(junction.Module, sink.Module, MaterializedValues.KeepRight));

    private static LinkedModule Detached<T>(Module source)
    {
        var detacher = ((IGraph<FlowShape<T, T>>)new Buffering.Detacher<T>()).Module;
        return new LinkedModule(source, detacher, MaterializedValues.KeepLeft);
    }
}
