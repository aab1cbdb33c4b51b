using Akka.Actor;
using Akka.Configuration;
using Akka.Dispatch;
using Akka.Event;
using Akka.Streams.Implementation;

namespace Akka.Streams;

/// <summary>
/// Runs streams on actors: one actor for each island of a graph, all of them children of one supervisor, which lives
/// as long as the actor or system that the materializer was created for.
/// </summary>
public abstract class ActorMaterializer : IMaterializer, IMaterializerLoggingProvider, IDisposable
{
    protected ActorMaterializer()
    {
    }

    public abstract ActorMaterializerSettings Settings { get; }

    public abstract bool IsShutdown { get; }

    public abstract MessageDispatcher ExecutionContext { get; }

    public abstract ActorSystem System { get; }

    public abstract ILoggingAdapter Logger { get; }

    public abstract IActorRef Supervisor { get; }

    /// <summary>The settings of the engine itself.</summary>
    public static Config DefaultConfig() =>
        ConfigurationFactory.FromResource<ActorMaterializer>("Akka.Streams.streams.reference.conf");

    /// <param name="context">The system, or the context of the actor that the streams end with.</param>
    /// <param name="settings">From the system's configuration if null.</param>
    /// <param name="namePrefix">Of the names of the streams' actors; <c>flow</c> if null.</param>
    public static ActorMaterializer Create(
        IActorRefFactory context, ActorMaterializerSettings? settings = null, string? namePrefix = null)
    {
        var system = SystemOf(context);
        settings ??= ActorMaterializerSettings.Create(system);
        return ActorMaterializerImpl.Create(context, system, settings, namePrefix ?? "Flow");
    }

    public abstract ActorMaterializerSettings EffectiveSettings(Attributes attributes);

    /// <summary>Ends all streams of this materializer abruptly.</summary>
    public abstract void Shutdown();

    public abstract IActorRef ActorOf(MaterializationContext context, Props props);

    public abstract ILoggingAdapter MakeLogger(object logSource);

    public abstract IMaterializer WithNamePrefix(string namePrefix);

    public abstract TMat Materialize<TMat>(IGraph<ClosedShape, TMat> runnable);

    public abstract TMat Materialize<TMat>(IGraph<ClosedShape, TMat> runnable, Attributes initialAttributes);

    public abstract ICancelable ScheduleOnce(TimeSpan delay, Action action);

    public abstract ICancelable ScheduleRepeatedly(TimeSpan initialDelay, TimeSpan interval, Action action);

    public void Dispose()
    {
        GC.SuppressFinalize(this);
        Shutdown();
    }

    private static ActorSystem SystemOf(IActorRefFactory context) => context switch
    {
        ActorSystem system => system,
        IActorContext actorContext => actorContext.System,
        null => throw new ArgumentNullException(nameof(context), "IActorRefFactory must be defined"),
        _ => throw new ArgumentException(
            $"ActorRefFactory context must be an ActorSystem or ActorContext, got [{context.GetType()}]",
            nameof(context)),
    };
}

public static class ActorMaterializerExtensions
{
    /// <summary>A materializer for the context. A system has one of its own, which lives as long as it does.</summary>
    public static ActorMaterializer Materializer(
        this IActorRefFactory context, ActorMaterializerSettings? settings = null, string? namePrefix = null) =>
        context is ActorSystem system && settings is null && namePrefix is null
            ? SystemMaterializer.Of(system)
            : ActorMaterializer.Create(context, settings, namePrefix);
}
