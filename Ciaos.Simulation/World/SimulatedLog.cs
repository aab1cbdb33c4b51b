using Akka.Actor;
using Akka.Event;
using Microsoft.Extensions.Logging;
using LogLevel = Microsoft.Extensions.Logging.LogLevel;

namespace Ciaos.Simulation.World;

/// <summary>Passes on what the node logs, for whoever looks at one run.</summary>
internal sealed class SimulatedLog : ReceiveActor
{
    public SimulatedLog(Action<string> log) =>
        Receive<LogEvent>(entry => log($"{entry.LogLevel()}: {entry.Message} {Cause(entry)}"));

    public static void Attach(ActorSystem system, Action<string> log)
    {
        var actor = system.ActorOf(Props.Create(() => new SimulatedLog(log)));
        system.EventStream.Subscribe(actor, typeof(LogEvent));
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
