using Akka.Actor;
using Akka.Dispatch;
using Akka.Event;

namespace Akka.Streams;

/// <summary>Turns blueprints into running streams.</summary>
public interface IMaterializer
{
    MessageDispatcher ExecutionContext { get; }

    /// <summary>The same materializer, naming its actors by this prefix.</summary>
    IMaterializer WithNamePrefix(string namePrefix);

    /// <summary>Runs the graph and gives out its materialized value.</summary>
    TMat Materialize<TMat>(IGraph<ClosedShape, TMat> runnable);

    TMat Materialize<TMat>(IGraph<ClosedShape, TMat> runnable, Attributes initialAttributes);

    ICancelable ScheduleOnce(TimeSpan delay, Action action);

    ICancelable ScheduleRepeatedly(TimeSpan initialDelay, TimeSpan interval, Action action);
}

public interface IMaterializerLoggingProvider
{
    ILoggingAdapter MakeLogger(object logSource);
}

/// <summary>For what is only ever materialized by something else.</summary>
public sealed class NoMaterializer : IMaterializer
{
    public static readonly IMaterializer Instance = new NoMaterializer();

    private NoMaterializer()
    {
    }

    public MessageDispatcher ExecutionContext =>
        throw new NotSupportedException("NoMaterializer does not provide an ExecutionContext");

    public IMaterializer WithNamePrefix(string name) =>
        throw new NotSupportedException("NoMaterializer cannot be named");

    public TMat Materialize<TMat>(IGraph<ClosedShape, TMat> runnable) =>
        throw new NotSupportedException("NoMaterializer cannot be materialized");

    public TMat Materialize<TMat>(IGraph<ClosedShape, TMat> runnable, Attributes initialAttributes) =>
        throw new NotSupportedException("NoMaterializer cannot be materialized");

    public ICancelable ScheduleOnce(TimeSpan delay, Action action) =>
        throw new NotSupportedException("NoMaterializer can't schedule an action");

    public ICancelable ScheduleRepeatedly(TimeSpan initialDelay, TimeSpan interval, Action action) =>
        throw new NotSupportedException("NoMaterializer can't schedule a repeated action");
}

/// <summary>What a part of a graph knows of the materialization that it is in.</summary>
public readonly struct MaterializationContext
{
    public readonly IMaterializer Materializer;
    public readonly Attributes EffectiveAttributes;
    public readonly string StageName;

    public MaterializationContext(IMaterializer materializer, Attributes effectiveAttributes, string stageName)
    {
        Materializer = materializer;
        EffectiveAttributes = effectiveAttributes;
        StageName = stageName;
    }
}
