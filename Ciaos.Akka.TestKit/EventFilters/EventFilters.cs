using Akka.Event;
using Akka.TestKit.Internal.StringMatcher;

namespace Akka.TestKit
{
    /// <summary>Picks log events.</summary>
    public interface IEventFilter
    {
        bool Apply(LogEvent logEvent);
    }
}

namespace Akka.TestKit.Internal
{
    public delegate void EventMatched(EventFilterBase eventFilter, LogEvent logEvent);

    /// <summary>Picks log events by kind, text and source, and tells of each.</summary>
    public abstract class EventFilterBase : IEventFilter
    {
        private readonly IStringMatcher? _messageMatcher;
        private readonly IStringMatcher? _sourceMatcher;

        protected EventFilterBase(IStringMatcher? messageMatcher, IStringMatcher? sourceMatcher)
        {
            _messageMatcher = messageMatcher is MatchesAll ? null : messageMatcher;
            _sourceMatcher = sourceMatcher is MatchesAll ? null : sourceMatcher;
        }

        public event EventMatched? EventMatched;

        protected abstract string FilterDescriptiveName { get; }

        public bool Apply(LogEvent logEvent)
        {
            if (!IsMatch(logEvent)) return false;
            OnEventMatched(logEvent);
            return true;
        }

        public override string ToString()
        {
            List<string> conditions = [];
            if (_messageMatcher is not null) conditions.Add($"Message {_messageMatcher}");
            if (_sourceMatcher is not null) conditions.Add($"Source {_sourceMatcher}");
            return conditions.Count == 0
                ? FilterDescriptiveName
                : $"{FilterDescriptiveName} when {string.Join(" and ", conditions)}";
        }

        protected abstract bool IsMatch(LogEvent evt);

        protected virtual void OnEventMatched(LogEvent logEvent) => EventMatched?.Invoke(this, logEvent);

        protected bool InternalDoMatch(string src, object? msg) =>
            (_sourceMatcher is null || _sourceMatcher.IsMatch(src))
            && (_messageMatcher is null || _messageMatcher.IsMatch(msg?.ToString() ?? "null"));
    }

    public class DebugFilter : EventFilterBase
    {
        public DebugFilter(IStringMatcher? messageMatcher = null, IStringMatcher? sourceMatcher = null)
            : base(messageMatcher, sourceMatcher)
        {
        }

        protected override string FilterDescriptiveName => "Debug";

        protected override bool IsMatch(LogEvent evt) => evt is Debug && InternalDoMatch(evt.LogSource, evt.Message);
    }

    public class InfoFilter : EventFilterBase
    {
        public InfoFilter(IStringMatcher? messageMatcher = null, IStringMatcher? sourceMatcher = null)
            : base(messageMatcher, sourceMatcher)
        {
        }

        protected override string FilterDescriptiveName => "Info";

        protected override bool IsMatch(LogEvent evt) => evt is Info && InternalDoMatch(evt.LogSource, evt.Message);
    }

    public class WarningFilter : EventFilterBase
    {
        public WarningFilter(IStringMatcher? messageMatcher = null, IStringMatcher? sourceMatcher = null)
            : base(messageMatcher, sourceMatcher)
        {
        }

        protected override string FilterDescriptiveName => "Warning";

        protected override bool IsMatch(LogEvent evt) => evt is Warning && InternalDoMatch(evt.LogSource, evt.Message);
    }

    /// <summary>Errors; with an exception type only those with such a cause, whose text counts too.</summary>
    public class ErrorFilter : EventFilterBase
    {
        private readonly Type? _exceptionType;
        private readonly bool _recurseInnerExceptions;

        public ErrorFilter(IStringMatcher? messageMatcher = null, IStringMatcher? sourceMatcher = null)
            : this(null, messageMatcher, sourceMatcher, false)
        {
        }

        public ErrorFilter(
            Type? exceptionType,
            IStringMatcher? messageMatcher = null,
            IStringMatcher? sourceMatcher = null,
            bool recurseInnerExceptions = false)
            : base(messageMatcher, sourceMatcher)
        {
            if (exceptionType?.IsAssignableTo(typeof(Exception)) == false)
                throw new ArgumentException($"Not a type of exceptions: {exceptionType}", nameof(exceptionType));
            _exceptionType = exceptionType;
            _recurseInnerExceptions = recurseInnerExceptions;
        }

        protected override string FilterDescriptiveName =>
            _exceptionType is null ? "Error" : $"Error with Cause <{_exceptionType}>";

        protected override bool IsMatch(LogEvent evt) =>
            evt is Error error && IsMatch(error.LogSource, error.Message, error.Cause);

        private bool IsMatch(string source, object? message, Exception? cause)
        {
            if (cause is null) return _exceptionType is null && InternalDoMatch(source, message);
            var rightType = _exceptionType is null || _exceptionType.IsInstanceOfType(cause);
            if (rightType && (InternalDoMatch(source, message) || InternalDoMatch(source, cause.Message))) return true;
            return _recurseInnerExceptions && cause.InnerException is { } inner && IsMatch(source, message, inner);
        }
    }

    public class CustomEventFilter : EventFilterBase
    {
        private readonly Predicate<LogEvent> _predicate;

        public CustomEventFilter(Predicate<LogEvent> predicate)
            : base(null, null)
        {
            _predicate = predicate;
        }

        protected override string FilterDescriptiveName => "Custom";

        protected override bool IsMatch(LogEvent evt) => _predicate(evt);
    }
}

namespace Akka.TestKit
{
    /// <summary>Dead letters, which the test's logger turns into warnings.</summary>
    public sealed class DeadLettersFilter : Internal.EventFilterBase
    {
        private readonly Predicate<DeadLetter>? _isMatch;

        public DeadLettersFilter(
            IStringMatcher? messageMatcher, IStringMatcher? sourceMatcher, Predicate<DeadLetter>? isMatch = null)
            : base(messageMatcher, sourceMatcher)
        {
            _isMatch = isMatch;
        }

        protected override string FilterDescriptiveName => "DeadLetter";

        protected override bool IsMatch(LogEvent evt) =>
            evt is Warning { Message: DeadLetter letter }
            && (_isMatch is null || _isMatch(letter))
            && InternalDoMatch(evt.LogSource, letter.Message);
    }
}
