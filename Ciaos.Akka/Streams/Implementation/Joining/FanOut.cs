using Akka.Streams.Stage;

namespace Akka.Streams.Implementation.Joining;

/// <summary>Hands each element to two outlets, at the pace of the slower; ends when either cancels.</summary>
internal sealed class AlsoTo<T> : GraphStage<JunctionShape>
{
    public AlsoTo() => Shape = new JunctionShape([In], [Side, Main]);

    public Inlet<T> In { get; } = new("AlsoTo.in");

    public Outlet<T> Side { get; } = new("AlsoTo.side");

    public Outlet<T> Main { get; } = new("AlsoTo.out");

    public override JunctionShape Shape { get; }

    protected override Attributes InitialAttributes { get; } = Attributes.CreateName("alsoTo");

    public override string ToString() => "AlsoTo";

    protected override GraphStageLogic CreateLogic(Attributes inheritedAttributes) => new Logic(this);

    private sealed class Logic : GraphStageLogic
    {
        public Logic(AlsoTo<T> stage)
            : base(stage.Shape)
        {
            SetHandler(stage.In, () =>
            {
                var element = Grab(stage.In);
                Push(stage.Main, element);
                Push(stage.Side, element);
            });
            SetHandler(stage.Main, PullIfBoth);
            SetHandler(stage.Side, PullIfBoth);

            void PullIfBoth()
            {
                if (IsAvailable(stage.Main) && IsAvailable(stage.Side)) Pull(stage.In);
            }
        }
    }
}

/// <summary>Hands elements on, and to a sink as far as it keeps up; the sink never slows the stream down.</summary>
internal sealed class WireTap<T> : GraphStage<JunctionShape>
{
    public WireTap() => Shape = new JunctionShape([In], [Side, Main]);

    public Inlet<T> In { get; } = new("WireTap.in");

    public Outlet<T> Side { get; } = new("WireTap.side");

    public Outlet<T> Main { get; } = new("WireTap.out");

    public override JunctionShape Shape { get; }

    protected override Attributes InitialAttributes { get; } = Attributes.CreateName("wireTap");

    public override string ToString() => "WireTap";

    protected override GraphStageLogic CreateLogic(Attributes inheritedAttributes) => new Logic(this);

    private sealed class Logic : GraphStageLogic
    {
        private T _pending = default!;
        private bool _hasPending;

        public Logic(WireTap<T> stage)
            : base(stage.Shape)
        {
            SetHandler(
                stage.In,
                () =>
                {
                    var element = Grab(stage.In);
                    Push(stage.Main, element);
                    if (IsClosed(stage.Side)) return;
                    if (IsAvailable(stage.Side))
                    {
                        Push(stage.Side, element);
                    }
                    else
                    {
                        _pending = element;
                        _hasPending = true;
                    }
                },
                () =>
                {
                    // What waits for the side's demand is still delivered.
                    if (!_hasPending || IsClosed(stage.Side))
                    {
                        CompleteStage();
                        return;
                    }

                    Complete(stage.Main);
                    Emit(stage.Side, _pending, CompleteStage);
                });
            SetHandler(stage.Main, () => Pull(stage.In));
            SetHandler(
                stage.Side,
                () =>
                {
                    if (!_hasPending) return;
                    Push(stage.Side, _pending);
                    _hasPending = false;
                    _pending = default!;
                },
                _ =>
                {
                    _hasPending = false;
                    _pending = default!;
                });
        }
    }
}
