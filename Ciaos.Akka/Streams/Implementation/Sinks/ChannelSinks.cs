using System.Threading.Channels;
using Akka.Streams.Stage;

namespace Akka.Streams.Implementation.Sinks;

/// <summary>Writes elements to a channel, as fast as it has room. Cancels when the channel is closed.</summary>
internal sealed class ChannelWriterSink<T>(ChannelWriter<T> writer, bool isOwner)
    : SinkStage<T, NotUsed>("ChannelWriterSink")
{
    public override ILogicAndMaterializedValue<NotUsed> CreateLogicAndMaterializedValue(
        Attributes inheritedAttributes) => Made(new Logic(Shape, writer, isOwner), NotUsed.Instance);

    internal sealed class Logic : InGraphStageLogic
    {
        private readonly Inlet<T> _in;
        private readonly ChannelWriter<T> _writer;
        private readonly bool _isOwner;
        private readonly Action<Task<bool>> _ready;
        private T _waiting = default!;
        private bool _isWaiting;
        private bool _hasEnded;

        public Logic(SinkShape<T> shape, ChannelWriter<T> writer, bool isOwner)
            : base(shape)
        {
            _in = shape.Inlet;
            _writer = writer;
            _isOwner = isOwner;
            _ready = GetAsyncCallback<Task<bool>>(Ready);
            SetHandler(_in, this);
        }

        public override void PreStart() => Pull(_in);

        public override void PostStop()
        {
            if (!_hasEnded) End(new AbruptStageTerminationException(this));
        }

        public override void OnPush() => Write(Grab(_in));

        public override void OnUpstreamFinish()
        {
            if (_isWaiting)
            {
                SetKeepGoing(true);
                return;
            }

            End(null);
            CompleteStage();
        }

        public override void OnUpstreamFailure(Exception e)
        {
            End(e);
            FailStage(e);
        }

        private void Write(T element)
        {
            if (_writer.TryWrite(element))
            {
                if (!IsClosed(_in))
                {
                    Pull(_in);
                    return;
                }

                End(null);
                CompleteStage();
                return;
            }

            _waiting = element;
            _isWaiting = true;
            _writer.WaitToWriteAsync().AsTask().Notify(done => _ready(done));
        }

        private void Ready(Task<bool> task)
        {
            _isWaiting = false;
            if (task is { IsCompletedSuccessfully: true, Result: true })
            {
                Write(_waiting);
                return;
            }

            _hasEnded = true;
            if (task.IsCompletedSuccessfully) CompleteStage();
            else FailStage(task.UnwrappedFailure());
        }

        private void End(Exception? failure)
        {
            _hasEnded = true;
            if (_isOwner) _writer.TryComplete(failure);
        }
    }
}

/// <summary>Gives out the reader of a channel that it fills.</summary>
internal sealed class ChannelReaderSink<T>(BoundedChannelOptions options)
    : SinkStage<T, ChannelReader<T>>("ChannelReaderSink")
{
    public override ILogicAndMaterializedValue<ChannelReader<T>> CreateLogicAndMaterializedValue(
        Attributes inheritedAttributes)
    {
        var channel = Channel.CreateBounded<T>(options);
        return Made(new ChannelWriterSink<T>.Logic(Shape, channel.Writer, isOwner: true), channel.Reader);
    }
}
