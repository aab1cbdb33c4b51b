using Akka.Actor;
using Akka.Actor.Internal;
using Akka.Actor.Setup;
using Akka.Configuration;
using Akka.Event;
using Akka.TestKit.Internal;

namespace Akka.TestKit;

/// <summary>
/// An actor system, and an actor in it that keeps what it is sent until the test asks for it.
/// </summary>
/// <remarks>
/// Not to be derived from by tests, but by the kit for a test framework. A test runs in one thread at a time. What does
/// not come in time, or comes but was not expected, is a failed assertion.
/// </remarks>
public abstract partial class TestKitBase : IActorRefFactory
{
    private static readonly Config ReferenceConfig =
        ConfigurationFactory.FromResource<TestKitBase>("Akka.TestKit.reference.conf");

    private static long _testActorCount;

    private readonly ITestKitAssertions _assertions;
    private TestState _state = null!;

    protected TestKitBase(ITestKitAssertions assertions, ActorSystem? system = null, string? testActorName = null)
        : this(assertions, system, SetupOf(ReferenceConfig), null, testActorName)
    {
    }

    protected TestKitBase(
        ITestKitAssertions assertions,
        ActorSystemSetup setup,
        string? actorSystemName = null,
        string? testActorName = null)
        : this(assertions, null, setup, actorSystemName, testActorName)
    {
    }

    protected TestKitBase(
        ITestKitAssertions assertions, Config config, string? actorSystemName = null, string? testActorName = null)
        : this(assertions, null, SetupOf(config), actorSystemName, testActorName)
    {
    }

    protected TestKitBase(
        ITestKitAssertions assertions,
        ActorSystem? system,
        ActorSystemSetup config,
        string? actorSystemName,
        string? testActorName)
    {
        ArgumentNullException.ThrowIfNull(assertions);
        _assertions = assertions;
        InitializeTest(system, config, actorSystemName, testActorName);
    }

    public static Config DefaultConfig => ReferenceConfig;

    public static Config FullDebugConfig { get; } = ConfigurationFactory.ParseString("""
        akka.log-dead-letters-during-shutdown = true
        akka.actor.debug {
          receive = true
          autoreceive = true
          lifecycle = true
          event-stream = true
          unhandled = true
          fsm = true
          router-misconfiguration = true
        }
        akka.log-dead-letters = true
        akka.loglevel = DEBUG
        akka.stdout-loglevel = DEBUG
        """);

    /// <summary>The time that all waits are measured by; it only ever grows.</summary>
    public static TimeSpan Now => System.Diagnostics.Stopwatch.GetElapsedTime(0);

    public ActorSystem Sys => _state.System;

    public TestKitSettings TestKitSettings => _state.Settings;

    public ILoggingAdapter Log => _state.Log;

    /// <summary>Keeps messages for this test, and is the sender of those that the test sends.</summary>
    public IActorRef TestActor => _state.TestActor;

    public object LastMessage => _state.LastMessage.Message;

    public IActorRef LastSender => _state.LastMessage.Sender;

    public bool HasMessages => _state.Queue.Count > 0;

    public EventFilterFactory EventFilter => _state.EventFilter;

    public EventFilterFactory CreateEventFilter(ActorSystem system) => new(this, system);

    /// <summary>Throws away what the function says yes to, before the test could see it.</summary>
    public void IgnoreMessages(Func<object, bool> shouldIgnoreMessage) =>
        TestActor.Tell(new TestActor.SetIgnore(message => shouldIgnoreMessage(message)));

    public void IgnoreMessages<TMsg>(Func<TMsg, bool> shouldIgnoreMessage) =>
        IgnoreMessages(message => message is TMsg typed && shouldIgnoreMessage(typed));

    public void IgnoreMessages<TMsg>() => IgnoreMessages(message => message is TMsg);

    public void IgnoreNoMessages() => TestActor.Tell(new TestActor.SetIgnore(null));

    public IActorRef Watch(IActorRef actorToWatch)
    {
        TestActor.Tell(new TestActor.Watch(actorToWatch));
        return actorToWatch;
    }

    public async Task<IActorRef> WatchAsync(IActorRef actorToWatch)
    {
        Watch(actorToWatch);
        await Settled(actorToWatch);
        return actorToWatch;
    }

    public IActorRef Unwatch(IActorRef actorToUnwatch)
    {
        TestActor.Tell(new TestActor.Unwatch(actorToUnwatch));
        return actorToUnwatch;
    }

    public async Task<IActorRef> UnwatchAsync(IActorRef actorToUnwatch)
    {
        Unwatch(actorToUnwatch);
        await Settled(actorToUnwatch);
        return actorToUnwatch;
    }

    public void SetAutoPilot(AutoPilot pilot) => TestActor.Tell(new TestActor.SetAutoPilot(pilot));

    /// <summary>Starts another actor that keeps messages in the same queue.</summary>
    public IActorRef CreateTestActor(string name) => StartTestActor(Sys, name);

    public virtual TestProbe CreateTestProbe(string? name = null) => CreateTestProbe(Sys, name);

    public virtual TestProbe CreateTestProbe(ActorSystem system, string? name = null) =>
        new(system, _assertions, name);

    public virtual TestLatch CreateTestLatch(int count = 1) => new(Dilated, count, TestKitSettings.DefaultTimeout);

