using Akka.Streams.Stage;

namespace Akka.Streams.Implementation.Joining;

/// <summary>All elements of the first inlet, then all of the second.</summary>
internal sealed class Concat<T> : GraphStage<JunctionShape>
{
    public Concat() => Shape = new JunctionShape([First, Second], [Out]);

    public Inlet<T> First { get; } = new("Concat.in0");

    public Inlet<T> Second { get; } = new("Concat.in1");

    public Outlet<T> Out { get; } = new("Concat.out");

    public override JunctionShape Shape { get; }

    protected override Attributes InitialAttributes { get; } = Attributes.CreateName("concat");

    public override string ToString() => "Concat";

    protected override GraphStageLogic CreateLogic(Attributes inheritedAttributes) => new Logic(this);

    private sealed class Logic : GraphStageLogic
    {
        private readonly Concat<T> _stage;
        private Inlet<T> _active;

        public Logic(Concat<T> stage)
            : base(stage.Shape)
        {
            _stage = stage;
            _active = stage.First;
            SetHandler(stage.First, () => Push(stage.Out, Grab(stage.First)), FirstFinished);
            SetHandler(stage.Second, () => Push(stage.Out, Grab(stage.Second)), SecondFinished);
            SetHandler(stage.Out, () => Pull(_active));
        }

        private void FirstFinished()
        {
            _active = _stage.Second;
            if (IsClosed(_stage.Second)) CompleteStage();
            else if (IsAvailable(_stage.Out)) Pull(_stage.Second);
        }

        private void SecondFinished()
        {
            if (_active == _stage.Second) CompleteStage();
        }
    }
}

/// <summary>The elements of both inlets as they come.</summary>
internal sealed class Merge<T> : GraphStage<JunctionShape>
{
    private readonly bool _eagerComplete;

    public Merge(bool eagerComplete)
    {
        _eagerComplete = eagerComplete;
        Shape = new JunctionShape([First, Second], [Out]);
    }

    public Inlet<T> First { get; } = new("Merge.in0");

    public Inlet<T> Second { get; } = new("Merge.in1");

    public Outlet<T> Out { get; } = new("Merge.out");

    public override JunctionShape Shape { get; }

    protected override Attributes InitialAttributes { get; } = Attributes.CreateName("merge");

    public override string ToString() => "Merge";

    protected override GraphStageLogic CreateLogic(Attributes inheritedAttributes) => new Logic(this);

    private sealed class Logic : GraphStageLogic
    {
        private readonly Merge<T> _stage;

        // Inlets whose element waits for demand, in the order of arrival.
        private readonly Queue<Inlet<T>> _waiting = new();
        private int _running = 2;

        public Logic(Merge<T> stage)
            : base(stage.Shape)
        {
            _stage = stage;
            SetHandler(stage.First, () => Arrived(stage.First), () => Finished(stage.First));
            SetHandler(stage.Second, () => Arrived(stage.Second), () => Finished(stage.Second));
            SetHandler(stage.Out, PushWaiting);
        }

        public override void PreStart()
        {
            Pull(_stage.First);
            Pull(_stage.Second);
        }

        private void Arrived(Inlet<T> inlet)
        {
            if (!IsAvailable(_stage.Out))
            {
                _waiting.Enqueue(inlet);
                return;
            }

            Push(_stage.Out, Grab(inlet));
            TryPull(inlet);
        }

        private void PushWaiting()
        {
            if (!_waiting.TryDequeue(out var inlet)) return;
            Push(_stage.Out, Grab(inlet));
            if (_running == 0 && _waiting.Count == 0) CompleteStage();
            else TryPull(inlet);
        }

        private void Finished(Inlet<T> inlet)
        {
            _running--;
            if (_stage._eagerComplete)
            {
                foreach (var other in new[] { _stage.First, _stage.Second })
                    if (other != inlet && !IsClosed(other)) Cancel(other);
                _running = 0;
            }

            if (_running == 0 && _waiting.Count == 0) CompleteStage();
        }
    }
}

/// <summary>Pairs the elements of two inlets; ends with the shorter.</summary>
internal sealed class ZipWith<T1, T2, TOut> : GraphStage<JunctionShape>
{
    private readonly Func<T1, T2, TOut> _combine;

    public ZipWith(Func<T1, T2, TOut> combine)
    {
        _combine = combine;
        Shape = new JunctionShape([First, Second], [Out]);
    }

    public Inlet<T1> First { get; } = new("ZipWith.in0");

    public Inlet<T2> Second { get; } = new("ZipWith.in1");

    public Outlet<TOut> Out { get; } = new("ZipWith.out");

    public override JunctionShape Shape { get; }

    protected override Attributes InitialAttributes { get; } = Attributes.CreateName("zipWith");

    public override string ToString() => "ZipWith";

    protected override GraphStageLogic CreateLogic(Attributes inheritedAttributes) => new Logic(this);

    private sealed class Logic : GraphStageLogic
    {
        private readonly ZipWith<T1, T2, TOut> _stage;

        public Logic(ZipWith<T1, T2, TOut> stage)
            : base(stage.Shape)
        {
            _stage = stage;
            SetHandler(stage.First, PushIfBoth, () => Finished(IsAvailable(stage.First)));
            SetHandler(stage.Second, PushIfBoth, () => Finished(IsAvailable(stage.Second)));
            SetHandler(stage.Out, PullBoth);
        }

        private void PullBoth()
        {
            Pull(_stage.First);
            Pull(_stage.Second);
        }

        private void PushIfBoth()
        {
            if (!IsAvailable(_stage.First) || !IsAvailable(_stage.Second)) return;
            Push(_stage.Out, _stage._combine(Grab(_stage.First), Grab(_stage.Second)));
            if (IsClosed(_stage.First) || IsClosed(_stage.Second)) CompleteStage();
        }

        private void Finished(bool hasElement)
        {
            // Its last element may still find a partner.
            if (!hasElement) CompleteStage();
        }
    }
}
