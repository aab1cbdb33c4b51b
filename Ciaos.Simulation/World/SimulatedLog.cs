using Akka.Actor;
using Akka.Event;
using Microsoft.Extensions.Logging;
using LogLevel = Microsoft.Extensions.Logging.LogLevel;

namespace Ciaos.Simulation.World;

/// <summary>Passes on what the node logs, for whoever looks at one run. It takes no step of the runtime and is there
/// whether anybody looks or not, so that a run that is looked at is the same run.</summary>
internal sealed class SimulatedLog(ActorSystem system, Action<string>? log) : MinimalActorRef
{
    public override ActorPath Path { get; } = new RootActorPath(new Address("akka", system.Name)) / "simulated-log";

    public override IActorRefProvider Provider => ((ExtendedActorSystem)system).Provider;

    public static void Attach(ActorSystem system, Action<string>? log) =>
        system.EventStream.Subscribe(new SimulatedLog(system, log), typeof(LogEvent));

    protected override void TellInternal(object message, IActorRef? sender)
    {
        if (message is LogEvent entry) log?.Invoke($"{entry.LogLevel()}: {entry.Message} {Cause(entry)}");
    }

    private static string Cause(LogEvent entry) => entry switch
    {
        Error error => error.Cause?.ToString() ?? "",
        Warning warning => warning.Cause?.Message ?? "",
        _ => "",
    };
}

/// <summary>The same for what the front end logs.</summary>
internal sealed class SimulatedLogger(Action<string> log) : ILogger
{
    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception,
        Func<TState, Exception?, string> formatter) =>
        log($"{logLevel}: {formatter(state, exception)} {exception}");
}
