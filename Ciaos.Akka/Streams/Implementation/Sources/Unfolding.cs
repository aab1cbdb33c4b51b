using Akka.Streams.Stage;
using Akka.Streams.Supervision;
using Akka.Util;

namespace Akka.Streams.Implementation.Sources;

/// <summary>Makes elements from a state, until the function says that there are no more.</summary>
internal sealed class Unfold<TState, T>(TState state, Func<TState, Option<(TState, T)>> unfold)
    : SourceStage<T>("Unfold")
{
    protected override GraphStageLogic CreateLogic(Attributes inheritedAttributes) => new Logic(this, state, unfold);

    private sealed class Logic : OutGraphStageLogic
    {
        private readonly Unfold<TState, T> _stage;
        private readonly Func<TState, Option<(TState, T)>> _unfold;
        private TState _state;

        public Logic(Unfold<TState, T> stage, TState state, Func<TState, Option<(TState, T)>> unfold)
            : base(stage.Shape)
        {
            _stage = stage;
            _state = state;
            _unfold = unfold;
            SetHandler(stage.Out, this);
        }

        public override void OnPull()
        {
            var next = _unfold(_state);
            if (!next.HasValue)
            {
                CompleteStage();
                return;
            }

            (_state, var element) = next.Value;
            Push(_stage.Out, element);
        }
    }
}

/// <summary>Makes elements from a state, without end.</summary>
internal sealed class UnfoldInfinite<TState, T>(TState state, Func<TState, (TState, T)> unfold)
    : SourceStage<T>("UnfoldInfinite")
{
    protected override GraphStageLogic CreateLogic(Attributes inheritedAttributes) => new Logic(this, state, unfold);

    private sealed class Logic : OutGraphStageLogic
    {
        private readonly UnfoldInfinite<TState, T> _stage;
        private readonly Func<TState, (TState, T)> _unfold;
        private TState _state;

        public Logic(UnfoldInfinite<TState, T> stage, TState state, Func<TState, (TState, T)> unfold)
            : base(stage.Shape)
        {
            _stage = stage;
            _state = state;
            _unfold = unfold;
            SetHandler(stage.Out, this);
        }

        public override void OnPull()
        {
            (_state, var element) = _unfold(_state);
            Push(_stage.Out, element);
        }
    }
}

/// <summary>Makes elements from a state, each taking its time.</summary>
internal sealed class UnfoldAsync<TState, T>(TState state, Func<TState, Task<Option<(TState, T)>>> unfold)
    : SourceStage<T>("UnfoldAsync")
{
    protected override GraphStageLogic CreateLogic(Attributes inheritedAttributes) => new Logic(this, state, unfold);

    private sealed class Logic : OutGraphStageLogic
    {
        private readonly UnfoldAsync<TState, T> _stage;
        private readonly Func<TState, Task<Option<(TState, T)>>> _unfold;
        private readonly Action<Task<Option<(TState, T)>>> _unfolded;
        private TState _state;

        public Logic(UnfoldAsync<TState, T> stage, TState state, Func<TState, Task<Option<(TState, T)>>> unfold)
            : base(stage.Shape)
        {
            _stage = stage;
            _state = state;
            _unfold = unfold;
            _unfolded = GetAsyncCallback<Task<Option<(TState, T)>>>(Unfolded);
            SetHandler(stage.Out, this);
        }

        public override void OnPull()
        {
            var next = _unfold(_state);
            if (next.IsCompleted) Unfolded(next);
            else next.Notify(_unfolded);
        }

        private void Unfolded(Task<Option<(TState, T)>> next)
        {
            if (!next.IsCompletedSuccessfully)
            {
                FailStage(next.UnwrappedFailure());
            }
            else if (!next.Result.HasValue)
            {
                CompleteStage();
            }
            else
            {
                (_state, var element) = next.Result.Value;
                Push(_stage.Out, element);
            }
        }
    }
}

