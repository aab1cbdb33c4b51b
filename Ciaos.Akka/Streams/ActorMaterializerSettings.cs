using Akka.Actor;
using Akka.Configuration;
using Akka.Streams.Supervision;
using Decider = Akka.Streams.Supervision.Decider;

namespace Akka.Streams;

/// <summary>What streams start from; attributes change it for a part of a graph.</summary>
public sealed class ActorMaterializerSettings
{
    /// <summary>Elements that an inlet behind an asynchronous boundary asks for at first.</summary>
    public readonly int InitialInputBufferSize;

    /// <summary>Elements that an inlet behind an asynchronous boundary prefetches at most.</summary>
    public readonly int MaxInputBufferSize;

    /// <summary>The dispatcher of the streams' actors; the default dispatcher if empty.</summary>
    public readonly string Dispatcher;

    public readonly Decider SupervisionDecider;
    public readonly StreamSubscriptionTimeoutSettings SubscriptionTimeoutSettings;
    public readonly bool IsDebugLogging;
    public readonly int OutputBurstLimit;
    public readonly bool IsFuzzingMode;
    public readonly bool IsAutoFusing;

    /// <summary>The largest buffer that is allocated at once when a stage starts.</summary>
    public readonly int MaxFixedBufferSize;

    /// <summary>Events that a stream's actor processes before it lets others run.</summary>
    public readonly int SyncProcessingLimit;

    internal ActorMaterializerSettings(
        int initialInputBufferSize,
        int maxInputBufferSize,
        string dispatcher,
        Decider supervisionDecider,
        StreamSubscriptionTimeoutSettings subscriptionTimeoutSettings,
        bool isDebugLogging,
        int outputBurstLimit,
        bool isFuzzingMode,
        bool isAutoFusing,
        int maxFixedBufferSize,
        int syncProcessingLimit)
    {
        if (initialInputBufferSize <= 0) throw new ArgumentException("initialInputBufferSize must be > 0");
        if (maxInputBufferSize < initialInputBufferSize)
            throw new ArgumentException("maxInputBufferSize must not be less than initialInputBufferSize");
        if (syncProcessingLimit <= 0) throw new ArgumentException("syncProcessingLimit must be > 0");
        InitialInputBufferSize = initialInputBufferSize;
        MaxInputBufferSize = maxInputBufferSize;
        Dispatcher = dispatcher;
        SupervisionDecider = supervisionDecider;
        SubscriptionTimeoutSettings = subscriptionTimeoutSettings;
        IsDebugLogging = isDebugLogging;
        OutputBurstLimit = outputBurstLimit;
        IsFuzzingMode = isFuzzingMode;
        IsAutoFusing = isAutoFusing;
        MaxFixedBufferSize = maxFixedBufferSize;
        SyncProcessingLimit = syncProcessingLimit;
    }

    public static ActorMaterializerSettings Create(ActorSystem system)
    {
        var config = system.Settings.Config.GetConfig("akka.stream.materializer") ?? Config.Empty;
        return new ActorMaterializerSettings(
            config.GetInt("initial-input-buffer-size", 4),
            config.GetInt("max-input-buffer-size", 16),
            config.GetString("dispatcher", string.Empty),
            Deciders.StoppingDecider,
            StreamSubscriptionTimeoutSettings.Create(config.GetConfig("subscription-timeout")),
            config.GetBoolean("debug-logging"),
            config.GetInt("output-burst-limit", 1000),
            config.GetBoolean("debug.fuzzing-mode"),
            config.GetBoolean("auto-fusing", true),
            config.GetInt("max-fixed-buffer-size", 1000000000),
            config.GetInt("sync-processing-limit", 1000));
    }

    public ActorMaterializerSettings WithInputBuffer(int initialSize, int maxSize) =>
        Copy(initialInputBufferSize: initialSize, maxInputBufferSize: maxSize);

    public ActorMaterializerSettings WithDispatcher(string dispatcher) => Copy(dispatcher: dispatcher);

    public ActorMaterializerSettings WithSupervisionStrategy(Decider decider) => Copy(decider: decider);

    public ActorMaterializerSettings WithDebugLogging(bool isEnabled) => Copy(isDebugLogging: isEnabled);

    public ActorMaterializerSettings WithFuzzingMode(bool isFuzzingMode) => Copy(isFuzzingMode: isFuzzingMode);

    public ActorMaterializerSettings WithAutoFusing(bool isAutoFusing) => Copy(isAutoFusing: isAutoFusing);

    public ActorMaterializerSettings WithMaxFixedBufferSize(int maxFixedBufferSize) =>
        Copy(maxFixedBufferSize: maxFixedBufferSize);

