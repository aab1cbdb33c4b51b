using Akka.Streams.Implementation;

namespace Akka.Streams.Stage;

// The ends of streams that run inside a stage: nested, because that is where Akka.NET's API has them.
public abstract partial class GraphStageLogic
{
    /// <summary>
    /// An inlet that a stage opens while it runs: what the stage materializes into <see cref="Sink"/> arrives here.
    /// </summary>
    protected class SubSinkInlet<T>
    {
        private readonly string _name;
        private readonly SubSink<T> _sink;
        private IInHandler? _handler;
        private T _element = default!;
        private bool _hasElement;

        public SubSinkInlet(GraphStageLogic logic, string name)
        {
            _name = name;
            _sink = new SubSink<T>(name, logic.GetAsyncCallback<SubSink<T>.Signal>(OnSignal));
        }

        public IGraph<SinkShape<T>, NotUsed> Sink => _sink;

        public bool IsAvailable => _hasElement;

        public bool IsClosed { get; private set; }

        public bool HasBeenPulled { get; private set; }

        public void SetHandler(IInHandler handler) => _handler = handler;

        public T Grab()
        {
            if (!_hasElement)
                throw new ArgumentException($"Cannot grab element from port ({this}) when data have not yet arrived");
            var element = _element;
            _element = default!;
            _hasElement = false;
            return element;
        }

        public void Pull()
        {
            if (HasBeenPulled) throw new ArgumentException($"Cannot pull port ({this}) twice");
            if (IsClosed) throw new ArgumentException($"Cannot pull closed port ({this})");
            HasBeenPulled = true;
            _sink.Pull();
        }

        public void Cancel() => Cancel(SubscriptionWithCancelException.NoMoreElementsNeeded.Instance);

        public void Cancel(Exception cause)
        {
            IsClosed = true;
            _sink.Cancel(cause);
        }

        public override string ToString() => $"SubSinkInlet({_name})";

        private void OnSignal(SubSink<T>.Signal signal)
        {
            if (IsClosed) return;
            if (signal.HasElement)
            {
                _element = signal.Element;
                _hasElement = true;
                HasBeenPulled = false;
                _handler!.OnPush();
                return;
            }

            IsClosed = true;
            if (signal.Failure is null) _handler!.OnUpstreamFinish();
            else _handler!.OnUpstreamFailure(signal.Failure);
        }
    }
}