/// <summary>Reads elements from a resource that is opened for the stream and closed with it.</summary>
internal sealed class UnfoldResource<T, TResource>(
    Func<TResource> create, Func<TResource, Option<T>> read, Action<TResource> close)
    : SourceStage<T>("UnfoldResource")
{
    private Func<TResource> Opener => create;

    private Func<TResource, Option<T>> Read => read;

    private Action<TResource> Close => close;

    protected override GraphStageLogic CreateLogic(Attributes inheritedAttributes) =>
        new Logic(this, inheritedAttributes.GetDecider());

    private sealed class Logic : OutGraphStageLogic
    {
        private readonly UnfoldResource<T, TResource> _stage;
        private readonly Decider _decider;
        private TResource _resource = default!;
        private bool _isOpen;

        public Logic(UnfoldResource<T, TResource> stage, Decider decider)
            : base(stage.Shape)
        {
            _stage = stage;
            _decider = decider;
            SetHandler(stage.Out, this);
        }

        public override void PreStart()
        {
            _resource = _stage.Opener();
            _isOpen = true;
        }

        public override void PostStop()
        {
            if (_isOpen) CloseResource();
        }

        public override void OnPull()
        {
            while (true)
            {
                try
                {
                    var element = _stage.Read(_resource);
                    if (element.HasValue) Push(_stage.Out, element.Value);
                    else CloseAndComplete();
                    return;
                }
                catch (Exception error) when (_decider(error) is var directive && directive != Directive.Stop)
                {
                    if (directive == Directive.Restart && !TryReopen()) return;
                }
            }
        }

        public override void OnDownstreamFinish(Exception cause)
        {
            CloseResource();
            base.OnDownstreamFinish(cause);
        }

        private void CloseAndComplete()
        {
            CloseResource();
            CompleteStage();
        }

        private void CloseResource()
        {
            // Closed once, even if closing throws.
            _isOpen = false;
            _stage.Close(_resource);
        }

        private bool TryReopen()
        {
            try
            {
                CloseResource();
                _resource = _stage.Opener();
                _isOpen = true;
                return true;
            }
            catch (Exception error)
            {
                FailStage(error);
                return false;
            }
        }
    }
}

/// <summary>Like <see cref="UnfoldResource{T,TResource}"/>, each step taking its time.</summary>
internal sealed class UnfoldResourceAsync<T, TResource>(
    Func<Task<TResource>> create, Func<TResource, Task<Option<T>>> read, Func<TResource, Task<Done>> close)
    : SourceStage<T>("UnfoldResourceAsync")
{
    private Func<Task<TResource>> Opener => create;

    private Func<TResource, Task<Option<T>>> Read => read;

    private Func<TResource, Task<Done>> Close => close;

    protected override GraphStageLogic CreateLogic(Attributes inheritedAttributes) =>
        new Logic(this, inheritedAttributes.GetDecider());

    private sealed class Logic : OutGraphStageLogic
    {
        private readonly UnfoldResourceAsync<T, TResource> _stage;
        private readonly Decider _decider;
        private readonly Action<Task<TResource>> _created;
        private readonly Action<Task<Option<T>>> _read;
        private TResource _resource = default!;
        private bool _isOpen;

        public Logic(UnfoldResourceAsync<T, TResource> stage, Decider decider)
            : base(stage.Shape)
        {
            _stage = stage;
            _decider = decider;
            _created = GetAsyncCallback<Task<TResource>>(Created);
            _read = GetAsyncCallback<Task<Option<T>>>(WasRead);
            SetHandler(stage.Out, this);
        }

        public override void PreStart() => Open();

        public override void PostStop()
        {
            if (_isOpen) _ = CloseResource();
        }

        public override void OnPull()
        {
            if (!_isOpen) return;
            try
            {
                var element = _stage.Read(_resource);
                if (element.IsCompleted) WasRead(element);
                else element.Notify(_read);
            }
            catch (Exception error)
            {
                Failed(error);
            }
        }

        public override void OnDownstreamFinish(Exception cause) => CloseThen(() => base.OnDownstreamFinish(cause));

        private void Open()
        {
            try
            {
                _stage.Opener().Notify(_created);
            }
            catch (Exception error)
            {
                FailStage(error);
            }
        }

        private void Created(Task<TResource> created)
        {
            if (!created.IsCompletedSuccessfully)
            {
                FailStage(created.UnwrappedFailure());
                return;
            }

            _resource = created.Result;
            _isOpen = true;
            if (IsAvailable(_stage.Out)) OnPull();
        }

        private void WasRead(Task<Option<T>> element)
        {
            if (!element.IsCompletedSuccessfully) Failed(element.UnwrappedFailure());
            else if (element.Result.HasValue) Push(_stage.Out, element.Result.Value);
            else CloseThen(CompleteStage);
        }

        private void Failed(Exception error)
        {
            switch (_decider(error))
            {
                case Directive.Stop:
                    CloseThen(() => FailStage(error));
                    break;
                case Directive.Resume:
                    OnPull();
                    break;
                case Directive.Restart:
                    CloseThen(Open);
                    break;
            }
        }

        private void CloseThen(Action then)
        {
            SetKeepGoing(true);
            var closed = GetAsyncCallback<Task<Done>>(task =>
            {
                SetKeepGoing(false);
                if (task.IsCompletedSuccessfully) then();
                else FailStage(task.UnwrappedFailure());
            });
            if (!_isOpen)
            {
                closed(Task.FromResult(Done.Instance));
                return;
            }

            CloseResource().Notify(closed);
        }

        private Task<Done> CloseResource()
        {
            _isOpen = false;
            try
            {
                return _stage.Close(_resource);
            }
            catch (Exception error)
            {
                return Task.FromException<Done>(error);
            }
        }
    }
}
