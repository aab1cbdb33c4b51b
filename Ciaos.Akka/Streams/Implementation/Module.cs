using Akka.Streams.Stage;

namespace Akka.Streams.Implementation;

/// <summary>
/// A node of a blueprint's tree: a stage, or a composition of other nodes. Nodes are immutable and shared between
/// blueprints; the same node may appear many times in one. Ports are told apart by their index in the node's shape,
/// so nothing needs to be copied.
/// </summary>
internal abstract class Module
{
    protected Module(Attributes attributes) => Attributes = attributes;

    public Attributes Attributes { get; }

    public abstract Module WithAttributes(Attributes attributes);

    /// <summary>Makes the running parts of one materialization.</summary>
    /// <param name="plan">Takes the stages and the wires between them.</param>
    /// <param name="inherited">Attributes of all that this node lies in.</param>
    /// <param name="island">The island of the node that contains this one.</param>
    public Built Build(MaterializationPlan plan, Attributes inherited, Island? island)
    {
        var effective = inherited.And(Attributes);
        if (island is null || Attributes.IsAsync) island = plan.NewIsland(effective);
        return BuildIn(plan, effective, island);
    }

    protected abstract Built BuildIn(MaterializationPlan plan, Attributes effective, Island island);
}

/// <summary>What came of building a node: its open ports, and its materialized value.</summary>
internal readonly record struct Built(object? Value, InEnd[] Ins, OutEnd[] Outs)
{
    public static readonly InEnd[] NoIns = [];
    public static readonly OutEnd[] NoOuts = [];
}

internal readonly record struct InEnd(Island Island, GraphStageLogic Logic, Inlet Port);

internal readonly record struct OutEnd(Island Island, GraphStageLogic Logic, Outlet Port);

/// <summary>A single stage.</summary>
internal sealed class StageModule<TShape, TMaterialized> : Module
    where TShape : Shape
{
    private readonly GraphStageWithMaterializedValue<TShape, TMaterialized> _stage;
    private readonly Inlet[] _inlets;
    private readonly Outlet[] _outlets;

    public StageModule(
        GraphStageWithMaterializedValue<TShape, TMaterialized> stage, TShape shape, Attributes attributes)
        : this(stage, [.. shape.Inlets], [.. shape.Outlets], attributes)
    {
    }

    private StageModule(
        GraphStageWithMaterializedValue<TShape, TMaterialized> stage,
        Inlet[] inlets,
        Outlet[] outlets,
        Attributes attributes)
        : base(attributes)
    {
        _stage = stage;
        _inlets = inlets;
        _outlets = outlets;
    }

    public override Module WithAttributes(Attributes attributes) =>
        new StageModule<TShape, TMaterialized>(_stage, _inlets, _outlets, attributes);

    protected override Built BuildIn(MaterializationPlan plan, Attributes effective, Island island)
    {
        for (var i = 0; i < _inlets.Length; i++) _inlets[i].Id = i;
        for (var i = 0; i < _outlets.Length; i++) _outlets[i].Id = i;
        var made = _stage.Create(effective, plan.Materializer);
        var logic = made.Logic;
        logic.Attributes = effective;
        logic.OriginalStage = _stage;
        island.Add(logic);
        return new Built(
            made.MaterializedValue,
            Array.ConvertAll(_inlets, inlet => new InEnd(island, logic, inlet)),
            Array.ConvertAll(_outlets, outlet => new OutEnd(island, logic, outlet)));
    }
}

/// <summary>
/// Two nodes, the outlet of the first wired to the first inlet of the second. What ports remain open are the
/// composition's ports, those of the first before those of the second.
/// </summary>
internal sealed class LinkedModule : Module
{
    private readonly Module _first;
    private readonly Module _second;
    private readonly Func<object?, object?, object?> _combine;
    private readonly int _inlet;

    /// <param name="first">Has an outlet.</param>
    /// <param name="second">Has an inlet.</param>
    /// <param name="combine">Makes one materialized value of the two.</param>
    /// <param name="attributes">Of the composition.</param>
    /// <param name="inlet">Which of the second's inlets is wired.</param>
    public LinkedModule(
        Module first,
        Module second,
        Func<object?, object?, object?> combine,
        Attributes? attributes = null,
        int inlet = 0)
        : base(attributes ?? Attributes.None)
    {
        _first = first;
        _second = second;
        _combine = combine;
        _inlet = inlet;
    }

