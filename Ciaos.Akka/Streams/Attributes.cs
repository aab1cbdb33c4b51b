using Akka.Event;
using Akka.Pattern;

namespace Akka.Streams;

/// <summary>
/// Settings that are attached to a graph and inherited by all that it contains. The list runs from the outermost
/// (least specific) to the innermost (most specific) attribute; the most specific one of a type counts.
/// </summary>
public sealed class Attributes
{
    public static readonly Attributes None = new();

    private readonly IAttribute[] _attributes;

    public Attributes(params IAttribute[] attributes) => _attributes = attributes ?? [];

    public IEnumerable<IAttribute> AttributeList => _attributes;

    /// <summary>An island of its own starts at a module that carries this.</summary>
    internal bool IsAsync
    {
        get
        {
            foreach (var attribute in _attributes)
                if (attribute is AsyncBoundary or ActorAttributes.Dispatcher) return true;
            return false;
        }
    }

    public static Attributes CreateName(string name) =>
        string.IsNullOrEmpty(name) ? None : new Attributes(new Name(Uri.EscapeDataString(name)));

    public static Attributes CreateInputBuffer(int initial, int max) => new(new InputBuffer(initial, max));

    public static Attributes CreateAsyncBoundary() => new(AsyncBoundary.Instance);

    public static Attributes CreateLogLevels(
        LogLevel onElement = LogLevel.DebugLevel,
        LogLevel onFinish = LogLevel.DebugLevel,
        LogLevel onError = LogLevel.ErrorLevel) => new(new LogLevels(onElement, onFinish, onError));

    public IEnumerable<TAttr> GetAttributeList<TAttr>()
        where TAttr : IAttribute => _attributes.OfType<TAttr>();

    public TAttr GetAttribute<TAttr>(TAttr defaultIfNotFound)
        where TAttr : class, IAttribute => GetAttribute<TAttr>() ?? defaultIfNotFound;

    public TAttr GetAttribute<TAttr>()
        where TAttr : class, IAttribute
    {
        for (var i = _attributes.Length - 1; i >= 0; i--)
            if (_attributes[i] is TAttr found) return found;
        return null!;
    }

    [Obsolete("Attributes should always be most specific, use GetAttribute<TAttr>()")]
    public TAttr GetFirstAttribute<TAttr>(TAttr defaultIfNotFound)
        where TAttr : class, IAttribute => GetFirstAttribute<TAttr>() ?? defaultIfNotFound;

    [Obsolete("Attributes should always be most specific, use GetAttribute<TAttr>()")]
    public TAttr GetFirstAttribute<TAttr>()
        where TAttr : class, IAttribute => _attributes.OfType<TAttr>().FirstOrDefault()!;

    public TAttr GetMandatoryAttribute<TAttr>()
        where TAttr : class, IMandatoryAttribute =>
        GetAttribute<TAttr>()
        ?? throw new IllegalStateException($"Mandatory attribute [{typeof(TAttr)}] not found.");

    [Obsolete("Use GetAttribute<TAttr>() instead")]
    public bool Contains<TAttr>(TAttr attribute)
        where TAttr : IAttribute => _attributes.Contains(attribute);

    public bool Contains<TAttr>()
        where TAttr : IAttribute => _attributes.Any(attribute => attribute is TAttr);

    public Attributes And(Attributes other)
    {
        if (_attributes.Length == 0) return other;
        return other._attributes.Length == 0 ? this : new Attributes([.. _attributes, .. other._attributes]);
    }

    public Attributes And(IAttribute other) => new([.. _attributes, other]);

    public string GetNameLifted() => GetNameOrDefault(null!);

    public string GetNameOrDefault(string defaultIfNotFound = "unknown-operation")
    {
        if (_attributes.Length == 0) return null!;
        var names = string.Join('-', _attributes.OfType<Name>().Select(name => Uri.EscapeDataString(name.Value)));
        return names.Length == 0 ? defaultIfNotFound : names;
    }

    public override string ToString() => $"Attributes({string.Join(", ", _attributes.AsEnumerable())})";

