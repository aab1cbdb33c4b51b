using System.Runtime.InteropServices;
using Akka.Configuration;
using Ciaos.Host.Identity;
using Ciaos.Host.Logging;
using Microsoft.Extensions.Logging;

namespace Ciaos.Host;

/// <summary>A node as a process: starts, serves until a signal asks it to stop, and stops in order.</summary>
internal static class NodeProcess
{
    /// <summary>Returns the process's exit code.</summary>
    public static async Task<int> RunAsync(Config config)
    {
        using var loggers = LoggingSettings.From(config).CreateFactory();
        var log = loggers.CreateLogger("Ciaos.Host");
        using var stop = new CancellationTokenSource();
        using var interrupt = StopOn(PosixSignal.SIGINT, stop, log);
        using var terminate = StopOn(PosixSignal.SIGTERM, stop, log);

        try
        {
            await using var node = await Node.StartAsync(config, loggers, TimeProvider.System, stop.Token);
            return await ServeAsync(node, log, stop.Token);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            log.LogInformation("Stopped before it was ready");
            return 0;
        }
    }

    private static async Task<int> ServeAsync(Node node, ILogger log, CancellationToken stop)
    {
        await Greet(node);
        var ended = await Task.WhenAny(Task.Delay(Timeout.Infinite, stop), node.Terminated);
        if (ended == node.Terminated)
        {
            log.LogCritical("The node has stopped by itself; the log above tells why");
            return 1;
        }

        await node.StopAsync();
        log.LogInformation("Stopped");
        return 0;
    }

    /// <summary>The first signal asks for an orderly stop, a second one ends the process at once.</summary>
    private static PosixSignalRegistration StopOn(PosixSignal signal, CancellationTokenSource stop, ILogger log) =>
        PosixSignalRegistration.Create(signal, context =>
        {
            if (stop.IsCancellationRequested) return;
            context.Cancel = true;
            log.LogInformation("Stopping on {Signal}: what has begun is finished", context.Signal);
            stop.Cancel();
        });

    private static async Task Greet(Node node)
    {
        if (node.NewRootKey is { } root)
            await Console.Out.WriteLineAsync(
                $"""
                The user root was made. Its access key is shown this once, and is in
                {Path.Combine(node.DataPath, RootCredentials.FileName)}
                  access key: {root.Id}
                  secret key: {root.Secret}
                """);
        await Console.Out.WriteLineAsync($"""
        ciaos {CommandLine.ProductVersion} is listening on {node.Address}
        Its data is in {node.DataPath}. Try:
          echo hello | curl -T - -H 'User: me' {node.Address}/raw/greeting
          curl -H 'User: me' {node.Address}/raw/greeting
        """);
        if (node.S3Address is { } s3)
            await Console.Out.WriteLineAsync($"S3 clients reach it at {s3} (docs/s3.md)");
    }
}
