using Akka.Streams.Stage;

namespace Akka.Streams.Implementation.Transforming;

/// <summary>Hands elements on until a task ends: completes with it, or fails with it.</summary>
internal sealed class KillableLogic<T> : InAndOutGraphStageLogic
{
    private readonly FlowShape<T, T> _shape;
    private readonly Task _terminated;
    private readonly Action<Task> _end;

    public KillableLogic(FlowShape<T, T> shape, Task terminated)
        : base(shape)
    {
        _shape = shape;
        _terminated = terminated;
        _end = GetAsyncCallback<Task>(End);
        SetHandlers(shape.Inlet, shape.Outlet, this);
    }

    public override void PreStart()
    {
        if (_terminated.IsCompleted) End(_terminated);
        else _ = _terminated.ContinueWith(_end, TaskScheduler.Default);
    }

    public override void OnPush() => Push(_shape.Outlet, Grab(_shape.Inlet));

    public override void OnPull() => Pull(_shape.Inlet);

    private void End(Task terminated)
    {
        if (terminated.IsCompletedSuccessfully) CompleteStage();
        else FailStage(terminated.Failure());
    }
}

internal sealed class UniqueKillSwitchStage<T> : GraphStageWithMaterializedValue<FlowShape<T, T>, UniqueKillSwitch>
{
    public override FlowShape<T, T> Shape { get; } =
        new(new Inlet<T>("UniqueKillSwitch.in"), new Outlet<T>("UniqueKillSwitch.out"));

    protected override Attributes InitialAttributes { get; } = Attributes.CreateName("breaker");

    public override ILogicAndMaterializedValue<UniqueKillSwitch> CreateLogicAndMaterializedValue(
        Attributes inheritedAttributes)
    {
        var promise = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        return new LogicAndMaterializedValue<UniqueKillSwitch>(
            new KillableLogic<T>(Shape, promise.Task), new UniqueKillSwitch(promise));
    }

    public override string ToString() => "UniqueKillSwitchFlow";
}

internal sealed class SharedKillSwitchStage<T>(SharedKillSwitch killSwitch, Task terminated)
    : GraphStageWithMaterializedValue<FlowShape<T, T>, SharedKillSwitch>
{
    public override FlowShape<T, T> Shape { get; } =
        new(new Inlet<T>("SharedKillSwitch.in"), new Outlet<T>("SharedKillSwitch.out"));

    public override ILogicAndMaterializedValue<SharedKillSwitch> CreateLogicAndMaterializedValue(
        Attributes inheritedAttributes) => new LogicAndMaterializedValue<SharedKillSwitch>(
        new KillableLogic<T>(Shape, terminated), killSwitch);

    public override string ToString() => $"SharedKillSwitchFlow(switch: {killSwitch})";
}

/// <summary>Ends when a token is cancelled.</summary>
internal sealed class CancellableStage<T>(CancellationToken token, bool cancelGracefully)
    : LinearStage<T, T>("CancellationToken")
{
    protected override GraphStageLogic CreateLogic(Attributes inheritedAttributes) =>
        new Logic(this, token, cancelGracefully);

    private sealed class Logic : LinearLogic<T, T>
    {
        private readonly CancellationToken _token;
        private readonly bool _cancelGracefully;
        private CancellationTokenRegistration? _registration;

        public Logic(CancellableStage<T> stage, CancellationToken token, bool cancelGracefully)
            : base(stage)
        {
            _token = token;
            _cancelGracefully = cancelGracefully;
        }

        public override void PreStart()
        {
            if (_token.IsCancellationRequested) End();
            else _registration = _token.Register(GetAsyncCallback(End));
        }

        public override void PostStop() => _registration?.Dispose();

        public override void OnPush() => Push(Out, Grab(In));

        private void End()
        {
            if (_cancelGracefully) CompleteStage();
            else FailStage(new OperationCanceledException("The stage's cancellation token was cancelled.", _token));
        }
    }
}
