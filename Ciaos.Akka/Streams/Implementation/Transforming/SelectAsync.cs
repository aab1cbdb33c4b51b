using Akka.Event;
using Akka.Streams.Stage;
using Akka.Streams.Supervision;

namespace Akka.Streams.Implementation.Transforming;

/// <summary>One element that is being mapped.</summary>
internal sealed class Pending<TIn, TOut>
{
    private Directive? _directive;

    public Pending(TIn input) => Input = input;

    public TIn Input { get; }

    public Task<TOut>? Task { get; set; }

    /// <summary>Why it failed, once it has.</summary>
    public Exception? Failure { get; private set; }

    public bool IsDone { get; private set; }

    public void Finish(Task<TOut> task)
    {
        IsDone = true;
        if (!task.IsCompletedSuccessfully) Failure = task.Failure();
        else if (task.Result is null) Failure = ReactiveStreamsCompliance.ElementMustNotBeNull();
    }

    /// <summary>What is to be done about the failure; the decider is asked once.</summary>
    public Directive Decide(Decider decider) => _directive ??= decider(Failure!);
}

/// <summary>Maps elements to tasks, so many at a time, and emits their results in the order of the elements.</summary>
internal sealed class SelectAsync<TIn, TOut>(int parallelism, Func<TIn, Task<TOut>> mapper)
    : LinearStage<TIn, TOut>("SelectAsync")
{
    protected override GraphStageLogic CreateLogic(Attributes inheritedAttributes) =>
        new Logic(this, parallelism, mapper, inheritedAttributes.GetDecider());

    private sealed class Logic : LinearLogic<TIn, TOut>
    {
        private readonly Queue<Pending<TIn, TOut>> _pending;
        private readonly int _parallelism;
        private readonly Func<TIn, Task<TOut>> _mapper;
        private readonly Decider _decider;
        private readonly Action<Pending<TIn, TOut>> _done;

        public Logic(
            SelectAsync<TIn, TOut> stage, int parallelism, Func<TIn, Task<TOut>> mapper, Decider decider)
            : base(stage)
        {
            _pending = new Queue<Pending<TIn, TOut>>(Math.Min(parallelism, 64));
            _parallelism = parallelism;
            _mapper = mapper;
            _decider = decider;
            _done = GetAsyncCallback<Pending<TIn, TOut>>(Finished);
        }

        public override void OnPush()
        {
            var element = Grab(In);
            Task<TOut> task;
            try
            {
                task = _mapper(element);
            }
            catch (Exception error)
            {
                var directive = _decider(error);
                Log.Error(
                    error,
                    "An exception occurred inside SelectAsync while processing message [{0}]. Decision: {1}",
                    element,
                    directive);
                if (directive == Directive.Stop) FailStage(error);
                else PullIfRoom();
                return;
            }

            var pending = new Pending<TIn, TOut>(element) { Task = task };
            _pending.Enqueue(pending);
            if (task.IsCompleted)
            {
                Finished(pending);
            }
            else
            {
                task.Notify(_ => _done(pending));
            }

            PullIfRoom();
        }

        public override void OnPull()
        {
            PushReady();
            PullIfRoom();
        }

        public override void OnUpstreamFinish()
        {
            if (_pending.Count == 0) CompleteStage();
        }

        private void Finished(Pending<TIn, TOut> pending)
        {
            pending.Finish(pending.Task!);
            if (pending.Failure is { } failure)
            {
                var directive = pending.Decide(_decider);
                Log.Error(
                    failure,
                    "An exception occurred inside SelectAsync in the task of message [{0}]. Decision: {1}",
                    pending.Input,
                    directive);

                // A failure that ends the stream does so at once, not in its turn.
                if (directive == Directive.Stop)
                {
                    FailStage(failure);
                    return;
                }
            }

            if (IsAvailable(Out)) PushReady();
            PullIfRoom();
        }

        private void PushReady()
        {
            while (_pending.TryPeek(out var head) && head.IsDone)
            {
                if (head.Failure is null && !IsAvailable(Out)) return;
                _pending.Dequeue();
                if (head.Failure is null) Push(Out, head.Task!.Result);
            }

            if (_pending.Count == 0 && IsClosed(In)) CompleteStage();
        }

        private void PullIfRoom()
        {
            if (IsClosed(In))
            {
                if (_pending.Count == 0) CompleteStage();
            }
            else if (_pending.Count < _parallelism && !HasBeenPulled(In))
            {
                Pull(In);
            }
        }
    }
}

/// <summary>Maps elements to tasks, so many at a time, and emits their results as they come.</summary>
internal sealed class SelectAsyncUnordered<TIn, TOut>(int parallelism, Func<TIn, Task<TOut>> mapper)
    : LinearStage<TIn, TOut>("SelectAsyncUnordered")
{
    protected override GraphStageLogic CreateLogic(Attributes inheritedAttributes) =>
        new Logic(this, parallelism, mapper, inheritedAttributes.GetDecider());

    private sealed class Logic : LinearLogic<TIn, TOut>
    {
        private readonly Queue<TOut> _ready = new();
        private readonly int _parallelism;
        private readonly Func<TIn, Task<TOut>> _mapper;
        private readonly Decider _decider;
        private readonly Action<Task<TOut>> _done;
        private int _inFlight;

        public Logic(
            SelectAsyncUnordered<TIn, TOut> stage, int parallelism, Func<TIn, Task<TOut>> mapper, Decider decider)
            : base(stage)
        {
            _parallelism = parallelism;
            _mapper = mapper;
            _decider = decider;
            _done = GetAsyncCallback<Task<TOut>>(Finished);
        }

        public override void OnPush()
        {
            try
            {
                var task = _mapper(Grab(In));
                _inFlight++;
                if (task.IsCompleted) Finished(task);
                else task.Notify(_done);
            }
            catch (Exception error) when (_decider(error) != Directive.Stop)
            {
                // The element is dropped.
            }

            PullIfRoom();
        }

        public override void OnPull()
        {
            if (_ready.TryDequeue(out var element)) Push(Out, element);
            PullIfRoom();
        }

        public override void OnUpstreamFinish()
        {
            if (_inFlight + _ready.Count == 0) CompleteStage();
        }

        private void Finished(Task<TOut> task)
        {
            _inFlight--;
            var failure = !task.IsCompletedSuccessfully ? task.Failure()
                : task.Result is null ? ReactiveStreamsCompliance.ElementMustNotBeNull()
                : null;
            if (failure is not null)
            {
                if (_decider(failure) == Directive.Stop)
                {
                    FailStage(failure);
                    return;
                }
            }
            else if (IsAvailable(Out))
            {
                Push(Out, task.Result);
            }
            else
            {
                _ready.Enqueue(task.Result);
            }

            PullIfRoom();
        }

        private void PullIfRoom()
        {
            if (IsClosed(In))
            {
                if (_inFlight + _ready.Count == 0) CompleteStage();
            }
            else if (_inFlight + _ready.Count < _parallelism && !HasBeenPulled(In))
            {
                Pull(In);
            }
        }
    }
}
