using Akka.Actor;
using Akka.Dispatch.SysMsg;
using Akka.Event;
using Akka.TestKit.Internal;

namespace Akka.TestKit
{
    /// <summary>
    /// The logger of tests: prints as the default logger does, except for what a filter takes away. Dead letters and
    /// unhandled messages are warnings to it.
    /// </summary>
    public class TestEventListener : DefaultLogger
    {
        private readonly List<IEventFilter> _filters = [];

        protected override bool Receive(object message)
        {
            switch (message)
            {
                case InitializeLogger initialize:
                    initialize.LoggingBus.Subscribe(Self, typeof(TestEvent.Mute));
                    initialize.LoggingBus.Subscribe(Self, typeof(TestEvent.Unmute));
                    initialize.LoggingBus.Subscribe(Self, typeof(DeadLetter));
                    initialize.LoggingBus.Subscribe(Self, typeof(UnhandledMessage));
                    return base.Receive(message);
                case TestEvent.Mute mute:
                    _filters.AddRange(mute.Filters);
                    break;
                case TestEvent.Unmute unmute:
                    foreach (var filter in unmute.Filters) _filters.Remove(filter);
                    break;
                case LogEvent logEvent:
                    PrintUnlessFiltered(logEvent);
                    break;
                case DeadLetter letter:
                    Handle(letter);
                    break;
                case UnhandledMessage unhandled:
                    PrintUnlessFiltered(Warn(
                        unhandled.Recipient, $"Unhandled message from {unhandled.Sender}: {unhandled.Message}"));
                    break;
                default:
                    Print(new Debug(Context.System.Name, GetType(), message));
                    break;
            }

            return true;
        }

        private static Warning Warn(IActorRef source, object message) =>
            new(source.Path.ToString()!, source.GetType(), message);

        private void Handle(DeadLetter letter)
        {
            if (letter.Message is Terminate) return;
            if (IsFiltered(Warn(letter.Recipient, letter))) return;

            // Filters may also go by how a dead letter reads in the log.
            var text = letter.Message is ISystemMessage
                ? $"Received dead system message: {letter.Message}"
                : $"Received dead letter from {letter.Sender}: {letter.Message}";
            PrintUnlessFiltered(Warn(letter.Recipient, new DeadLetter(text, letter.Sender, letter.Recipient)));
        }

        private void PrintUnlessFiltered(LogEvent logEvent)
        {
            if (!IsFiltered(logEvent)) Print(logEvent);
        }

        private bool IsFiltered(LogEvent logEvent)
        {
            foreach (var filter in _filters)
            {
                try
                {
                    if (filter.Apply(logEvent)) return true;
                }
                catch (Exception e)
                {
                    // A filter of a test failed, maybe on another test's event. The logger must go on.
                    Print(new Warning(e, nameof(TestEventListener), GetType(), $"Filter {filter} failed"));
                }
            }

            return false;
        }
    }
}

namespace Akka.TestKit.TestEvent
{
    /// <summary>Take away, from now on, what these filters match.</summary>
    public sealed class Mute : INoSerializationVerificationNeeded
    {
        public Mute(params EventFilterBase[] filters)
        {
            Filters = filters;
        }

        public Mute(IReadOnlyCollection<EventFilterBase> filters)
        {
            Filters = filters;
        }

        public IReadOnlyCollection<EventFilterBase> Filters { get; }
    }

    /// <summary>Do without these filters again.</summary>
    public sealed class Unmute : INoSerializationVerificationNeeded
    {
        public Unmute(params EventFilterBase[] filters)
        {
            Filters = filters;
        }

        public Unmute(IReadOnlyCollection<EventFilterBase> filters)
        {
            Filters = filters;
        }

        public IReadOnlyCollection<EventFilterBase> Filters { get; }
    }
}