    public TestBarrier CreateTestBarrier(int count) => new(this, count, TestKitSettings.DefaultTimeout);

    /// <summary>Ends the system of this test.</summary>
    /// <param name="duration">How long that may take; by default 5 seconds, dilated, at most 10.</param>
    /// <param name="verifySystemShutdown">Whether to throw, rather than log, when it takes longer.</param>
    public virtual void Shutdown(TimeSpan? duration = null, bool verifySystemShutdown = false) =>
        Shutdown(Sys, duration, verifySystemShutdown);

    protected virtual void Shutdown(
        ActorSystem? system, TimeSpan? duration = null, bool verifySystemShutdown = false)
    {
        system ??= Sys;
        var limit = duration ?? Dilated(TimeSpan.FromSeconds(5)).Min(TimeSpan.FromSeconds(10));
        if (system.Terminate().Wait(limit)) return;
        var message = $"Failed to stop [{system.Name}] within [{limit}]";
        if (verifySystemShutdown) throw new TimeoutException(message);
        system.Log.Warning(message);
    }

    protected void InitializeTest(
        ActorSystem? system, Config config, string? actorSystemName, string? testActorName) =>
        InitializeTest(system, SetupOf(config), actorSystemName, testActorName);

    protected virtual void InitializeTest(
        ActorSystem? system, ActorSystemSetup config, string? actorSystemName, string? testActorName)
    {
        system ??= CreateSystem(config, actorSystemName);
        system.RegisterExtension(new TestKitExtension());
        system.RegisterExtension(new TestKitAssertionsExtension(_assertions));
        system.Dispatchers.RegisterConfigurator(
            CallingThreadDispatcher.Id,
            new CallingThreadDispatcherConfigurator(system.Settings.Config, system.Dispatchers.Prerequisites));
        var log = Logging.GetLogger(system, GetType());
        _state = new TestState(system, TestKitExtension.For(system), log, new EventFilterFactory(this, system));
        var name = string.IsNullOrEmpty(testActorName)
            ? $"testActor{Interlocked.Increment(ref _testActorCount)}"
            : testActorName;
        _state.TestActor = StartTestActor(system, name);
        UseImplicitSender();
    }

    private static ActorSystemSetup SetupOf(Config config) =>
        ActorSystemSetup.Create(BootstrapSetup.Create().WithConfig(config));

    private static ActorSystem CreateSystem(ActorSystemSetup setup, string? name)
    {
        var given = setup.Get<BootstrapSetup>();
        var bootstrap = given.HasValue ? given.Value : BootstrapSetup.Create();
        var config = bootstrap.Config.HasValue ? bootstrap.Config.Value : ReferenceConfig;
        if (!ReferenceEquals(config, ReferenceConfig)) config = config.WithFallback(ReferenceConfig);
        return ActorSystem.Create(name ?? "test", setup.And(bootstrap.WithConfig(config)));
    }

    private IActorRef StartTestActor(ActorSystem system, string name)
    {
        var queue = _state.Queue;
        var props = Props.Create(() => new InternalTestActor(queue)).WithDispatcher("akka.test.test-actor.dispatcher");
        return ((ActorSystemImpl)system).SystemActorOf(props, name);
    }

    /// <summary>From here on, what this thread or test sends comes from the test actor (or from nobody).</summary>
    private void UseImplicitSender()
    {
        // Probes are made in the middle of tests, whose sender they must not change.
        if (this is TestProbe) return;
        var cell = this is INoImplicitSender ? null : (ActorCell)((ActorRefWithCell)TestActor).Underlying;
        InternalCurrentActorCellKeeper.Current = cell!;
        SynchronizationContext.SetSynchronizationContext(new ActorCellKeepingSynchronizationContext(cell));
    }

    /// <summary>The thread goes on to other tests, which must not send in the name of this one.</summary>
    private protected void ForgetImplicitSender()
    {
        if (InternalCurrentActorCellKeeper.Current?.System == Sys) InternalCurrentActorCellKeeper.Current = null;
    }

    /// <summary>Waits until the given actor has seen what the test actor told it just before.</summary>
    private async Task Settled(IActorRef actor)
    {
        try
        {
            await actor.Ask<ActorIdentity>(new Identify(null!), RemainingOrDefault);
        }
        catch (AskTimeoutException)
        {
            Log.Debug("{0} does not answer; it may be gone already", actor);
        }
    }

    private void LogCall(string format, params object[] args)
    {
        if (TestKitSettings.LogTestKitCalls) Log.Debug(format, args);
    }

    private sealed class TestState(
        ActorSystem system, TestKitSettings settings, ILoggingAdapter log, EventFilterFactory eventFilter)
    {
        public ActorSystem System { get; } = system;

        public TestKitSettings Settings { get; } = settings;

        public ILoggingAdapter Log { get; } = log;

        public EventFilterFactory EventFilter { get; } = eventFilter;

        public MessageQueue Queue { get; } = new();

        public IActorRef TestActor { get; set; } = ActorRefs.Nobody;

        public MessageEnvelope LastMessage { get; set; } = NullMessageEnvelope.Instance;

        /// <summary>When the innermost within block ends.</summary>
        public TimeSpan? End { get; set; }

        /// <summary>The last thing done was to wait out a time: then a within block may take all of its own.</summary>
        public bool LastWasNoMsg { get; set; }
    }
}
