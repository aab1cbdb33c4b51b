using Akka.Actor;
using Akka.Streams.Stage;
using Akka.Streams.Supervision;
using Decider = Akka.Streams.Supervision.Decider;
using Directive = Akka.Streams.Supervision.Directive;

namespace Akka.Streams.Implementation.Sources;

internal sealed class EmptySource<T>() : SourceStage<T>("EmptySource")
{
    protected override GraphStageLogic CreateLogic(Attributes inheritedAttributes) => new Logic(this);

    private sealed class Logic : OutGraphStageLogic
    {
        public Logic(EmptySource<T> stage)
            : base(stage.Shape) => SetHandler(stage.Out, this);

        public override void PreStart() => CompleteStage();

        public override void OnPull() => CompleteStage();
    }
}

internal sealed class NeverSource<T>() : SourceStage<T>("NeverSource")
{
    protected override GraphStageLogic CreateLogic(Attributes inheritedAttributes) => new Logic(this);

    private sealed class Logic : OutGraphStageLogic
    {
        public Logic(NeverSource<T> stage)
            : base(stage.Shape) => SetHandler(stage.Out, this);

        public override void OnPull()
        {
        }
    }
}

internal sealed class FailedSource<T>(Exception cause) : SourceStage<T>("FailedSource")
{
    protected override GraphStageLogic CreateLogic(Attributes inheritedAttributes) => new Logic(this, cause);

    private sealed class Logic : OutGraphStageLogic
    {
        private readonly Exception _cause;

        public Logic(FailedSource<T> stage, Exception cause)
            : base(stage.Shape)
        {
            _cause = cause;
            SetHandler(stage.Out, this);
        }

        public override void PreStart() => FailStage(_cause);

        public override void OnPull()
        {
        }
    }
}

internal sealed class SingleSource<T>(T element) : SourceStage<T>("SingleSource")
{
    protected override GraphStageLogic CreateLogic(Attributes inheritedAttributes) => new Logic(this, element);

    private sealed class Logic : OutGraphStageLogic
    {
        private readonly SingleSource<T> _stage;
        private readonly T _element;

        public Logic(SingleSource<T> stage, T element)
            : base(stage.Shape)
        {
            _stage = stage;
            _element = element;
            SetHandler(stage.Out, this);
        }

        public override void OnPull()
        {
            Push(_stage.Out, _element);
            CompleteStage();
        }
    }
}

internal sealed class RepeatSource<T>(T element) : SourceStage<T>("Repeat")
{
    protected override GraphStageLogic CreateLogic(Attributes inheritedAttributes) => new Logic(this, element);

    private sealed class Logic : OutGraphStageLogic
    {
        private readonly RepeatSource<T> _stage;
        private readonly T _element;

        public Logic(RepeatSource<T> stage, T element)
            : base(stage.Shape)
        {
            _stage = stage;
            _element = element;
            SetHandler(stage.Out, this);
        }

        public override void OnPull() => Push(_stage.Out, _element);
    }
}

/// <summary>Emits the elements of an enumerator, which is made when the stream starts and disposed with it.</summary>
internal sealed class EnumeratorSource<T>(string name, Func<IEnumerator<T>> factory) : SourceStage<T>(name)
{
    protected override GraphStageLogic CreateLogic(Attributes inheritedAttributes) =>
        new Logic(this, factory, inheritedAttributes.GetDecider());

    private sealed class Logic : OutGraphStageLogic
    {
        private readonly EnumeratorSource<T> _stage;
        private readonly Func<IEnumerator<T>> _factory;
        private readonly Decider _decider;
        private IEnumerator<T> _enumerator = null!;
        private bool _hasStarted;

        public Logic(EnumeratorSource<T> stage, Func<IEnumerator<T>> factory, Decider decider)
            : base(stage.Shape)
        {
            _stage = stage;
            _factory = factory;
            _decider = decider;
            SetHandler(stage.Out, this);
        }

        public override void PreStart()
        {
            try
            {
                _enumerator = _factory();
                _hasStarted = _enumerator.MoveNext();
                if (!_hasStarted) CompleteStage();
            }
            catch (Exception error)
            {
                FailStage(error);
            }
        }

        public override void PostStop() => _enumerator?.Dispose();

