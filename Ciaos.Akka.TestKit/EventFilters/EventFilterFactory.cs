using System.Text.RegularExpressions;
using Akka.Actor;
using Akka.Event;
using Akka.TestKit.Internal;
using Akka.TestKit.Internal.StringMatcher;

namespace Akka.TestKit;

/// <summary>
/// Makes filters for log events. Of message, start and contains the first that is given counts; a source is a name or
/// an actor's path, with or without the address.
/// </summary>
public class EventFilterFactory
{
    private readonly TestKitBase _testkit;
    private readonly ActorSystem? _system;
    private readonly IReadOnlyList<EventFilterBase> _filters;

    public EventFilterFactory(TestKitBase testkit)
        : this(testkit, null!, [])
    {
    }

    public EventFilterFactory(TestKitBase testkit, ActorSystem system)
        : this(testkit, system, [])
    {
    }

    public EventFilterFactory(TestKitBase testkit, ActorSystem actorSystem, IReadOnlyList<EventFilterBase> filters)
    {
        _testkit = testkit;
        _system = actorSystem;
        _filters = filters;
    }

    public IEventFilterApplier Exception<TException>(Regex pattern, string? source = null)
        where TException : Exception =>
        Exception(typeof(TException), pattern, source);

    public IEventFilterApplier Exception(
        Type exceptionType, Regex pattern, string? source = null, bool checkInnerExceptions = false) =>
        Apply(new ErrorFilter(exceptionType, new RegexMatcher(pattern), SourceMatcher(source), checkInnerExceptions));

    public IEventFilterApplier Exception<TException>(
        string? message = null, string? start = null, string? contains = null, string? source = null)
        where TException : Exception =>
        Exception(typeof(TException), message, start, contains, source);

    /// <summary>Errors with a cause of this type, or a derived one.</summary>
    public IEventFilterApplier Exception(
        Type exceptionType,
        string? message = null,
        string? start = null,
        string? contains = null,
        string? source = null,
        bool checkInnerExceptions = false)
    {
        var matcher = CreateMessageMatcher(message, start, contains);
        return Apply(new ErrorFilter(exceptionType, matcher, SourceMatcher(source), checkInnerExceptions));
    }

    public IEventFilterApplier Error(
        string? message = null, string? start = null, string? contains = null, string? source = null) =>
        Apply(new ErrorFilter(CreateMessageMatcher(message, start, contains), SourceMatcher(source)));

    public IEventFilterApplier Error(Regex pattern, string? source = null) =>
        Apply(new ErrorFilter(new RegexMatcher(pattern), SourceMatcher(source)));

    public IEventFilterApplier Warning(
        string? message = null, string? start = null, string? contains = null, string? source = null) =>
        Apply(new WarningFilter(CreateMessageMatcher(message, start, contains), SourceMatcher(source)));

    public IEventFilterApplier Warning(Regex pattern, string? source = null) =>
        Apply(new WarningFilter(new RegexMatcher(pattern), SourceMatcher(source)));

    public IEventFilterApplier Info(
        string? message = null, string? start = null, string? contains = null, string? source = null) =>
        Apply(new InfoFilter(CreateMessageMatcher(message, start, contains), SourceMatcher(source)));

    public IEventFilterApplier Info(Regex pattern, string? source = null) =>
        Apply(new InfoFilter(new RegexMatcher(pattern), SourceMatcher(source)));

    public IEventFilterApplier Debug(
        string? message = null, string? start = null, string? contains = null, string? source = null) =>
        Apply(new DebugFilter(CreateMessageMatcher(message, start, contains), SourceMatcher(source)));

    public IEventFilterApplier Debug(Regex pattern, string? source = null) =>
        Apply(new DebugFilter(new RegexMatcher(pattern), SourceMatcher(source)));

    public IEventFilterApplier ForLogLevel(
        LogLevel logLevel,
        string? message = null,
        string? start = null,
        string? contains = null,
        string? source = null) =>
        Apply(FilterFor(logLevel, CreateMessageMatcher(message, start, contains), SourceMatcher(source)));

    public IEventFilterApplier ForLogLevel(LogLevel logLevel, Regex pattern, string? source = null) =>
        Apply(FilterFor(logLevel, new RegexMatcher(pattern), SourceMatcher(source)));

    public IEventFilterApplier Custom(Predicate<LogEvent> predicate) => Apply(new CustomEventFilter(predicate));

    public IEventFilterApplier Custom<TLogEvent>(Predicate<TLogEvent> predicate)
        where TLogEvent : LogEvent =>
        Custom(logEvent => logEvent is TLogEvent typed && predicate(typed));

    public IEventFilterApplier DeadLetter() => DeadLetters(_ => true, null);

    public IEventFilterApplier DeadLetter<TMessage>(string? source = null) =>
        DeadLetters(message => message is TMessage, source);

    public IEventFilterApplier DeadLetter<TMessage>(Func<TMessage, bool> isMatch, string? source = null) =>
        DeadLetters(message => message is TMessage typed && isMatch(typed), source);

    public IEventFilterApplier DeadLetter(Type type, string? source = null) =>
        DeadLetters(type.IsInstanceOfType, source);

    public IEventFilterApplier DeadLetter(Type type, Func<object, bool> isMatch, string? source = null) =>
        DeadLetters(message => type.IsInstanceOfType(message) && isMatch(message), source);

    protected static IStringMatcher CreateMessageMatcher(string? message, string? start, string? contains)
    {
        if (message is not null) return new EqualsString(message);
        if (start is not null) return new StartsWithString(start);
        return contains is not null ? new ContainsString(contains) : MatchesAll.Instance;
    }

    protected IEventFilterApplier CreateApplier(EventFilterBase filter, ActorSystem system) =>
        new InternalEventFilterApplier(_testkit, system, [.. _filters, filter]);

    private static EventFilterBase FilterFor(LogLevel level, IStringMatcher message, IStringMatcher? source) =>
        level switch
        {
            LogLevel.DebugLevel => new DebugFilter(message, source),
            LogLevel.InfoLevel => new InfoFilter(message, source),
            LogLevel.WarningLevel => new WarningFilter(message, source),
            LogLevel.ErrorLevel => new ErrorFilter(message, source),
            _ => throw new ArgumentOutOfRangeException(nameof(level), level, "Unknown LogLevel"),
        };

    private static EqualsStringAndPathMatcher? SourceMatcher(string? source) =>
        source is null ? null : new EqualsStringAndPathMatcher(source);

    private IEventFilterApplier DeadLetters(Func<object, bool> isMatch, string? source) =>
        Apply(new DeadLettersFilter(null, SourceMatcher(source), letter => isMatch(letter.Message)));

    private IEventFilterApplier Apply(EventFilterBase filter) => CreateApplier(filter, _system ?? _testkit.Sys);
}
