using Akka.Actor;
using Akka.Streams.Stage;

namespace Akka.Streams.Implementation.Sinks;

/// <summary>Sends each element to an actor, as fast as they come. Cancels when the actor dies.</summary>
internal sealed class ActorRefSink<T>(
    IActorRef actorRef, object onCompleteMessage, Func<Exception, object> onFailureMessage)
    : SinkStage<T, NotUsed>("ActorRefSink")
{
    private IActorRef Target => actorRef;

    private object OnCompleteMessage => onCompleteMessage;

    private Func<Exception, object> OnFailureMessage => onFailureMessage;

    public override ILogicAndMaterializedValue<NotUsed> CreateLogicAndMaterializedValue(
        Attributes inheritedAttributes) => Made(new Logic(this), NotUsed.Instance);

    private sealed class Logic : InGraphStageLogic
    {
        private readonly ActorRefSink<T> _stage;
        private bool _hasEnded;

        public Logic(ActorRefSink<T> stage)
            : base(stage.Shape)
        {
            _stage = stage;
            SetHandler(stage.In, this);
        }

        public override void PreStart()
        {
            GetStageActor(Receive).Watch(_stage.Target);
            Pull(_stage.In);
        }

        public override void PostStop()
        {
            if (!_hasEnded) Tell(_stage.OnFailureMessage(new AbruptStageTerminationException(this)));
        }

        public override void OnPush()
        {
            Tell(Grab(_stage.In)!);
            Pull(_stage.In);
        }

        public override void OnUpstreamFinish()
        {
            _hasEnded = true;
            Tell(_stage.OnCompleteMessage);
            CompleteStage();
        }

        public override void OnUpstreamFailure(Exception e)
        {
            _hasEnded = true;
            Tell(_stage.OnFailureMessage(e));
            FailStage(e);
        }

        private void Tell(object message) => _stage.Target.Tell(message, ActorRefs.NoSender);

        private void Receive((IActorRef Sender, object Message) received)
        {
            if (received.Message is not Terminated terminated || !terminated.ActorRef.Equals(_stage.Target)) return;
            _hasEnded = true;
            CompleteStage();
        }
    }
}

/// <summary>
/// Sends elements to an actor, each when the actor has acknowledged the last: by any message of the acknowledgement's
/// type. Prefetches as many as the input buffer attribute says. Cancels when the actor dies.
/// </summary>
internal sealed class ActorRefWithAckSink<T>(
    IActorRef actorRef,
    object onInitMessage,
    object ackMessage,
    object onCompleteMessage,
    Func<Exception, object> onFailureMessage)
    : SinkStage<T, NotUsed>("ActorRefWithAckSink")
{
    private IActorRef Target => actorRef;

    private object OnInitMessage => onInitMessage;

    private Type AckType { get; } = ackMessage.GetType();

    private object OnCompleteMessage => onCompleteMessage;

    private Func<Exception, object> OnFailureMessage => onFailureMessage;

    public override ILogicAndMaterializedValue<NotUsed> CreateLogicAndMaterializedValue(
        Attributes inheritedAttributes)
    {
        var maxBuffer = inheritedAttributes.GetInputBuffer();
        if (maxBuffer <= 0)
            throw new ArgumentException("Buffer size must be greater than 0", nameof(inheritedAttributes));
        return Made(new Logic(this, maxBuffer), NotUsed.Instance);
    }

    private sealed class Logic : InGraphStageLogic
    {
        private readonly ActorRefWithAckSink<T> _stage;
        private readonly int _maxBuffer;
        private readonly Queue<T> _buffer = new();
        private IActorRef _self = null!;
        private bool _isAcknowledged;
        private bool _isUpstreamFinished;
        private bool _hasEnded;

        public Logic(ActorRefWithAckSink<T> stage, int maxBuffer)
            : base(stage.Shape)
        {
            _stage = stage;
            _maxBuffer = maxBuffer;
            SetHandler(stage.In, this);
        }

        public override void PreStart()
        {
            // Elements may still wait for acknowledgement when the upstream has completed.
            SetKeepGoing(true);
            var actor = GetStageActor(Receive);
            actor.Watch(_stage.Target);
            _self = actor.Ref;
            _stage.Target.Tell(_stage.OnInitMessage, _self);
            Pull(_stage.In);
        }

        public override void PostStop()
        {
            if (!_hasEnded)
                _stage.Target.Tell(_stage.OnFailureMessage(new AbruptStageTerminationException(this)), _self);
        }

        public override void OnPush()
        {
            _buffer.Enqueue(Grab(_stage.In));
            if (_isAcknowledged)
            {
                _isAcknowledged = false;
                SendNext();
            }

            if (_buffer.Count < _maxBuffer) Pull(_stage.In);
        }

        public override void OnUpstreamFinish()
        {
            _isUpstreamFinished = true;
            if (_buffer.Count == 0) Finish();
        }

        public override void OnUpstreamFailure(Exception e)
        {
            _hasEnded = true;
            _stage.Target.Tell(_stage.OnFailureMessage(e), _self);
            FailStage(e);
        }

        public override string ToString() => "ActorRefWithAckSink";

        private void Receive((IActorRef Sender, object Message) received)
        {
            if (received.Message.GetType() == _stage.AckType)
            {
                Acknowledged();
            }
            else if (received.Message is Terminated terminated && terminated.ActorRef.Equals(_stage.Target))
            {
                _hasEnded = true;
                CompleteStage();
            }
        }

        private void Acknowledged()
        {
            if (_buffer.Count == 0)
            {
                _isAcknowledged = true;
                return;
            }

            // A full buffer stopped the pulling.
            if (_buffer.Count == _maxBuffer) TryPull(_stage.In);
            SendNext();
        }

        private void SendNext()
        {
            _stage.Target.Tell(_buffer.Dequeue()!, _self);
            if (_buffer.Count == 0 && _isUpstreamFinished) Finish();
        }

        private void Finish()
        {
            _hasEnded = true;
            _stage.Target.Tell(_stage.OnCompleteMessage, _self);
            CompleteStage();
        }
    }
}