    public override Module WithAttributes(Attributes attributes) =>
        new LinkedModule(_first, _second, _combine, attributes, _inlet);

    protected override Built BuildIn(MaterializationPlan plan, Attributes effective, Island island)
    {
        var first = _first.Build(plan, effective, island);
        var second = _second.Build(plan, effective, island);
        plan.Wire(first.Outs[0], second.Ins[_inlet]);
        InEnd[] ins = [.. first.Ins, .. second.Ins[.._inlet], .. second.Ins[(_inlet + 1)..]];
        OutEnd[] outs = [.. first.Outs[1..], .. second.Outs];
        return new Built(_combine(first.Value, second.Value), ins, outs);
    }
}

/// <summary>Two nodes side by side, for a flow that is made of an unconnected sink and source.</summary>
internal sealed class ParallelModule : Module
{
    private readonly Module _first;
    private readonly Module _second;
    private readonly Func<object?, object?, object?> _combine;

    public ParallelModule(
        Module first, Module second, Func<object?, object?, object?> combine, Attributes? attributes = null)
        : base(attributes ?? Attributes.None)
    {
        _first = first;
        _second = second;
        _combine = combine;
    }

    public override Module WithAttributes(Attributes attributes) =>
        new ParallelModule(_first, _second, _combine, attributes);

    protected override Built BuildIn(MaterializationPlan plan, Attributes effective, Island island)
    {
        var first = _first.Build(plan, effective, island);
        var second = _second.Build(plan, effective, island);
        return new Built(
            _combine(first.Value, second.Value), [.. first.Ins, .. second.Ins], [.. first.Outs, .. second.Outs]);
    }
}

/// <summary>Another node with its materialized value transformed.</summary>
internal sealed class MappedModule : Module
{
    private readonly Module _inner;
    private readonly Func<object?, object?> _map;

    public MappedModule(Module inner, Func<object?, object?> map, Attributes? attributes = null)
        : base(attributes ?? Attributes.None)
    {
        _inner = inner;
        _map = map;
    }

    public override Module WithAttributes(Attributes attributes) => new MappedModule(_inner, _map, attributes);

    protected override Built BuildIn(MaterializationPlan plan, Attributes effective, Island island)
    {
        var built = _inner.Build(plan, effective, island);
        return built with { Value = _map(built.Value) };
    }
}

/// <summary>A graph that is nothing but a shape and a node.</summary>
internal sealed class ModuleGraph<TShape, TMaterialized> : IGraph<TShape, TMaterialized>
    where TShape : Shape
{
    private readonly Module _module;

    public ModuleGraph(TShape shape, Module module)
    {
        Shape = shape;
        _module = module;
    }

    public TShape Shape { get; }

    Module IGraph<TShape>.Module => _module;

    public IGraph<TShape, TMaterialized> WithAttributes(Attributes attributes) =>
        new ModuleGraph<TShape, TMaterialized>(Shape, _module.WithAttributes(attributes));

    public IGraph<TShape, TMaterialized> AddAttributes(Attributes attributes) =>
        WithAttributes(_module.Attributes.And(attributes));

    public IGraph<TShape, TMaterialized> Named(string name) => AddAttributes(Attributes.CreateName(name));

    public IGraph<TShape, TMaterialized> Async() => AddAttributes(new Attributes(Attributes.AsyncBoundary.Instance));
}

/// <summary>Turns the user's typed functions on materialized values into those of the nodes.</summary>
internal static class MaterializedValues
{
    public static readonly Func<object?, object?, object?> KeepLeft = (left, _) => left;

    public static readonly Func<object?, object?, object?> KeepRight = (_, right) => right;

    public static Func<object?, object?, object?> Combine<T1, T2, T3>(Func<T1, T2, T3> combine) =>
        (left, right) => combine((T1)left!, (T2)right!);

    public static Func<object?, object?> Map<T1, T2>(Func<T1, T2> map) => value => map((T1)value!);
}
