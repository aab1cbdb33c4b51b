using Akka.Streams.Stage;
using Akka.Streams.Supervision;

namespace Akka.Streams.Implementation.Transforming;

/// <summary>Emits the fold of all elements when the upstream completes.</summary>
internal sealed class Aggregate<TIn, TOut>(TOut zero, Func<TOut, TIn, TOut> fold) : LinearStage<TIn, TOut>("Aggregate")
{
    protected override GraphStageLogic CreateLogic(Attributes inheritedAttributes) =>
        new Logic(this, zero, fold, inheritedAttributes.GetDecider());

    private sealed class Logic(
        Aggregate<TIn, TOut> stage, TOut zero, Func<TOut, TIn, TOut> fold, Decider decider)
        : LinearLogic<TIn, TOut>(stage)
    {
        private readonly TOut _zero = zero;
        private TOut _folded = zero;

        public override void OnPush()
        {
            try
            {
                _folded = fold(_folded, Grab(In));
            }
            catch (Exception error) when (decider(error) is var directive && directive != Directive.Stop)
            {
                if (directive == Directive.Restart) _folded = _zero;
            }

            TryPull(In);
        }

        public override void OnPull()
        {
            if (!IsClosed(In))
            {
                TryPull(In);
                return;
            }

            Push(Out, _folded);
            CompleteStage();
        }

        public override void OnUpstreamFinish()
        {
            if (!IsAvailable(Out)) return;
            Push(Out, _folded);
            CompleteStage();
        }
    }
}

/// <summary>Like <see cref="Aggregate{TIn,TOut}"/>, one step after the other, each taking its time.</summary>
internal sealed class AggregateAsync<TIn, TOut>(TOut zero, Func<TOut, TIn, Task<TOut>> fold)
    : LinearStage<TIn, TOut>("AggregateAsync")
{
    protected override GraphStageLogic CreateLogic(Attributes inheritedAttributes) =>
        new Logic(this, zero, fold, inheritedAttributes.GetDecider());

    private sealed class Logic : LinearLogic<TIn, TOut>
    {
        private readonly TOut _zero;
        private readonly Func<TOut, TIn, Task<TOut>> _fold;
        private readonly Decider _decider;
        private readonly Action<Task<TOut>> _folded;
        private TOut _current;
        private bool _isFolding;

        public Logic(
            AggregateAsync<TIn, TOut> stage, TOut zero, Func<TOut, TIn, Task<TOut>> fold, Decider decider)
            : base(stage)
        {
            _zero = zero;
            _fold = fold;
            _decider = decider;
            _current = zero;
            _folded = GetAsyncCallback<Task<TOut>>(Finished);
        }

        public override void OnPush()
        {
            try
            {
                _isFolding = true;
                var task = _fold(_current, Grab(In));
                task.Notify(task.IsCompleted ? Finished : _folded);
            }
            catch (Exception error)
            {
                _isFolding = false;
                Failed(error);
            }
        }

        public override void OnPull()
        {
            if (!_isFolding) TryPull(In);
        }

        public override void OnUpstreamFinish()
        {
            if (!_isFolding) EmitResult();
        }

        private void Finished(Task<TOut> task)
        {
            _isFolding = false;
            if (task.IsCompletedSuccessfully)
            {
                _current = task.Result;
                Next();
            }
            else
            {
                Failed(task.Failure());
            }
        }

        private void Failed(Exception error)
        {
            switch (_decider(error))
            {
                case Directive.Stop:
                    FailStage(error);
                    return;
                case Directive.Restart:
                    _current = _zero;
                    break;
            }

            Next();
        }

        private void Next()
        {
            if (IsClosed(In)) EmitResult();
            else if (!HasBeenPulled(In)) Pull(In);
        }

        private void EmitResult()
        {
            Emit(Out, _current);
            CompleteStage();
        }
    }
}

/// <summary>Folds all elements into the first. Fails when there is none.</summary>
internal sealed class Sum<T>(Func<T, T, T> reduce) : LinearStage<T, T>("Sum")
{
    protected override GraphStageLogic CreateLogic(Attributes inheritedAttributes) =>
        new Logic(this, reduce, inheritedAttributes.GetDecider());

    private sealed class Logic(Sum<T> stage, Func<T, T, T> reduce, Decider decider) : LinearLogic<T, T>(stage)
    {
        private T _sum = default!;
        private bool _hasSum;

        public override void OnPush()
        {
            var element = Grab(In);
            try
            {
                _sum = _hasSum ? reduce(_sum, element) : element;
                _hasSum = true;
            }
            catch (Exception error) when (decider(error) is var directive && directive != Directive.Stop)
            {
                if (directive == Directive.Restart) _hasSum = false;
            }

            TryPull(In);
        }

        public override void OnPull()
        {
            if (!IsClosed(In)) TryPull(In);
            else Finish();
        }

        public override void OnUpstreamFinish()
        {
            if (!_hasSum) FailStage(new NoSuchElementException("Reduce over empty stream"));
            else if (IsAvailable(Out)) Finish();
        }