    public ActorMaterializerSettings WithSyncProcessingLimit(int limit) => Copy(syncProcessingLimit: limit);

    public ActorMaterializerSettings WithOutputBurstLimit(int limit) => Copy(outputBurstLimit: limit);

    public ActorMaterializerSettings WithSubscriptionTimeoutSettings(StreamSubscriptionTimeoutSettings settings) =>
        Copy(subscriptionTimeout: settings);

    public override bool Equals(object? obj) =>
        obj is ActorMaterializerSettings other
        && InitialInputBufferSize == other.InitialInputBufferSize
        && MaxInputBufferSize == other.MaxInputBufferSize
        && Dispatcher == other.Dispatcher
        && SupervisionDecider == other.SupervisionDecider
        && SubscriptionTimeoutSettings.Equals(other.SubscriptionTimeoutSettings)
        && IsDebugLogging == other.IsDebugLogging
        && OutputBurstLimit == other.OutputBurstLimit
        && IsFuzzingMode == other.IsFuzzingMode
        && IsAutoFusing == other.IsAutoFusing
        && MaxFixedBufferSize == other.MaxFixedBufferSize
        && SyncProcessingLimit == other.SyncProcessingLimit;

    internal Attributes ToAttributes() => new(
        new Attributes.InputBuffer(InitialInputBufferSize, MaxInputBufferSize),
        new ActorAttributes.Dispatcher(Dispatcher),
        new ActorAttributes.SupervisionStrategy(SupervisionDecider),
        new ActorAttributes.MaxFixedBufferSize(MaxFixedBufferSize),
        new ActorAttributes.SyncProcessingLimit(SyncProcessingLimit),
        Attributes.CancellationStrategy.Default);

    private ActorMaterializerSettings Copy(
        int? initialInputBufferSize = null,
        int? maxInputBufferSize = null,
        string? dispatcher = null,
        Decider? decider = null,
        StreamSubscriptionTimeoutSettings? subscriptionTimeout = null,
        bool? isDebugLogging = null,
        int? outputBurstLimit = null,
        bool? isFuzzingMode = null,
        bool? isAutoFusing = null,
        int? maxFixedBufferSize = null,
        int? syncProcessingLimit = null) => new(
            initialInputBufferSize ?? InitialInputBufferSize,
            maxInputBufferSize ?? MaxInputBufferSize,
            dispatcher ?? Dispatcher,
            decider ?? SupervisionDecider,
            subscriptionTimeout ?? SubscriptionTimeoutSettings,
            isDebugLogging ?? IsDebugLogging,
            outputBurstLimit ?? OutputBurstLimit,
            isFuzzingMode ?? IsFuzzingMode,
            isAutoFusing ?? IsAutoFusing,
            maxFixedBufferSize ?? MaxFixedBufferSize,
            syncProcessingLimit ?? SyncProcessingLimit);
}

/// <summary>What becomes of the end of a stream that nobody connects to.</summary>
public sealed class StreamSubscriptionTimeoutSettings : IEquatable<StreamSubscriptionTimeoutSettings>
{
    public readonly StreamSubscriptionTimeoutTerminationMode Mode;
    public readonly TimeSpan Timeout;

    public StreamSubscriptionTimeoutSettings(StreamSubscriptionTimeoutTerminationMode mode, TimeSpan timeout)
    {
        Mode = mode;
        Timeout = timeout;
    }

    public static StreamSubscriptionTimeoutSettings Create(Config config)
    {
        var mode = config?.GetString("mode", "cancel") switch
        {
            "no" or "off" or "false" or "noop" => StreamSubscriptionTimeoutTerminationMode.NoopTermination,
            "warn" => StreamSubscriptionTimeoutTerminationMode.WarnTermination,
            null or "cancel" => StreamSubscriptionTimeoutTerminationMode.CancelTermination,
            var other => throw new ArgumentException(
                $"akka.stream.materializer.subscription-timeout.mode was not defined or has invalid value [{other}]. "
                + "Valid values are: no, off, false, noop, warn, cancel"),
        };
        return new StreamSubscriptionTimeoutSettings(
            mode, config?.GetTimeSpan("timeout", TimeSpan.FromSeconds(5)) ?? TimeSpan.FromSeconds(5));
    }

    public bool Equals(StreamSubscriptionTimeoutSettings? other) =>
        other is not null && Mode == other.Mode && Timeout == other.Timeout;

    public override bool Equals(object? obj) => Equals(obj as StreamSubscriptionTimeoutSettings);

    public override int GetHashCode() => HashCode.Combine(Mode, Timeout);

    public override string ToString() => $"StreamSubscriptionTimeoutSettings<{Mode}, {Timeout}>";
}
