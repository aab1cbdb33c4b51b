using Akka.Actor;
using Akka.Event;
using Akka.Streams.Implementation.Buffering;
using Akka.Streams.Stage;

namespace Akka.Streams.Implementation.Sources;

/// <summary>
/// Emits what is sent to a reference, which ends with the stream. Status.Success completes after the elements that
/// came before it, PoisonPill at once, Status.Failure fails.
/// </summary>
internal sealed class ActorRefSource<T>(int bufferSize, OverflowStrategy strategy)
    : SourceStage<T, IActorRef>("ActorRefSource")
{
    public override ILogicAndMaterializedValue<IActorRef> CreateLogicAndMaterializedValue(
        Attributes inheritedAttributes) =>
        throw new NotSupportedException("The materializer is needed, to make the actor reference");

    internal override ILogicAndMaterializedValue<IActorRef> Create(
        Attributes inheritedAttributes, ActorMaterializerImpl materializer)
    {
        var gate = new CallbackGate<(IActorRef Sender, object Message)>();
        var name = $"{materializer.NextFlowName()}-0-{inheritedAttributes.GetNameOrDefault("actorRefSource")}";
        var reference = new StageFunctionRef(materializer, name, (sender, message) => gate.Invoke((sender, message)));
        var logic = new Logic(this, bufferSize, strategy, gate, reference);
        return new LogicAndMaterializedValue<IActorRef>(logic, reference);
    }

    private sealed class Logic : OutGraphStageLogic
    {
        private readonly ActorRefSource<T> _stage;
        private readonly int _bufferSize;
        private readonly OverflowStrategy _strategy;
        private readonly CallbackGate<(IActorRef Sender, object Message)> _gate;
        private readonly StageFunctionRef _reference;
        private readonly BoundedBuffer<T> _buffer;
        private bool _isTerminating;

        public Logic(
            ActorRefSource<T> stage,
            int bufferSize,
            OverflowStrategy strategy,
            CallbackGate<(IActorRef Sender, object Message)> gate,
            StageFunctionRef reference)
            : base(stage.Shape)
        {
            _stage = stage;
            _bufferSize = bufferSize;
            _strategy = strategy;
            _gate = gate;
            _reference = reference;
            _buffer = new BoundedBuffer<T>(bufferSize);
            SetHandler(stage.Out, this);
        }

        public override void PreStart() =>
            _gate.Open(GetAsyncCallback<(IActorRef Sender, object Message)>(Receive));

        public override void PostStop()
        {
            _gate.Close();
            _reference.Stop();
        }

        public override void OnPull()
        {
            if (!_buffer.IsEmpty) Push(_stage.Out, _buffer.Dequeue());
            if (_isTerminating && _buffer.IsEmpty) CompleteStage();
        }

        private void Receive((IActorRef Sender, object Message) received)
        {
            switch (received.Message)
            {
                case PoisonPill:
                    CompleteStage();
                    break;
                case Status.Success:
                    _isTerminating = true;
                    if (_buffer.IsEmpty) CompleteStage();
                    break;
                case Status.Failure failure:
                    FailStage(failure.Cause);
                    break;
                case T element:
                    if (!_isTerminating) Accept(element);
                    break;
                default:
                    var system = ActorMaterializerImpl.Downcast(Materializer).System;
                    system.EventStream.Publish(new UnhandledMessage(received.Message, received.Sender, _reference));
                    break;
            }
        }

        private void Accept(T element)
        {
            if (IsAvailable(_stage.Out))
            {
                Push(_stage.Out, element);
                return;
            }

            if (_bufferSize == 0)
            {
                Log.Debug("Dropping element because there is no downstream demand: [{0}]", element);
                return;
            }

            if (!_buffer.IsFull || MakeRoom(element)) _buffer.Enqueue(element);
        }

        private bool MakeRoom(T element)
        {
            Log.Debug("Buffer is full at element [{0}] and overflowStrategy is: [{1}]", element, _strategy);
            switch (_strategy)
            {
                case OverflowStrategy.DropHead:
                    _buffer.DropHead();
                    return true;
                case OverflowStrategy.DropTail:
                    _buffer.DropTail();
                    return true;
                case OverflowStrategy.DropBuffer:
                    _buffer.Clear();
                    return true;
                case OverflowStrategy.DropNew:
                    return false;
                default:
                    FailStage(new BufferOverflowException($"Buffer overflow (max capacity was: {_bufferSize})!"));
                    return false;
            }
        }
    }
}