        private void Finish()
        {
            Push(Out, _sum);
            CompleteStage();
        }
    }
}

/// <summary>Emits the zero, then the fold so far after each element.</summary>
internal sealed class Scan<TIn, TOut>(TOut zero, Func<TOut, TIn, TOut> fold) : LinearStage<TIn, TOut>("Scan")
{
    protected override GraphStageLogic CreateLogic(Attributes inheritedAttributes) =>
        new Logic(this, zero, fold, inheritedAttributes.GetDecider());

    private sealed class Logic(Scan<TIn, TOut> stage, TOut zero, Func<TOut, TIn, TOut> fold, Decider decider)
        : LinearLogic<TIn, TOut>(stage)
    {
        private readonly TOut _zero = zero;
        private TOut _current = zero;
        private bool _hasStarted;

        public override void OnPush()
        {
            try
            {
                _current = fold(_current, Grab(In));
                Push(Out, _current);
            }
            catch (Exception error)
            {
                Decide(error);
            }
        }

        public override void OnPull()
        {
            if (_hasStarted)
            {
                Pull(In);
                return;
            }

            _hasStarted = true;
            Push(Out, _current);
            if (IsClosed(In)) CompleteStage();
        }

        public override void OnUpstreamFinish()
        {
            // The zero is emitted in any case.
            if (_hasStarted) CompleteStage();
        }

        public override void OnUpstreamFailure(Exception e)
        {
            if (_hasStarted) FailStage(e);
            else Emit(Out, _current, () => FailStage(e));
        }

        private void Decide(Exception error)
        {
            switch (decider(error))
            {
                case Directive.Stop:
                    FailStage(error);
                    break;
                case Directive.Resume:
                    Pull(In);
                    break;
                case Directive.Restart:
                    _current = _zero;
                    Push(Out, _zero);
                    break;
            }
        }
    }
}

/// <summary>Like <see cref="Scan{TIn,TOut}"/>, one step after the other, each taking its time.</summary>
internal sealed class ScanAsync<TIn, TOut>(TOut zero, Func<TOut, TIn, Task<TOut>> fold)
    : LinearStage<TIn, TOut>("ScanAsync")
{
    protected override GraphStageLogic CreateLogic(Attributes inheritedAttributes) =>
        new Logic(this, zero, fold, inheritedAttributes.GetDecider());

    private sealed class Logic : LinearLogic<TIn, TOut>
    {
        private readonly TOut _zero;
        private readonly Func<TOut, TIn, Task<TOut>> _fold;
        private readonly Decider _decider;
        private readonly Action<Task<TOut>> _folded;
        private TOut _current;
        private bool _hasStarted;
        private bool _isFolding;

        public Logic(ScanAsync<TIn, TOut> stage, TOut zero, Func<TOut, TIn, Task<TOut>> fold, Decider decider)
            : base(stage)
        {
            _zero = zero;
            _fold = fold;
            _decider = decider;
            _current = zero;
            _folded = GetAsyncCallback<Task<TOut>>(Finished);
        }

        public override void OnPush()
        {
            try
            {
                _isFolding = true;
                var task = _fold(_current, Grab(In));
                if (task is null)
                    throw ReactiveStreamsCompliance.ElementMustNotBeNull();
                task.Notify(task.IsCompleted ? Finished : _folded);
            }
            catch (Exception error)
            {
                _isFolding = false;
                Failed(error);
            }
        }

        public override void OnPull()
        {
            if (_hasStarted)
            {
                if (!_isFolding) TryPull(In);
                return;
            }

            _hasStarted = true;
            Push(Out, _zero);
            if (IsClosed(In)) CompleteStage();
        }

        public override void OnUpstreamFinish()
        {
            if (_hasStarted && !_isFolding) CompleteStage();
        }

        public override void OnUpstreamFailure(Exception e)
        {
            if (_hasStarted) FailStage(e);
            else Emit(Out, _zero, () => FailStage(e));
        }

        private void Finished(Task<TOut> task)
        {
            _isFolding = false;
            if (!task.IsCompletedSuccessfully)
            {
                Failed(task.Failure());
                return;
            }

            if (task.Result is null)
            {
                Failed(ReactiveStreamsCompliance.ElementMustNotBeNull());
                return;
            }

            _current = task.Result;
            PushCurrent();
        }

        private void PushCurrent()
        {
            if (IsAvailable(Out)) Push(Out, _current);
            if (IsClosed(In)) CompleteStage();
        }

        private void Failed(Exception error)
        {
            switch (_decider(error))
            {
                case Directive.Stop:
                    FailStage(error);
                    break;
                case Directive.Restart:
                    _current = _zero;
                    PushCurrent();
                    break;
                case Directive.Resume when IsClosed(In):
                    CompleteStage();
                    break;
                case Directive.Resume:
                    if (!HasBeenPulled(In)) Pull(In);
                    break;
            }
        }
    }
}
