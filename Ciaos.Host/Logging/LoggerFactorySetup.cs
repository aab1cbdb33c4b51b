using Akka.Actor.Setup;
using Microsoft.Extensions.Logging;

namespace Ciaos.Host.Logging;

/// <summary>Hands the process's loggers to the actor system, where <see cref="HostLogger"/> finds them.</summary>
public sealed class LoggerFactorySetup(ILoggerFactory loggers) : Setup
{
    public ILoggerFactory Loggers { get; } = loggers;
}
