using Akka.Streams.Dsl;
using Akka.Streams.Stage;

namespace Akka.Streams.Implementation.Sources;

/// <summary>Emits the result of a task.</summary>
internal sealed class TaskSource<T>(Task<T> task) : SourceStage<T>("TaskSource")
{
    protected override GraphStageLogic CreateLogic(Attributes inheritedAttributes) => new Logic(this, task);

    private sealed class Logic : OutGraphStageLogic
    {
        private readonly TaskSource<T> _stage;
        private readonly Task<T> _task;
        private readonly Action<Task<T>> _arrived;

        public Logic(TaskSource<T> stage, Task<T> task)
            : base(stage.Shape)
        {
            _stage = stage;
            _task = task;
            _arrived = GetAsyncCallback<Task<T>>(Arrived);
            SetHandler(stage.Out, this);
        }

        public override void PreStart()
        {
            if (_task.IsCompleted) Arrived(_task);
            else _task.Notify(_arrived);
        }

        public override void OnPull()
        {
        }

        private void Arrived(Task<T> task)
        {
            if (!task.IsCompletedSuccessfully) FailStage(task.UnwrappedFailure());
            else if (task.Result is null) CompleteStage();
            else Emit(_stage.Out, task.Result, CompleteStage);
        }
    }
}

/// <summary>Emits what a source emits that is materialized when there is demand, or when a task has made it.</summary>
internal sealed class DeferredSource<T, TMat>(string name, bool isLazy, Func<Task<IGraph<SourceShape<T>, TMat>>> create)
    : SourceStage<T, Task<TMat>>(name)
{
    private bool IsLazy => isLazy;

    private Func<Task<IGraph<SourceShape<T>, TMat>>> Factory => create;

    public override ILogicAndMaterializedValue<Task<TMat>> CreateLogicAndMaterializedValue(
        Attributes inheritedAttributes)
    {
        var promise = StageAttributes.NewPromise<TMat>();
        var logic = new Logic(this, promise, inheritedAttributes);
        return new LogicAndMaterializedValue<Task<TMat>>(logic, promise.Task);
    }

    private sealed class Logic : OutGraphStageLogic
    {
        private readonly DeferredSource<T, TMat> _stage;
        private readonly TaskCompletionSource<TMat> _promise;
        private readonly Attributes _inherited;
        private readonly Action<Task<IGraph<SourceShape<T>, TMat>>> _created;
        private SubSinkInlet<T>? _sub;

        public Logic(DeferredSource<T, TMat> stage, TaskCompletionSource<TMat> promise, Attributes inherited)
            : base(stage.Shape)
        {
            _stage = stage;
            _promise = promise;
            _inherited = inherited;
            _created = GetAsyncCallback<Task<IGraph<SourceShape<T>, TMat>>>(Created);
            SetHandler(stage.Out, this);
        }

        public override void PreStart()
        {
            if (!_stage.IsLazy) CreateSource();
        }

        public override void PostStop() => _promise.TrySetException(new AbruptStageTerminationException(this));

        public override void OnPull()
        {
            if (_sub is not null)
            {
                if (!_sub.HasBeenPulled) _sub.Pull();
            }
            else if (_stage.IsLazy)
            {
                CreateSource();
            }
        }

        public override void OnDownstreamFinish(Exception cause)
        {
            if (_sub is null)
            {
                var reason = _stage.IsLazy
                    ? "Downstream canceled without triggering lazy source materialization"
                    : "Downstream canceled before the source arrived";
                _promise.TrySetException(new InvalidOperationException(reason));
            }
            else
            {
                _sub.Cancel(cause);
            }

            base.OnDownstreamFinish(cause);
        }

        private void CreateSource()
        {
            try
            {
                var created = _stage.Factory();
                if (created.IsCompleted) Created(created);
                else created.Notify(_created);
            }
            catch (Exception error)
            {
                Failed(error);
            }
        }

        private void Created(Task<IGraph<SourceShape<T>, TMat>> created)
        {
            if (!created.IsCompletedSuccessfully)
            {
                Failed(created.UnwrappedFailure());
                return;
            }

            try
            {
                _sub = CreateSubSinkInlet<T>(_stage.Name);
                _sub.SetHandler(new LambdaInHandler(
                    () => Push(_stage.Out, _sub.Grab()), CompleteStage, FailStage));
                var graph = Source.FromGraph(created.Result).To(_sub.Sink);
                _promise.TrySetResult(SubFusingMaterializer.Materialize(graph, _inherited));
                if (IsAvailable(_stage.Out)) _sub.Pull();
            }
            catch (Exception error)
            {
                Failed(error);
            }
        }

        private void Failed(Exception error)
        {
            _promise.TrySetException(error);
            FailStage(error);
        }
    }
}
