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
            initialize.LoggingBus.Subscribe(Self, typeof(LogEvent));
            Sender.Tell(new LoggerInitialized());
        });
    }

    private void Write(ITestOutputHelper output, LogEvent e)
    {
        try
        {
            output.WriteLine(e.ToString());
        }
        catch (FormatException wrong) when (e.Message is LogMessage parts)
        {
            // To fail is how the test gets to see it: the supervisor logs the reason, which can be formatted.
            var text = $"Received a malformed formatted message. Log level: [{e.LogLevel()}], " +
                $"Template: [{parts.Format}], args: [{parts.Unformatted()}]";
            if (e.Cause is not null) throw new AggregateException(text, wrong, e.Cause);
            throw new FormatException(text, wrong);
        }
        catch (InvalidOperationException)
        {
            // The test is over: xunit takes no more output.
            Context.Stop(Self);
        }
    }
}
