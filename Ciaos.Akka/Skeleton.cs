#pragma warning disable
using Akka.Actor;
using Akka.Actor.Internal;
using Akka.Configuration;
using Akka.Dispatch;
using Akka.Dispatch.MessageQueues;
using Akka.Dispatch.SysMsg;
using Akka.Event;
using Akka.Util;

namespace Akka.Actor
{
    public class ActorCell : IUntypedActorContext
    {
        public const int UndefinedUid = 0;
        internal static ActorCell? Current => null;
        public static IActorRef GetCurrentSelfOrNoSender() => null!;
        public static IActorRef GetCurrentSenderOrNoSender() => null!;
        internal void PublishUnhandled(object m) => throw new NotSupportedException();
        public virtual ActorTaskScheduler TaskScheduler => throw new NotSupportedException();
        public IActorRef Self => throw new NotSupportedException();
        public Props Props => throw new NotSupportedException();
        public IActorRef Sender => throw new NotSupportedException();
        public ActorSystem System => throw new NotSupportedException();
        public ActorSystemImpl SystemImpl => throw new NotSupportedException();
        public IInternalActorRef Parent => throw new NotSupportedException();
        IActorRef IActorContext.Parent => Parent;
        public MessageDispatcher Dispatcher => throw new NotSupportedException();
        public Mailbox Mailbox => throw new NotSupportedException();
        public object? CurrentMessage => throw new NotSupportedException();
        public TimeSpan? ReceiveTimeout => throw new NotSupportedException();
        public void Become(Receive receive) => throw new NotSupportedException();
        public void BecomeStacked(Receive receive) => throw new NotSupportedException();
        public void UnbecomeStacked() => throw new NotSupportedException();
        public void Become(UntypedReceive receive) => throw new NotSupportedException();
        public void BecomeStacked(UntypedReceive receive) => throw new NotSupportedException();
        public IActorRef Child(string name) => throw new NotSupportedException();
        public IEnumerable<IActorRef> GetChildren() => throw new NotSupportedException();
        public void SetReceiveTimeout(TimeSpan? timeout) => throw new NotSupportedException();
        public void Stop(IActorRef child) => throw new NotSupportedException();
        public IActorRef ActorOf(Props props, string? name = null) => throw new NotSupportedException();
        public ActorSelection ActorSelection(ActorPath actorPath) => throw new NotSupportedException();
        public ActorSelection ActorSelection(string actorPath) => throw new NotSupportedException();
        public IActorRef Watch(IActorRef subject) => throw new NotSupportedException();
        public IActorRef WatchWith(IActorRef subject, object message) => throw new NotSupportedException();
        public IActorRef Unwatch(IActorRef subject) => throw new NotSupportedException();
        public void UseThreadContext(Action action) => throw new NotSupportedException();
    }
    public abstract class LocalActorRef : InternalActorRefBase { }
    public sealed class LocalActorRefProvider { }
    public class Deployer { }
    public class Settings
    {
        public Settings(ActorSystem system, Config config) { }
        public void InjectTopLevelFallback(Config config) { }
        public Config Config { get; } = null!;
        public Akka.Event.MinimalLogger StdoutLogger { get; } = null!;
        public Akka.Event.LogFilterEvaluator LogFilter { get; } = null!;
        public string LogLevel { get; } = null!;
        public string StdoutLogLevel { get; } = null!;
        public IList<string> Loggers { get; } = null!;
        public string LoggersDispatcher { get; } = null!;
        public TimeSpan LoggerStartTimeout { get; }
        public bool LoggerAsyncStart { get; }
        public int LogDeadLetters { get; }
        public TimeSpan LogDeadLettersSuspendDuration { get; }
        public bool DebugUnhandledMessage { get; }
    }
    public abstract class SelectionPathElement { }
    public class ActorSelectionMessage : IAutoReceivedMessage, IPossiblyHarmful, IWrappedMessage
    {
        public object Message => null!;
        public bool WildCardFanOut => false;
    }
    public class ActorSelection : ICanTell
    {
        public IActorRef Anchor { get; } = null!;
        public SelectionPathElement[] Path { get; } = null!;
        public string PathString => throw new NotSupportedException();
        public void Tell(object message, IActorRef? sender = null) => throw new NotSupportedException();
        public Task<IActorRef> ResolveOne(TimeSpan timeout) => throw new NotSupportedException();
        public Task<IActorRef> ResolveOne(TimeSpan timeout, CancellationToken ct) => throw new NotSupportedException();
    }
    public static class ActorRefFactoryShared
    {
        public static ActorSelection ActorSelection(ActorPath actorPath, ActorSystem system) => throw new NotSupportedException();
        public static ActorSelection ActorSelection(string path, ActorSystem system, IActorRef lookupRoot) => throw new NotSupportedException();
        public static ActorSelection ActorSelection(IActorRef anchorActorRef, string path) => throw new NotSupportedException();
    }
    public enum Directive { Resume, Restart, Escalate, Stop }
    public interface IDecider { Directive Decide(Exception cause); }
    public static class Decider
    {
        public static LocalOnlyDecider From(Func<Exception, Directive> localOnlyDecider) => new(localOnlyDecider);
    }
    public class LocalOnlyDecider(Func<Exception, Directive> decider) : IDecider
    {
        public Directive Decide(Exception cause) => decider(cause);
    }
    public abstract class SupervisorStrategy
    {
        public static IDecider DefaultDecider = new LocalOnlyDecider(_ => Directive.Restart);
        public static readonly SupervisorStrategy DefaultStrategy = new OneForOneStrategy(_ => Directive.Restart);
        public static readonly OneForOneStrategy StoppingStrategy = new OneForOneStrategy(_ => Directive.Stop);
        public abstract IDecider Decider { get; }
    }
    public class OneForOneStrategy : SupervisorStrategy
    {
        public OneForOneStrategy(int? maxNrOfRetries, TimeSpan? withinTimeRange, Func<Exception, Directive> localOnlyDecider) { }
        public OneForOneStrategy(int? maxNrOfRetries, TimeSpan? withinTimeRange, IDecider decider) { }
        public OneForOneStrategy(int maxNrOfRetries, int withinTimeMilliseconds, Func<Exception, Directive> localOnlyDecider, bool loggingEnabled = true) { }
        public OneForOneStrategy(int maxNrOfRetries, int withinTimeMilliseconds, IDecider decider, bool loggingEnabled = true) { }
        public OneForOneStrategy(Func<Exception, Directive> localOnlyDecider) { }
        public OneForOneStrategy(Func<Exception, Directive> localOnlyDecider, bool loggingEnabled = true) { }
        public OneForOneStrategy(IDecider decider) { }
        public override IDecider Decider => throw new NotSupportedException();
    }
    public class AllForOneStrategy : SupervisorStrategy
    {
        public AllForOneStrategy(int? maxNrOfRetries, TimeSpan? withinTimeRange, Func<Exception, Directive> localOnlyDecider) { }
        public AllForOneStrategy(Func<Exception, Directive> localOnlyDecider) { }
        public override IDecider Decider => throw new NotSupportedException();
    }
    public class FutureActorRef<T> : MinimalActorRef
    {
        public FutureActorRef(TaskCompletionSource<T> result, ActorPath path, IActorRefProvider provider) { }
        public override ActorPath Path => throw new NotSupportedException();
        public override IActorRefProvider Provider => throw new NotSupportedException();
    }
    public static class Futures
    {
        public static Task<object> Ask(this ICanTell self, object message, CancellationToken cancellationToken) => throw new NotSupportedException();
        public static Task<object> Ask(this ICanTell self, object message, TimeSpan? timeout = default) => throw new NotSupportedException();
        public static Task<object> Ask(this ICanTell self, object message, TimeSpan? timeout, CancellationToken cancellationToken) => throw new NotSupportedException();
        public static Task<T> Ask<T>(this ICanTell self, object message, CancellationToken cancellationToken) => throw new NotSupportedException();
        public static Task<T> Ask<T>(this ICanTell self, object message, TimeSpan? timeout = default) => throw new NotSupportedException();
        public static Task<T> Ask<T>(this ICanTell self, Func<IActorRef, object> messageFactory, TimeSpan? timeout, CancellationToken cancellationToken) => throw new NotSupportedException();
        public static Task<T> Ask<T>(this ICanTell self, object message, TimeSpan? timeout, CancellationToken cancellationToken) => throw new NotSupportedException();
    }
    public static class GracefulStopSupport
    {
        public static Task<bool> GracefulStop(this IActorRef target, TimeSpan timeout) => throw new NotSupportedException();
        public static Task<bool> GracefulStop(this IActorRef target, TimeSpan timeout, object stopMessage) => throw new NotSupportedException();
    }
    public sealed class CoordinatedShutdown : IExtension
    {
        public const string PhaseActorSystemTerminate = "actor-system-terminate";
        public const string PhaseBeforeActorSystemTerminate = "before-actor-system-terminate";
        public const string PhaseBeforeClusterShutdown = "before-cluster-shutdown";
        public const string PhaseBeforeServiceUnbind = "before-service-unbind";
        public const string PhaseClusterExiting = "cluster-exiting";
        public const string PhaseClusterExitingDone = "cluster-exiting-done";
        public const string PhaseClusterLeave = "cluster-leave";
        public const string PhaseClusterShardingShutdownRegion = "cluster-sharding-shutdown-region";
        public const string PhaseClusterShutdown = "cluster-shutdown";
        public const string PhaseServiceRequestsDone = "service-requests-done";
        public const string PhaseServiceStop = "service-stop";
        public const string PhaseServiceUnbind = "service-unbind";
        public static CoordinatedShutdown Get(ActorSystem sys) => throw new NotSupportedException();
        public void AddTask(string phase, string taskName, Func<Task<Done>> task) { }
        public Task<Done> Run(Reason reason, string? fromPhase = null) => throw new NotSupportedException();
        public abstract class Reason { public abstract int ExitCode { get; } }
    }
    public class Cancelable : ICancelable
    {
        public Cancelable(IScheduler scheduler) { }
        public CancellationToken Token => throw new NotSupportedException();
        public bool IsCancellationRequested => throw new NotSupportedException();
        public void Cancel() => throw new NotSupportedException();
        public void CancelAfter(TimeSpan delay) => throw new NotSupportedException();
        public void CancelAfter(int millisecondsDelay) => throw new NotSupportedException();
        public void Cancel(bool throwOnFirstException) => throw new NotSupportedException();
    }
    public static class SchedulerExtensions
    {
        public static ICancelable ScheduleOnceCancelable(this IActionScheduler scheduler, TimeSpan delay, Action action) => throw new NotSupportedException();
        public static ICancelable ScheduleTellOnceCancelable(this IScheduler scheduler, TimeSpan delay, ICanTell receiver, object message, IActorRef sender) => throw new NotSupportedException();
        public static ICancelable ScheduleRepeatedlyCancelable(this IActionScheduler scheduler, TimeSpan initialDelay, TimeSpan interval, Action action) => throw new NotSupportedException();
        public static ICancelable ScheduleTellRepeatedlyCancelable(this IScheduler scheduler, TimeSpan initialDelay, TimeSpan interval, ICanTell receiver, object message, IActorRef sender) => throw new NotSupportedException();
    }
}
namespace Akka.Actor.Internal
{
    public class ActorSystemImpl : ExtendedActorSystem
    {
        public ActorSystemImpl(string name, Config config, Akka.Actor.Setup.ActorSystemSetup setup, Option<Props>? guardianProps = null) { }
        public void Start() => throw new NotSupportedException();
        public override Settings Settings => throw new NotSupportedException();
        public override string Name => throw new NotSupportedException();
        public override Akka.Serialization.Serialization Serialization => throw new NotSupportedException();
        public override EventStream EventStream => throw new NotSupportedException();
        public override IActorRef DeadLetters => throw new NotSupportedException();
        public override IActorRef IgnoreRef => throw new NotSupportedException();
        public override Dispatchers Dispatchers => throw new NotSupportedException();
        public override Mailboxes Mailboxes => throw new NotSupportedException();
        public override IScheduler Scheduler => throw new NotSupportedException();
        public override ILoggingAdapter Log => throw new NotSupportedException();
        public override Task WhenTerminated => throw new NotSupportedException();
        public override object GetExtension(IExtensionId extensionId) => throw new NotSupportedException();
        public override T GetExtension<T>() => throw new NotSupportedException();
        public override bool HasExtension(Type type) => throw new NotSupportedException();
        public override bool HasExtension<T>() => throw new NotSupportedException();
        public override bool TryGetExtension(Type extensionType, out object extension) => throw new NotSupportedException();
        public override bool TryGetExtension<T>(out T extension) => throw new NotSupportedException();
        public override object RegisterExtension(IExtensionId extension) => throw new NotSupportedException();
        public override void RegisterOnTermination(Action code) => throw new NotSupportedException();
        public override Task Terminate() => throw new NotSupportedException();
        public override void Stop(IActorRef actor) => throw new NotSupportedException();
        public override IActorRef ActorOf(Props props, string? name = null) => throw new NotSupportedException();
        public override ActorSelection ActorSelection(ActorPath actorPath) => throw new NotSupportedException();
        public override ActorSelection ActorSelection(string actorPath) => throw new NotSupportedException();
        public override IActorRefProvider Provider => throw new NotSupportedException();
        public override IInternalActorRef Guardian => throw new NotSupportedException();
        public override IInternalActorRef LookupRoot => throw new NotSupportedException();
        public override IInternalActorRef SystemGuardian => throw new NotSupportedException();
        public override IActorRef SystemActorOf(Props props, string? name = null) => throw new NotSupportedException();
        public override IActorRef SystemActorOf<TActor>(string? name = null) => throw new NotSupportedException();
        public override void Abort() => throw new NotSupportedException();
        public override string PrintTree() => throw new NotSupportedException();
    }
}
namespace Akka.Dispatch
{
    public class ActorTaskScheduler : TaskScheduler
    {
        public static void RunTask(Action action) => throw new NotSupportedException();
        public static void RunTask(Func<Task> asyncAction) => throw new NotSupportedException();
        internal void ExecuteTask(Task t) => TryExecuteTask(t);
        protected override IEnumerable<Task> GetScheduledTasks() => null!;
        protected override void QueueTask(Task task) => throw new NotSupportedException();
        protected override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued) => throw new NotSupportedException();
    }
    public class Mailboxes
    {
        public static readonly string DefaultMailboxId = "akka.actor.default-mailbox";
    }
    public class Mailbox { }
    public interface IDispatcherPrerequisites
    {
        EventStream EventStream { get; }
        IScheduler Scheduler { get; }
        Settings Settings { get; }
        Mailboxes Mailboxes { get; }
    }
    public abstract class MessageDispatcherConfigurator
    {
        protected MessageDispatcherConfigurator(Config config, IDispatcherPrerequisites prerequisites)
        {
            Config = config;
            Prerequisites = prerequisites;
        }
        public Config Config { get; }
        public IDispatcherPrerequisites Prerequisites { get; }
        public abstract MessageDispatcher Dispatcher();
    }
    public abstract class MessageDispatcher
    {
        protected MessageDispatcher(MessageDispatcherConfigurator configurator) => Configurator = configurator;
        public MessageDispatcherConfigurator Configurator { get; }
        public int Throughput { get; set; }
        public string Id { get; protected set; } = "";
        public virtual void Dispatch(ActorCell cell, Envelope envelope) => throw new NotSupportedException();
        public virtual void SystemDispatch(ActorCell cell, SystemMessage message) => throw new NotSupportedException();
        public virtual void Attach(ActorCell cell) => throw new NotSupportedException();
        public virtual void Detach(ActorCell cell) => throw new NotSupportedException();
        protected abstract void ExecuteTask(IRunnable run);
        protected abstract void Shutdown();
        public void Schedule(Action run) => throw new NotSupportedException();
        public void Schedule(IRunnable run) => throw new NotSupportedException();
    }
    public sealed class Dispatchers
    {
        public const string DefaultBlockingDispatcherId = "akka.actor.default-blocking-io-dispatcher";
        public const string DefaultDispatcherId = "akka.actor.default-dispatcher";
        public const string SynchronizedDispatcherId = "akka.actor.synchronized-dispatcher";
        public MessageDispatcher Lookup(string dispatcherName) => throw new NotSupportedException();
        public MessageDispatcher DefaultGlobalDispatcher => throw new NotSupportedException();
        public bool HasDispatcher(string id) => throw new NotSupportedException();
        public bool RegisterConfigurator(string id, MessageDispatcherConfigurator configurator) => throw new NotSupportedException();
    }
}
