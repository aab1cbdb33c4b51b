using Akka.Actor;
using Akka.Event;

namespace Akka.Streams.Implementation;

/// <summary>The parent of the actors of one materializer. An island that crashes is stopped.</summary>
internal sealed class StreamSupervisor : ActorBase
{
    private static long _nextName;

    private readonly ActorMaterializerImpl.Shared _shared;

    public StreamSupervisor(ActorMaterializerImpl.Shared shared) => _shared = shared;

    public static Props Props(ActorMaterializerImpl.Shared shared) => Actor.Props.Create<StreamSupervisor>(shared);

    public static string NextName() => $"StreamSupervisor-{Interlocked.Increment(ref _nextName) - 1}";

    protected override SupervisorStrategy SupervisorStrategy() => Actor.SupervisorStrategy.StoppingStrategy;

    protected override bool Receive(object message)
    {
        switch (message)
        {
            case StartPending:
                while (_shared.Pending.TryDequeue(out var island)) Start(island);
                return true;
            case Materialize materialize:
                Sender.Tell(Context.ActorOf(materialize.Props, materialize.Name), ActorRefs.NoSender);
                return true;
            default:
                return false;
        }
    }

    protected override void PostStop() => _shared.Stop();

    private static void Start(ActorMaterializerImpl.PendingIsland island)
    {
        var props = Actor.Props.CreateBy(new IslandActor.Producer(island.Host));
        Context.ActorOf(ActorMaterializerImpl.OnDispatcher(props, island.Dispatcher), island.Name);
    }

    /// <summary>Islands wait in the queue that is shared with the materializer.</summary>
    public sealed class StartPending : INoSerializationVerificationNeeded, IDeadLetterSuppression
    {
        public static readonly StartPending Instance = new();
    }

    /// <summary>Start another actor under this parent. Answered by its reference.</summary>
    public sealed record Materialize(Props Props, string Name) : INoSerializationVerificationNeeded;
}

/// <summary>The materializer that a system has of its own.</summary>
internal sealed class SystemMaterializer : ExtensionIdProvider<SystemMaterializer.Holder>
{
    private static readonly SystemMaterializer Id = new();

    public static ActorMaterializer Of(ActorSystem system) => ((Holder)system.RegisterExtension(Id)).Get();

    public override Holder CreateExtension(ExtendedActorSystem system) => new(system);

    internal sealed class Holder : IExtension
    {
        private readonly ActorSystem _system;
        private readonly Lock _lock = new();
        private ActorMaterializer? _materializer;

        public Holder(ActorSystem system) => _system = system;

        /// <summary>A new one if somebody shut the last one down.</summary>
        public ActorMaterializer Get()
        {
            lock (_lock)
            {
                if (_materializer is null or { IsShutdown: true }) _materializer = ActorMaterializer.Create(_system);
                return _materializer;
            }
        }
    }
}
