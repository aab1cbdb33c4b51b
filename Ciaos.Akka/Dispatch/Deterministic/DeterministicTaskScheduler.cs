namespace Akka.Dispatch.Deterministic;

/// <summary>Makes tasks steps of a <see cref="DeterministicRuntime"/>.</summary>
internal sealed class DeterministicTaskScheduler(DeterministicRuntime runtime) : TaskScheduler
{
    public override int MaximumConcurrencyLevel => 1;

    protected override IEnumerable<Task> GetScheduledTasks() => [];

    protected override void QueueTask(Task task) => runtime.Post(() => TryExecuteTask(task));

    // A task that ran where it was completed would not be a choice of the seed.
    protected override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued) => false;
}
