using Akka.Actor;
using Akka.Event;
using Xunit.Abstractions;

namespace Akka.TestKit.Xunit2.Internals;

/// <summary>Prints log events in the output of the test that runs.</summary>
public class TestOutputLogger : ReceiveActor
{
    public TestOutputLogger(ITestOutputHelper output)
    {
        Receive<LogEvent>(e => Write(output, e));
        Receive<InitializeLogger>(initialize =>
        {
            foreach (var level in Enum.GetValues<LogLevel>()) initialize.LoggingBus.Subscribe(Self, level.ClassFor());
            Sender.Tell(new LoggerInitialized());
        });
    }

    private static void Write(ITestOutputHelper output, LogEvent e)
    {
        try
        {
            output.WriteLine(e.ToString());
        }
        catch (InvalidOperationException)
        {
            // The test is over: xunit takes no more output, and the system is about to stop.
        }
        catch (FormatException)
        {
            var text = e.Message is LogMessage parts ? $"{parts.Format} [{parts.Unformatted()}]" : "";
            output.WriteLine($"[{e.LogLevel().StringFor()}][{e.LogSource}] (bad format) {text}");
        }
    }
}