        public override void OnPull()
        {
            try
            {
                Push(_stage.Out, _enumerator.Current);
                if (!_enumerator.MoveNext()) CompleteStage();
            }
            catch (Exception error) when (_decider(error) != Directive.Stop)
            {
                if (!_enumerator.MoveNext()) CompleteStage();
            }
        }
    }
}

/// <summary>Emits the same element again and again in time, if there is demand then.</summary>
internal sealed class TickSource<T>(TimeSpan initialDelay, TimeSpan interval, T tick)
    : SourceStage<T, ICancelable>("TickSource")
{
    public override ILogicAndMaterializedValue<ICancelable> CreateLogicAndMaterializedValue(
        Attributes inheritedAttributes)
    {
        var logic = new Logic(this, initialDelay, interval, tick);
        return new LogicAndMaterializedValue<ICancelable>(logic, logic);
    }

    private sealed class Logic : TimerGraphStageLogic, IOutHandler, ICancelable
    {
        private static readonly object TimerKey = new();

        private readonly TickSource<T> _stage;
        private readonly TimeSpan _initialDelay;
        private readonly TimeSpan _interval;
        private readonly T _tick;
        private readonly Action _cancel;
        private readonly CancellationTokenSource _cancellation = new();

        public Logic(TickSource<T> stage, TimeSpan initialDelay, TimeSpan interval, T tick)
            : base(stage.Shape)
        {
            _stage = stage;
            _initialDelay = initialDelay;
            _interval = interval;
            _tick = tick;
            _cancel = GetAsyncCallback(CompleteStage);
            SetHandler(stage.Out, this);
        }

        public bool IsCancellationRequested => _cancellation.IsCancellationRequested;

        public CancellationToken Token => _cancellation.Token;

        public override void PreStart() => ScheduleRepeatedly(TimerKey, _initialDelay, _interval);

        public void OnPull()
        {
        }

        public void OnDownstreamFinish(Exception cause) => InternalOnDownstreamFinish(cause);

        public void Cancel()
        {
            if (_cancellation.IsCancellationRequested) return;
            _cancellation.Cancel();
            _cancel();
        }

        public void CancelAfter(TimeSpan delay) => Materializer.ScheduleOnce(delay, Cancel);

        public void CancelAfter(int millisecondsDelay) => CancelAfter(TimeSpan.FromMilliseconds(millisecondsDelay));

        public void Cancel(bool throwOnFirstException) => Cancel();

        protected internal override void OnTimer(object timerKey)
        {
            if (IsAvailable(_stage.Out) && !IsCancellationRequested) Push(_stage.Out, _tick);
        }
    }
}

/// <summary>Emits the element that its task is completed with; completes without one if that is null.</summary>
internal sealed class MaybeSource<T>() : SourceStage<T, TaskCompletionSource<T>>("MaybeSource")
{
    public override ILogicAndMaterializedValue<TaskCompletionSource<T>> CreateLogicAndMaterializedValue(
        Attributes inheritedAttributes)
    {
        var promise = StageAttributes.NewPromise<T>();
        return new LogicAndMaterializedValue<TaskCompletionSource<T>>(new Logic(this, promise), promise);
    }

    private sealed class Logic : OutGraphStageLogic
    {
        private readonly MaybeSource<T> _stage;
        private readonly TaskCompletionSource<T> _promise;
        private readonly Action<Task<T>> _completed;
        private bool _isArrived;

        public Logic(MaybeSource<T> stage, TaskCompletionSource<T> promise)
            : base(stage.Shape)
        {
            _stage = stage;
            _promise = promise;
            _completed = GetAsyncCallback<Task<T>>(Completed);
            SetHandler(stage.Out, this);
        }

        public override void PreStart()
        {
            if (_promise.Task.IsCompleted) Completed(_promise.Task);
            else _promise.Task.Notify(_completed);
        }

        public override void PostStop()
        {
            if (!_isArrived) _promise.TrySetException(new AbruptStageTerminationException(this));
        }

        public override void OnPull()
        {
        }

        public override void OnDownstreamFinish(Exception cause)
        {
            _isArrived = true;
            _promise.TrySetResult(default!);
            base.OnDownstreamFinish(cause);
        }

        private void Completed(Task<T> task)
        {
            _isArrived = true;
            if (!task.IsCompletedSuccessfully) FailStage(task.Failure());
            else if (task.Result is null) CompleteStage();
            else Emit(_stage.Out, task.Result, CompleteStage);
        }
    }
}
