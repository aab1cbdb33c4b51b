using System.Collections.Immutable;

namespace Akka.Streams;

/// <summary>The ports of a graph: all that can be seen of it from outside.</summary>
public abstract class Shape : ICloneable
{
    public abstract ImmutableArray<Inlet> Inlets { get; }

    public abstract ImmutableArray<Outlet> Outlets { get; }

    /// <summary>The same shape with new ports.</summary>
    public abstract Shape DeepCopy();

    /// <summary>The same kind of shape over the given ports, which must match in number.</summary>
    public abstract Shape CopyFromPorts(ImmutableArray<Inlet> inlets, ImmutableArray<Outlet> outlets);

    public bool HasSamePortsAs(Shape shape) =>
        Inlets.ToHashSet().SetEquals(shape.Inlets) && Outlets.ToHashSet().SetEquals(shape.Outlets);

    public bool HasSamePortsAndShapeAs(Shape shape) => GetType() == shape.GetType() && HasSamePortsAs(shape);

    public object Clone() => DeepCopy();

    public sealed override string ToString() =>
        $"{GetType().Name}([{string.Join(", ", Inlets)}] [{string.Join(", ", Outlets)}])";

    private protected static void CheckPorts(
        string shape, int inlets, int outlets, ImmutableArray<Inlet> givenInlets, ImmutableArray<Outlet> givenOutlets)
    {
        if (givenInlets.Length != inlets)
            throw new ArgumentException($"Proposed inlets [{string.Join(", ", givenInlets)}] do not fit {shape}");
        if (givenOutlets.Length != outlets)
            throw new ArgumentException($"Proposed outlets [{string.Join(", ", givenOutlets)}] do not fit {shape}");
    }
}

/// <summary>No open port: the graph can be run.</summary>
public class ClosedShape : Shape
{
    public static readonly ClosedShape Instance = new();

    private ClosedShape()
    {
    }

    public override ImmutableArray<Inlet> Inlets => [];

    public override ImmutableArray<Outlet> Outlets => [];

    public override Shape DeepCopy() => this;

    public override Shape CopyFromPorts(ImmutableArray<Inlet> inlets, ImmutableArray<Outlet> outlets)
    {
        CheckPorts("ClosedShape", 0, 0, inlets, outlets);
        return this;
    }
}

/// <summary>One open outlet.</summary>
public sealed class SourceShape<TOut> : Shape
{
    public readonly Outlet<TOut> Outlet;

    public SourceShape(Outlet<TOut> outlet) => Outlet = outlet ?? throw new ArgumentNullException(nameof(outlet));

    public override ImmutableArray<Inlet> Inlets => [];

    public override ImmutableArray<Outlet> Outlets => [Outlet];

    public override Shape DeepCopy() => new SourceShape<TOut>((Outlet<TOut>)Outlet.CarbonCopy());

    public override Shape CopyFromPorts(ImmutableArray<Inlet> inlets, ImmutableArray<Outlet> outlets)
    {
        CheckPorts("SourceShape", 0, 1, inlets, outlets);
        return new SourceShape<TOut>((Outlet<TOut>)outlets[0]);
    }

    public override bool Equals(object? obj) =>
        ReferenceEquals(this, obj) || (obj is SourceShape<TOut> other && Outlet.Equals(other.Outlet));

    public override int GetHashCode() => Outlet.GetHashCode();
}

/// <summary>One open inlet.</summary>
public sealed class SinkShape<TIn> : Shape
{
    public readonly Inlet<TIn> Inlet;

    public SinkShape(Inlet<TIn> inlet) => Inlet = inlet ?? throw new ArgumentNullException(nameof(inlet));

    public override ImmutableArray<Inlet> Inlets => [Inlet];

    public override ImmutableArray<Outlet> Outlets => [];

    public override Shape DeepCopy() => new SinkShape<TIn>((Inlet<TIn>)Inlet.CarbonCopy());

    public override Shape CopyFromPorts(ImmutableArray<Inlet> inlets, ImmutableArray<Outlet> outlets)
    {
        CheckPorts("SinkShape", 1, 0, inlets, outlets);
        return new SinkShape<TIn>((Inlet<TIn>)inlets[0]);
    }

    public override bool Equals(object? obj) =>
        ReferenceEquals(this, obj) || (obj is SinkShape<TIn> other && Inlet.Equals(other.Inlet));

    public override int GetHashCode() => Inlet.GetHashCode();
}

/// <summary>A shape with one inlet and one outlet, their types aside.</summary>
public interface IFlowShape
{
    Inlet Inlet { get; }

    Outlet Outlet { get; }
}

/// <summary>One open inlet, one open outlet.</summary>
public sealed class FlowShape<TIn, TOut> : Shape, IFlowShape
{
    public FlowShape(Inlet<TIn> inlet, Outlet<TOut> outlet)
    {
        Inlet = inlet ?? throw new ArgumentNullException(nameof(inlet));
        Outlet = outlet ?? throw new ArgumentNullException(nameof(outlet));
    }

    public Inlet<TIn> Inlet { get; }

    public Outlet<TOut> Outlet { get; }

    Inlet IFlowShape.Inlet => Inlet;

    Outlet IFlowShape.Outlet => Outlet;

    public override ImmutableArray<Inlet> Inlets => [Inlet];

    public override ImmutableArray<Outlet> Outlets => [Outlet];

    public override Shape DeepCopy() =>
        new FlowShape<TIn, TOut>((Inlet<TIn>)Inlet.CarbonCopy(), (Outlet<TOut>)Outlet.CarbonCopy());

    public override Shape CopyFromPorts(ImmutableArray<Inlet> inlets, ImmutableArray<Outlet> outlets)
    {
        CheckPorts("FlowShape", 1, 1, inlets, outlets);
        return new FlowShape<TIn, TOut>((Inlet<TIn>)inlets[0], (Outlet<TOut>)outlets[0]);
    }
}
