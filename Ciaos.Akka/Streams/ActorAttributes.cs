using Akka.Streams.Supervision;

namespace Akka.Streams;

/// <summary>Attributes that the actor materializer understands.</summary>
public static class ActorAttributes
{
    public static Dispatcher IODispatcher { get; } = new("akka.stream.materializer.blocking-io-dispatcher");

    /// <summary>Names the dispatcher that runs the graph; this makes the graph an island of its own.</summary>
    public static Attributes CreateDispatcher(string dispatcherName) => new(new Dispatcher(dispatcherName));

    /// <summary>Says what a stage does when the user's function throws.</summary>
    public static Attributes CreateSupervisionStrategy(Decider strategy) => new(new SupervisionStrategy(strategy));

    public static Attributes CreateMaxFixedBufferSize(int size) => new(new MaxFixedBufferSize(size));

    public static Attributes CreateSyncProcessingLimit(int limit) => new(new SyncProcessingLimit(limit));

    public sealed class Dispatcher : Attributes.IMandatoryAttribute, IEquatable<Dispatcher>
    {
        public readonly string Name;

        public Dispatcher(string name) => Name = name;

        public bool Equals(Dispatcher? other) => other is not null && Name == other.Name;

        public override bool Equals(object? obj) => Equals(obj as Dispatcher);

        public override int GetHashCode() => Name?.GetHashCode(StringComparison.Ordinal) ?? 0;

        public override string ToString() => $"Dispatcher({Name})";
    }

    public sealed class SupervisionStrategy : Attributes.IMandatoryAttribute
    {
        public readonly Decider Decider;

        public SupervisionStrategy(Decider decider) => Decider = decider;

        public override string ToString() => "SupervisionStrategy";
    }

    /// <summary>The largest buffer that is allocated at once when a stage starts; larger ones grow.</summary>
    public sealed class MaxFixedBufferSize : Attributes.IMandatoryAttribute, IEquatable<MaxFixedBufferSize>
    {
        public MaxFixedBufferSize(int size) => Size = size;

        public int Size { get; }

        public bool Equals(MaxFixedBufferSize? other) => other is not null && Size == other.Size;

        public override bool Equals(object? obj) => Equals(obj as MaxFixedBufferSize);

        public override int GetHashCode() => Size.GetHashCode();

        public override string ToString() => $"MaxFixedBufferSize(size={Size})";
    }

    /// <summary>How many events an island processes before it lets other actors run.</summary>
    public sealed class SyncProcessingLimit : Attributes.IMandatoryAttribute, IEquatable<SyncProcessingLimit>
    {
        public SyncProcessingLimit(int limit) => Limit = limit;

        public int Limit { get; }

        public bool Equals(SyncProcessingLimit? other) => other is not null && Limit == other.Limit;

        public override bool Equals(object? obj) => Equals(obj as SyncProcessingLimit);

        public override int GetHashCode() => Limit.GetHashCode();

        public override string ToString() => $"SyncProcessingLimit(limit={Limit})";
    }
}
