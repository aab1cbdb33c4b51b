using Akka.Streams.Stage;
using Akka.Streams.Supervision;

namespace Akka.Streams.Implementation.Transforming;

/// <summary>Completes after so many elements.</summary>
internal sealed class Take<T>(long count) : LinearStage<T, T>("Take")
{
    protected override GraphStageLogic CreateLogic(Attributes inheritedAttributes) => new Logic(this, count);

    private sealed class Logic(Take<T> stage, long count) : LinearLogic<T, T>(stage)
    {
        private long _left = count;

        public override void PreStart()
        {
            if (_left <= 0) CompleteStage();
        }

        public override void OnPush()
        {
            _left--;
            Push(Out, Grab(In));
            if (_left <= 0) CompleteStage();
        }

        public override void OnPull()
        {
            if (_left > 0) Pull(In);
            else CompleteStage();
        }
    }
}

/// <summary>Completes at the first element that does not fulfil a condition.</summary>
internal sealed class TakeWhile<T>(Predicate<T> predicate, bool inclusive) : LinearStage<T, T>("TakeWhile")
{
    protected override GraphStageLogic CreateLogic(Attributes inheritedAttributes) =>
        new Logic(this, predicate, inclusive, inheritedAttributes.GetDecider());

    private sealed class Logic(TakeWhile<T> stage, Predicate<T> predicate, bool inclusive, Decider decider)
        : LinearLogic<T, T>(stage)
    {
        public override void OnPush()
        {
            var element = Grab(In);
            bool goesOn;
            try
            {
                goesOn = predicate(element);
            }
            catch (Exception error) when (decider(error) != Directive.Stop)
            {
                TryPull(In);
                return;
            }

            if (goesOn)
            {
                Push(Out, element);
                return;
            }

            if (inclusive) Push(Out, element);
            CompleteStage();
        }
    }
}

/// <summary>Drops so many elements.</summary>
internal sealed class Skip<T>(long count) : LinearStage<T, T>("Skip")
{
    protected override GraphStageLogic CreateLogic(Attributes inheritedAttributes) => new Logic(this, count);

    private sealed class Logic(Skip<T> stage, long count) : LinearLogic<T, T>(stage)
    {
        private long _left = count;

        public override void OnPush()
        {
            var element = Grab(In);
            if (_left > 0)
            {
                _left--;
                Pull(In);
            }
            else
            {
                Push(Out, element);
            }
        }
    }
}

/// <summary>Drops the elements before the first that does not fulfil a condition.</summary>
internal sealed class SkipWhile<T>(Predicate<T> predicate) : LinearStage<T, T>("SkipWhile")
{
    protected override GraphStageLogic CreateLogic(Attributes inheritedAttributes) =>
        new Logic(this, predicate, inheritedAttributes.GetDecider());

    private sealed class Logic(SkipWhile<T> stage, Predicate<T> predicate, Decider decider)
        : LinearLogic<T, T>(stage)
    {
        private bool _isOpen;

        public override void OnPush()
        {
            var element = Grab(In);
            if (!_isOpen)
            {
                try
                {
                    _isOpen = !predicate(element);
                }
                catch (Exception error) when (decider(error) != Directive.Stop)
                {
                    Pull(In);
                    return;
                }
            }

            if (_isOpen) Push(Out, element);
            else Pull(In);
        }
    }
}

/// <summary>Fails when the elements cost more than a limit.</summary>
internal sealed class LimitWeighted<T>(long max, Func<T, long> cost) : LinearStage<T, T>("LimitWeighted")
{
    protected override GraphStageLogic CreateLogic(Attributes inheritedAttributes) =>
        new Logic(this, max, cost, inheritedAttributes.GetDecider());

    private sealed class Logic(LimitWeighted<T> stage, long max, Func<T, long> cost, Decider decider)
        : LinearLogic<T, T>(stage)
    {
        private readonly long _max = max;
        private long _left = max;

        public override void OnPush()
        {
            var element = Grab(In);
            try
            {
                _left -= cost(element);
            }
            catch (Exception error) when (decider(error) != Directive.Stop)
            {
                if (decider(error) == Directive.Restart) _left = _max;
                TryPull(In);
                return;
            }

            if (_left >= 0) Push(Out, element);
            else FailStage(new StreamLimitReachedException(_max));
        }
    }
}

/// <summary>Emits a marker before the first element, between elements, and at the end.</summary>
internal sealed class Intersperse<T>(T inject, bool hasEnds, T start, T end) : LinearStage<T, T>("Intersperse")
{
    protected override GraphStageLogic CreateLogic(Attributes inheritedAttributes) => new Logic(this);

    private T InjectElement => inject;

    private bool HasEnds => hasEnds;

    private T Start => start;

    private T End => end;

    private sealed class Logic(Intersperse<T> stage) : LinearLogic<T, T>(stage)
    {
        private bool _hasStarted;

        public override void OnPush()
        {
            var element = Grab(In);
            if (_hasStarted) EmitMultiple(Out, [stage.InjectElement, element]);
            else if (stage.HasEnds) EmitMultiple(Out, [stage.Start, element]);
            else Emit(Out, element);
            _hasStarted = true;
        }

        public override void OnUpstreamFinish()
        {
            if (stage.HasEnds)
            {
                if (!_hasStarted) EmitMultiple(Out, [stage.Start, stage.End]);
                else Emit(Out, stage.End);
            }

            CompleteStage();
        }
    }
}
