using System.Runtime.CompilerServices;
using Akka.Actor;
using Akka.Annotations;
using Akka.Configuration;
using Akka.Dispatch.SysMsg;
using Akka.Event;

namespace Akka.Dispatch;

public interface IDispatcherPrerequisites
{
    EventStream EventStream { get; }

    IScheduler Scheduler { get; }

    Settings Settings { get; }

    Mailboxes Mailboxes { get; }
}

public sealed class DefaultDispatcherPrerequisites : IDispatcherPrerequisites
{
    public DefaultDispatcherPrerequisites(
        EventStream eventStream, IScheduler scheduler, Settings settings, Mailboxes mailboxes)
    {
        EventStream = eventStream;
        Scheduler = scheduler;
        Settings = settings;
        Mailboxes = mailboxes;
    }

    public EventStream EventStream { get; }

    public IScheduler Scheduler { get; }

    public Settings Settings { get; }

    public Mailboxes Mailboxes { get; }
}

/// <summary>
/// Makes the dispatcher of one section of HOCON. Pluggable: the section's "type" may name a subclass.
/// </summary>
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

    protected ExecutorServiceConfigurator ConfigureExecutor()
    {
        var executor = Config.GetString("executor", "default-executor") ?? "default-executor";
        return executor switch
        {
            "" or "default-executor" or "thread-pool-executor" or "channel-executor" =>
                new ThreadPoolExecutorServiceConfigurator(Config, Prerequisites),
            "fork-join-executor" => new ForkJoinExecutorServiceConfigurator(Config, Prerequisites),
            "task-executor" => new TaskExecutorServiceConfigurator(Config, Prerequisites),
            "current-context-executor" => new CurrentContextExecutorServiceConfigurator(Config, Prerequisites),
            _ => Util.Instances.Create<ExecutorServiceConfigurator>(
                Util.Instances.Resolve(executor, "executor"), Config, Prerequisites),
        };
    }
}

/// <summary>Decides on which thread an actor runs.</summary>
public abstract class MessageDispatcher
{
    public const int DefaultThroughput = 100;

    private long _inhabitants;
    private int _shutdownScheduled;

    protected MessageDispatcher(MessageDispatcherConfigurator configurator)
    {
        Configurator = configurator;
        Throughput = DefaultThroughput;
    }

    public MessageDispatcherConfigurator Configurator { get; }

    public EventStream EventStream => Configurator.Prerequisites.EventStream;

    public Mailboxes Mailboxes => Configurator.Prerequisites.Mailboxes;

    public string Id { get; protected set; } = "";

    /// <summary>Most messages that an actor handles before the thread goes to another actor.</summary>
    public int Throughput { get; set; }

    /// <summary>In ticks of 100 ns. A batch ends when it is exceeded; null or 0 means no deadline.</summary>
    public long? ThroughputDeadlineTime { get; protected set; }

    /// <summary>How long an unused dispatcher keeps its threads.</summary>
    [InternalApi]
    public TimeSpan ShutdownTimeout { get; protected set; }

    protected long Inhabitants => Interlocked.Read(ref _inhabitants);

    public void Schedule(Action run) => Schedule(new ActionRunnable(run));

    public void Schedule(IRunnable run) => ExecuteTask(run);

    /// <summary>Puts a message into the actor's mailbox and sees to it that the mailbox runs.</summary>
    public virtual void Dispatch(ActorCell cell, Envelope envelope)
    {
        var mailbox = cell.Mailbox!;
        mailbox.Enqueue(cell.Self, envelope);
        if (mailbox.IsScheduled) return;
        if (RegisterForExecution(mailbox, hasMessageHint: true, hasSystemMessageHint: false)) return;

        // The actor stopped while the message was on its way in: nobody else would ever take it out.
        if (mailbox.IsClosed) mailbox.CleanUp();
    }

    public virtual void SystemDispatch(ActorCell cell, SystemMessage message)
    {
        var mailbox = cell.Mailbox!;
        mailbox.SystemEnqueue(cell.Self, message);
        RegisterForExecution(mailbox, hasMessageHint: false, hasSystemMessageHint: true);
    }

    public virtual void Attach(ActorCell cell)
    {
        Interlocked.Increment(ref _inhabitants);
        RegisterForExecution(cell.Mailbox!, hasMessageHint: false, hasSystemMessageHint: true);
    }

    public virtual void Detach(ActorCell cell)
    {
        var mailbox = cell.SwapMailbox(Mailboxes.DeadLetterMailbox);
        mailbox.BecomeClosed();
        mailbox.CleanUp();
        if (Interlocked.Decrement(ref _inhabitants) == 0 && NeedsShutdown) ScheduleShutdown();
    }

    protected abstract void ExecuteTask(IRunnable run);

    [InternalApi]
    protected abstract void Shutdown();

    protected void ReportFailure(Exception ex) =>
        EventStream.Publish(new Error(ex, GetType().FullName!, GetType(), "An exception occured while executing task"));

    /// <summary>False where there is nothing to give back, such as with the shared thread pool.</summary>
    internal virtual bool NeedsShutdown => false;

    internal virtual bool RegisterForExecution(Mailbox mailbox, bool hasMessageHint, bool hasSystemMessageHint)
    {
        if (!mailbox.CanBeScheduled(hasMessageHint, hasSystemMessageHint) || !mailbox.SetAsScheduled()) return false;
        ExecuteMailbox(mailbox, isAnotherRound: !hasMessageHint && !hasSystemMessageHint);
        return true;
    }

    internal virtual void ExecuteMailbox(Mailbox mailbox, bool isAnotherRound) => ExecuteTask(mailbox);

    internal virtual Mailbox CreateMailbox(ActorCell cell, MailboxType mailboxType) =>
        new(mailboxType.Create(cell.Self, cell.System));

    internal virtual void Suspend(ActorCell cell)
    {
        var mailbox = cell.Mailbox;
        if (mailbox?.Actor == cell) mailbox.Suspend();
    }

    internal virtual void Resume(ActorCell cell)
    {
        var mailbox = cell.Mailbox;
        if (mailbox?.Actor == cell && mailbox.Resume())
        {
            RegisterForExecution(mailbox, hasMessageHint: false, hasSystemMessageHint: false);
        }
    }

    /// <summary>The system has terminated: threads go, whoever still lives here.</summary>
    internal void ShutdownNow() => Shutdown();

    private void ScheduleShutdown()
    {
        if (Interlocked.Exchange(ref _shutdownScheduled, 1) != 0) return;
        Configurator.Prerequisites.Scheduler.Advanced.ScheduleOnce(ShutdownTimeout, () =>
        {
            Interlocked.Exchange(ref _shutdownScheduled, 0);
            if (Inhabitants == 0) Shutdown();
        });
    }
}
