using Akka.Streams.Stage;

namespace Akka.Streams.Implementation;

/// <summary>
/// The far end of a <see cref="GraphStageLogic.SubSinkInlet{T}"/>: tells the stage what arrives, and does what the
/// stage commands. Commands that come before it is started wait.
/// </summary>
internal sealed class SubSink<T> : GraphStage<SinkShape<T>>
{
    private readonly Inlet<T> _in;
    private readonly Action<Signal> _signal;
    private readonly CallbackGate<Exception?> _commands = new();

    public SubSink(string name, Action<Signal> signal)
    {
        _in = new Inlet<T>($"SubSink({name}).in");
        _signal = signal;
        Shape = new SinkShape<T>(_in);
    }

    public override SinkShape<T> Shape { get; }

    protected override Attributes InitialAttributes { get; } = Attributes.CreateName("SubSink");

    public void Pull() => _commands.Invoke(null);

    public void Cancel(Exception cause) => _commands.Invoke(cause);

    protected override GraphStageLogic CreateLogic(Attributes inheritedAttributes) => new Logic(this);

    internal readonly record struct Signal(bool HasElement, T Element, Exception? Failure);

    private sealed class Logic : InGraphStageLogic
    {
        private readonly SubSink<T> _stage;

        public Logic(SubSink<T> stage)
            : base(stage.Shape)
        {
            _stage = stage;
            SetHandler(stage._in, this);
        }

        public override void PreStart() => _stage._commands.Open(GetAsyncCallback<Exception?>(Command));

        public override void PostStop() => _stage._commands.Close();

        public override void OnPush() => _stage._signal(new Signal(true, Grab(_stage._in), null));

        public override void OnUpstreamFinish()
        {
            _stage._signal(new Signal(false, default!, null));
            CompleteStage();
        }

        public override void OnUpstreamFailure(Exception e)
        {
            _stage._signal(new Signal(false, default!, e));
            FailStage(e);
        }

        private void Command(Exception? cancellation)
        {
            if (cancellation is null) TryPull(_stage._in);
            else CancelStage(cancellation);
        }
    }
}
