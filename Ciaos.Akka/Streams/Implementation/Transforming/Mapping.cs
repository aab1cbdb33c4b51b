using Akka.Streams.Stage;
using Akka.Streams.Supervision;

namespace Akka.Streams.Implementation.Transforming;

/// <summary>Hands on what comes.</summary>
internal sealed class Identity<T>() : LinearStage<T, T>("Identity")
{
    protected override GraphStageLogic CreateLogic(Attributes inheritedAttributes) => new Logic(this);

    private sealed class Logic(Identity<T> stage) : LinearLogic<T, T>(stage)
    {
        public override void OnPush() => Push(Out, Grab(In));
    }
}

/// <summary>Maps each element to one.</summary>
internal sealed class Select<TIn, TOut>(Func<TIn, TOut> mapper) : LinearStage<TIn, TOut>("Select")
{
    protected override GraphStageLogic CreateLogic(Attributes inheritedAttributes) =>
        new Logic(this, mapper, inheritedAttributes.GetDecider());

    private sealed class Logic(Select<TIn, TOut> stage, Func<TIn, TOut> mapper, Decider decider)
        : LinearLogic<TIn, TOut>(stage)
    {
        public override void OnPush()
        {
            TOut mapped;
            try
            {
                mapped = mapper(Grab(In));
            }
            catch (Exception error) when (decider(error) != Directive.Stop)
            {
                TryPull(In);
                return;
            }

            Push(Out, mapped);
        }
    }
}

/// <summary>Keeps the elements that fulfil a condition.</summary>
internal sealed class Where<T>(Predicate<T> predicate) : LinearStage<T, T>("Where")
{
    protected override GraphStageLogic CreateLogic(Attributes inheritedAttributes) =>
        new Logic(this, predicate, inheritedAttributes.GetDecider());

    private sealed class Logic(Where<T> stage, Predicate<T> predicate, Decider decider) : LinearLogic<T, T>(stage)
    {
        public override void OnPush()
        {
            bool isWanted;
            var element = Grab(In);
            try
            {
                isWanted = predicate(element);
            }
            catch (Exception error) when (decider(error) != Directive.Stop)
            {
                isWanted = false;
            }

            if (isWanted) Push(Out, element);
            else TryPull(In);
        }
    }
}

/// <summary>Maps the elements that fulfil a condition, drops the others.</summary>
internal sealed class Collect<TIn, TOut>(Func<TIn, bool> isDefined, Func<TIn, TOut> collector)
    : LinearStage<TIn, TOut>("Collect")
{
    protected override GraphStageLogic CreateLogic(Attributes inheritedAttributes) =>
        new Logic(this, isDefined, collector, inheritedAttributes.GetDecider());

    private sealed class Logic(
        Collect<TIn, TOut> stage, Func<TIn, bool> isDefined, Func<TIn, TOut> collector, Decider decider)
        : LinearLogic<TIn, TOut>(stage)
    {
        public override void OnPush()
        {
            TOut collected = default!;
            var isWanted = false;
            var element = Grab(In);
            try
            {
                isWanted = isDefined(element);
                if (isWanted) collected = collector(element);
            }
            catch (Exception error) when (decider(error) != Directive.Stop)
            {
                isWanted = false;
            }

            if (isWanted) Push(Out, collected);
            else TryPull(In);
        }
    }
}

/// <summary>
/// Maps each element to any number of them. The function is made anew for each materialization, and when supervision
/// says restart.
/// </summary>
internal sealed class StatefulSelectMany<TIn, TOut>(Func<Func<TIn, IEnumerable<TOut>>> factory)
    : LinearStage<TIn, TOut>("StatefulSelectMany")
{
    protected override GraphStageLogic CreateLogic(Attributes inheritedAttributes) =>
        new Logic(this, factory, inheritedAttributes.GetDecider());

    private sealed class Logic(
        StatefulSelectMany<TIn, TOut> stage, Func<Func<TIn, IEnumerable<TOut>>> factory, Decider decider)
        : LinearLogic<TIn, TOut>(stage)
    {
        private Func<TIn, IEnumerable<TOut>> _function = factory();
        private IEnumerator<TOut>? _current;
        private bool _hasNext;

        public override void PostStop() => _current?.Dispose();

        public override void OnPush()
        {
            try
            {
                _current = _function(Grab(In)).GetEnumerator();
                _hasNext = _current.MoveNext();
                PushOrPull();
            }
            catch (Exception error)
            {
                Decide(error);
            }
        }

        public override void OnPull()
        {
            try
            {
                PushOrPull();
            }
            catch (Exception error)
            {
                Decide(error);
            }
        }

        public override void OnUpstreamFinish()
        {
            if (!_hasNext) CompleteStage();
        }

        private void PushOrPull()
        {
            if (!_hasNext)
            {
                if (IsClosed(In)) CompleteStage();
                else if (!HasBeenPulled(In) && IsAvailable(Out)) Pull(In);
                return;
            }

            if (!IsAvailable(Out)) return;
            Push(Out, _current!.Current);
            _hasNext = _current.MoveNext();
            if (!_hasNext && IsClosed(In)) CompleteStage();
        }

        private void Decide(Exception error)
        {
            var directive = decider(error);
            if (directive == Directive.Stop)
            {
                FailStage(error);
                return;
            }

            _current = null;
            _hasNext = false;
            if (directive == Directive.Restart) _function = factory();
            if (IsClosed(In)) CompleteStage();
            else if (!HasBeenPulled(In)) Pull(In);
        }
    }
}

/// <summary>Replaces the failure that comes.</summary>
internal sealed class SelectError<T>(Func<Exception, Exception> selector) : LinearStage<T, T>("SelectError")
{
    protected override GraphStageLogic CreateLogic(Attributes inheritedAttributes) => new Logic(this, selector);

    private sealed class Logic(SelectError<T> stage, Func<Exception, Exception> selector) : LinearLogic<T, T>(stage)
    {
        public override void OnPush() => Push(Out, Grab(In));

        public override void OnUpstreamFailure(Exception e) => FailStage(selector(e) ?? e);
    }
}

/// <summary>Lets a function see each element.</summary>
internal sealed class Peek<T>(Action<T> action) : LinearStage<T, T>("WireTap")
{
    protected override GraphStageLogic CreateLogic(Attributes inheritedAttributes) => new Logic(this, action);

    private sealed class Logic(Peek<T> stage, Action<T> action) : LinearLogic<T, T>(stage)
    {
        public override void OnPush()
        {
            var element = Grab(In);
            action(element);
            Push(Out, element);
        }
    }
}

/// <summary>Numbers the elements.</summary>
internal static class Indexing
{
    public static StatefulSelectMany<T, (T, long)> Of<T>() => new(() =>
    {
        var next = 0L;
        return element => [(element, next++)];
    });
}