    public interface IAttribute;

    /// <summary>An attribute that the materializer always provides.</summary>
    public interface IMandatoryAttribute : IAttribute;

    public sealed class Name : IAttribute, IEquatable<Name>
    {
        public readonly string Value;

        public Name(string value)
        {
            if (string.IsNullOrEmpty(value))
                throw new ArgumentNullException(nameof(value), "Name attribute cannot be empty");
            Value = value;
        }

        public bool Equals(Name? other) => other is not null && Value == other.Value;

        public override bool Equals(object? obj) => Equals(obj as Name);

        public override int GetHashCode() => Value.GetHashCode(StringComparison.Ordinal);

        public override string ToString() => $"Name({Value})";
    }

    /// <summary>How many elements an island prefetches at each of its inlets.</summary>
    public sealed class InputBuffer : IMandatoryAttribute, IEquatable<InputBuffer>
    {
        public readonly int Initial;
        public readonly int Max;

        public InputBuffer(int initial, int max)
        {
            Initial = initial;
            Max = max;
        }

        public bool Equals(InputBuffer? other) => other is not null && Initial == other.Initial && Max == other.Max;

        public override bool Equals(object? obj) => Equals(obj as InputBuffer);

        public override int GetHashCode() => HashCode.Combine(Initial, Max);

        public override string ToString() => $"InputBuffer(initial={Initial}, max={Max})";
    }

    /// <summary>The levels at which the Log operator, and the failure of a stage, are logged.</summary>
    public sealed class LogLevels : IAttribute, IEquatable<LogLevels>
    {
        public static readonly LogLevel Off = Logging.LogLevelFor("off");

        public readonly LogLevel OnElement;
        public readonly LogLevel OnFinish;
        public readonly LogLevel OnFailure;

        public LogLevels(LogLevel onElement, LogLevel onFinish, LogLevel onFailure)
        {
            OnElement = onElement;
            OnFinish = onFinish;
            OnFailure = onFailure;
        }

        public bool Equals(LogLevels? other) =>
            other is not null
            && OnElement == other.OnElement && OnFinish == other.OnFinish && OnFailure == other.OnFailure;

        public override bool Equals(object? obj) => Equals(obj as LogLevels);

        public override int GetHashCode() => HashCode.Combine(OnElement, OnFinish, OnFailure);

        public override string ToString() =>
            $"LogLevel(element={OnElement}, finish={OnFinish}, failure={OnFailure})";
    }

    /// <summary>Puts the graph that carries it on an actor of its own.</summary>
    public sealed class AsyncBoundary : IAttribute, IEquatable<AsyncBoundary>
    {
        public static readonly AsyncBoundary Instance = new();

        private AsyncBoundary()
        {
        }

        public bool Equals(AsyncBoundary? other) => other is not null;

        public override bool Equals(object? obj) => obj is AsyncBoundary;

        public override string ToString() => "AsyncBoundary";
    }

    /// <summary>What a stage does with its other ports when one of its outlets is cancelled.</summary>
    public sealed class CancellationStrategy : IMandatoryAttribute
    {
        public CancellationStrategy(IStrategy strategy) => Strategy = strategy;

        internal static CancellationStrategy Default { get; } = new(new PropagateFailure());

        public IStrategy Strategy { get; }

        public interface IStrategy;

        /// <summary>Completes the stage whatever the cause.</summary>
        public class CompleteStage : IStrategy;

        /// <summary>Fails the stage with the cause.</summary>
        public class FailStage : IStrategy;

        /// <summary>Completes the stage unless the cause is a failure, with which the stage fails.</summary>
        public class PropagateFailure : IStrategy;

        /// <summary>Waits before doing what the given strategy says.</summary>
        public class AfterDelay : IStrategy
        {
            public AfterDelay(TimeSpan delay, IStrategy strategy)
            {
                Delay = delay;
                Strategy = strategy;
            }

            public TimeSpan Delay { get; }

            public IStrategy Strategy { get; }
        }
    }
}
