using Akka.Actor;
using Akka.Dispatch.SysMsg;

namespace Akka.Dispatch;

/// <summary>
/// Runs tasks as one actor: what follows an await in an asynchronous handler comes back to the actor as a system
/// message, so it never runs at the same time as a handler. The mailbox is suspended until the handler is through.
/// </summary>
public class ActorTaskScheduler : TaskScheduler
{
    private readonly ActorCell _cell;

    internal ActorTaskScheduler(ActorCell cell) => _cell = cell;

    /// <summary>The message whose asynchronous handler runs.</summary>
    public object CurrentMessage { get; private set; } = null!;

    public override int MaximumConcurrencyLevel => 1;

    /// <summary>Runs after the current message, in the actor's context, before the next message.</summary>
    public static void RunTask(Action action) => RunTask(() =>
    {
        action();
        return Task.CompletedTask;
    });

    /// <summary>
    /// Runs after the current message, in the actor's context; the next message waits until it completes.
    /// </summary>
    /// <exception cref="InvalidOperationException">Not called by an actor.</exception>
    public static void RunTask(Func<Task> asyncAction)
    {
        var cell = ActorCell.Current
            ?? throw new InvalidOperationException("RunTask must be called from an actor context.");
        cell.TaskScheduler.Run(cell, asyncAction);
    }

    internal void ExecuteTask(Task task) => TryExecuteTask(task);

    protected override IEnumerable<Task> GetScheduledTasks() => null!;

    protected override void QueueTask(Task task) =>
        _cell.SendSystemMessage(new ActorTaskSchedulerMessage(this, task));

    protected override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued) =>
        !taskWasPreviouslyQueued && ActorCell.Current == _cell && TryExecuteTask(task);

    protected virtual void OnBeforeTaskStarted()
    {
    }

    protected virtual void OnAfterTaskCompleted()
    {
    }

    private static Exception? FailureOf(Task task) => task.Status switch
    {
        TaskStatus.Canceled => new OperationCanceledException(),
        TaskStatus.Faulted when task.Exception!.InnerExceptions.Count == 1 => task.Exception.InnerExceptions[0],
        TaskStatus.Faulted => task.Exception,
        _ => null,
    };

    private void Run(ActorCell cell, Func<Task> asyncAction)
    {
        var message = cell.CurrentMessage!;
        cell.Dispatcher.Suspend(cell);
        CurrentMessage = message;
        OnBeforeTaskStarted();
        _ = Task.Factory.StartNew(asyncAction, CancellationToken.None, TaskCreationOptions.None, this)
            .Unwrap()
            .ContinueWith(
                (completed, state) => ((ActorTaskScheduler)state!).Complete(completed, message),
                this, CancellationToken.None, TaskContinuationOptions.None, this);
    }

    private void Complete(Task completed, object message)
    {
        CurrentMessage = null!;
        if (FailureOf(completed) is { } failure)
        {
            _cell.SendSystemMessage(new ActorTaskSchedulerMessage(failure, message));
        }
        else
        {
            _cell.Dispatcher.Resume(_cell);
            _cell.CheckReceiveTimeout();
        }

        OnAfterTaskCompleted();
    }
}
