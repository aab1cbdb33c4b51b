using Akka.Streams.Stage;
using Akka.Streams.Supervision;

namespace Akka.Streams.Implementation.Buffering;

/// <summary>
/// Merges elements while the downstream is slow, up to a total cost; beyond that it slows the upstream down.
/// </summary>
internal sealed class Batch<TIn, TOut>(
    long max, Func<TIn, long> cost, Func<TIn, TOut> seed, Func<TOut, TIn, TOut> aggregate)
    : LinearStage<TIn, TOut>("Batch")
{
    private long Max => max;

    private Func<TIn, long> Cost => cost;

    private Func<TIn, TOut> Seed => seed;

    private Func<TOut, TIn, TOut> Aggregate => aggregate;

    protected override GraphStageLogic CreateLogic(Attributes inheritedAttributes) =>
        new Logic(this, inheritedAttributes.GetDecider());

    private sealed class Logic(Batch<TIn, TOut> stage, Decider decider) : LinearLogic<TIn, TOut>(stage)
    {
        private TOut _batch = default!;
        private bool _hasBatch;
        private long _left = stage.Max;
        private TIn _pending = default!;
        private bool _hasPending;

        public override void PreStart() => Pull(In);

        public override void OnPush()
        {
            var element = Grab(In);
            try
            {
                var elementCost = stage.Cost(element);
                if (!_hasBatch)
                {
                    Begin(element);
                }
                else if (_left < elementCost)
                {
                    _pending = element;
                    _hasPending = true;
                }
                else
                {
                    _batch = stage.Aggregate(_batch, element);
                    _left -= elementCost;
                }
            }
            catch (Exception error) when (decider(error) is var directive && directive != Directive.Stop)
            {
                if (directive == Directive.Restart) Restart();
            }

            if (IsAvailable(Out)) Flush();
            if (!_hasPending) TryPull(In);
        }

        public override void OnPull()
        {
            if (!_hasBatch)
            {
                if (IsClosed(In)) CompleteStage();
                else if (!HasBeenPulled(In)) Pull(In);
                return;
            }

            Flush();
            if (IsClosed(In))
            {
                if (!_hasBatch) CompleteStage();
            }
            else if (!_hasPending && !HasBeenPulled(In))
            {
                Pull(In);
            }
        }

        public override void OnUpstreamFinish()
        {
            if (!_hasBatch) CompleteStage();
        }

        private void Begin(TIn element)
        {
            _batch = stage.Seed(element);
            _hasBatch = true;
            _left = stage.Max - stage.Cost(element);
        }

        private void Flush()
        {
            if (!_hasBatch) return;
            Push(Out, _batch);
            Restart();
            if (!_hasPending) return;
            var element = _pending;
            _pending = default!;
            _hasPending = false;
            try
            {
                Begin(element);
            }
            catch (Exception error) when (decider(error) is var directive && directive != Directive.Stop)
            {
                if (directive == Directive.Restart) Restart();
            }
        }

        private void Restart()
        {
            _batch = default!;
            _hasBatch = false;
            _left = stage.Max;
        }
    }
}

/// <summary>Makes up elements from the last one while the upstream is slow.</summary>
internal sealed class Expand<TIn, TOut>(Func<TIn, IEnumerator<TOut>> extrapolate) : LinearStage<TIn, TOut>("Expand")
{
    protected override GraphStageLogic CreateLogic(Attributes inheritedAttributes) => new Logic(this, extrapolate);

    private sealed class Logic(Expand<TIn, TOut> stage, Func<TIn, IEnumerator<TOut>> extrapolate)
        : LinearLogic<TIn, TOut>(stage)
    {
        private IEnumerator<TOut>? _extrapolation;
        private bool _hasNext;

        // The first of an element's extrapolations must be emitted, the others are made only on demand.
        private bool _hasEmitted;

        public override void PreStart() => Pull(In);

        public override void OnPush()
        {
            _extrapolation = extrapolate(Grab(In));
            _hasNext = _extrapolation.MoveNext();
            if (!_hasNext)
            {
                Pull(In);
            }
            else if (IsAvailable(Out))
            {
                Push(Out, Next());
                _hasEmitted = true;
                Pull(In);
            }
            else
            {
                _hasEmitted = false;
            }
        }

        public override void OnPull()
        {
            if (!_hasNext) return;
            Push(Out, Next());
            if (_hasEmitted) return;
            _hasEmitted = true;
            if (IsClosed(In)) CompleteStage();
            else if (!HasBeenPulled(In)) Pull(In);
        }

        public override void OnUpstreamFinish()
        {
            if (!_hasNext || _hasEmitted) CompleteStage();
        }

        private TOut Next()
        {
            var next = _extrapolation!.Current;
            _hasNext = _extrapolation.MoveNext();
            return next;
        }
    }
}

/// <summary>Asks for one element ahead of demand.</summary>
internal sealed class Detacher<T>() : LinearStage<T, T>("Detacher")
{
    protected override GraphStageLogic CreateLogic(Attributes inheritedAttributes) => new Logic(this);

    private sealed class Logic(Detacher<T> stage) : LinearLogic<T, T>(stage)
    {
        public override void PreStart() => TryPull(In);

        public override void OnPush()
        {
            if (!IsAvailable(Out)) return;
            Push(Out, Grab(In));
            TryPull(In);
        }

        public override void OnPull()
        {
            if (!IsAvailable(In)) return;
            Push(Out, Grab(In));
            if (IsClosed(In)) CompleteStage();
            else Pull(In);
        }

        public override void OnUpstreamFinish()
        {
            if (!IsAvailable(In)) CompleteStage();
        }
    }
}
