using Akka.Event;
using Akka.Streams.Implementation;

namespace Akka.Streams.Stage;

/// <summary>Something that can log on a stage's behalf.</summary>
public interface IStageLogging
{
    ILoggingAdapter Log { get; }
}

/// <summary>One materialization of a stage: the logic that runs and the value that is handed out.</summary>
public interface ILogicAndMaterializedValue<out TMaterialized>
{
    GraphStageLogic Logic { get; }

    TMaterialized MaterializedValue { get; }
}

public readonly struct LogicAndMaterializedValue<TMaterialized> : ILogicAndMaterializedValue<TMaterialized>
{
    public LogicAndMaterializedValue(GraphStageLogic logic, TMaterialized materializedValue)
    {
        Logic = logic;
        MaterializedValue = materializedValue;
    }

    public GraphStageLogic Logic { get; }

    public TMaterialized MaterializedValue { get; }
}

public interface IGraphStageWithMaterializedValue<out TShape, out TMaterialized> : IGraph<TShape, TMaterialized>
    where TShape : Shape
{
    ILogicAndMaterializedValue<TMaterialized> CreateLogicAndMaterializedValue(Attributes attributes);
}

/// <summary>
/// A stage of a stream, which the user writes. The stage itself is an immutable blueprint; what changes while a
/// stream runs belongs in the <see cref="GraphStageLogic"/> that it creates for each materialization.
/// </summary>
public abstract class GraphStageWithMaterializedValue<TShape, TMaterialized>
    : IGraphStageWithMaterializedValue<TShape, TMaterialized>
    where TShape : Shape
{
    private Module? _module;

    public abstract TShape Shape { get; }

    protected virtual Attributes InitialAttributes => Attributes.None;

    Module IGraph<TShape>.Module => OwnModule;

    internal Module OwnModule => _module ??= new StageModule<TShape, TMaterialized>(this, Shape, InitialAttributes);

    public abstract ILogicAndMaterializedValue<TMaterialized> CreateLogicAndMaterializedValue(
        Attributes inheritedAttributes);

    /// <summary>For the engine's own stages whose materialized value needs the materializer.</summary>
    internal virtual ILogicAndMaterializedValue<TMaterialized> Create(
        Attributes inheritedAttributes, ActorMaterializerImpl materializer) =>
        CreateLogicAndMaterializedValue(inheritedAttributes);

    public IGraph<TShape, TMaterialized> WithAttributes(Attributes attributes) =>
        new ModuleGraph<TShape, TMaterialized>(Shape, OwnModule.WithAttributes(attributes));

    public IGraph<TShape, TMaterialized> AddAttributes(Attributes attributes) =>
        WithAttributes(OwnModule.Attributes.And(attributes));

    public IGraph<TShape, TMaterialized> Named(string name) => AddAttributes(Attributes.CreateName(name));

    public IGraph<TShape, TMaterialized> Async() =>
        AddAttributes(new Attributes(Attributes.AsyncBoundary.Instance));
}

/// <summary>A stage without a materialized value.</summary>
public abstract class GraphStage<TShape> : GraphStageWithMaterializedValue<TShape, NotUsed>
    where TShape : Shape
{
    public sealed override ILogicAndMaterializedValue<NotUsed> CreateLogicAndMaterializedValue(
        Attributes inheritedAttributes) =>
        new LogicAndMaterializedValue<NotUsed>(CreateLogic(inheritedAttributes), NotUsed.Instance);

    protected abstract GraphStageLogic CreateLogic(Attributes inheritedAttributes);
}
