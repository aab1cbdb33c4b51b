using System.Threading.Channels;
using Akka.Streams.Stage;

namespace Akka.Streams.Implementation.Sources;

/// <summary>Emits an asynchronous sequence: asks for one element at a time, disposes it with the stream.</summary>
internal sealed class AsyncEnumerableSource<T>(Func<IAsyncEnumerable<T>> factory)
    : SourceStage<T>("AsyncEnumerable")
{
    protected override GraphStageLogic CreateLogic(Attributes inheritedAttributes) => new Logic(this, factory);

    private sealed class Logic : OutGraphStageLogic
    {
        private readonly AsyncEnumerableSource<T> _stage;
        private readonly Func<IAsyncEnumerable<T>> _factory;
        private readonly Action<Task<bool>> _moved;
        private readonly CancellationTokenSource _stopped = new();
        private IAsyncEnumerator<T> _enumerator = null!;
        private Task<bool>? _moving;

        public Logic(AsyncEnumerableSource<T> stage, Func<IAsyncEnumerable<T>> factory)
            : base(stage.Shape)
        {
            _stage = stage;
            _factory = factory;
            _moved = GetAsyncCallback<Task<bool>>(Moved);
            SetHandler(stage.Out, this);
        }

        public override void PreStart() => _enumerator = _factory().GetAsyncEnumerator(_stopped.Token);

        public override void PostStop()
        {
            _stopped.Cancel();
            _ = DisposeEnumerator();
        }

        public override void OnPull()
        {
            var next = _enumerator.MoveNextAsync();
            if (next.IsCompletedSuccessfully)
            {
                Deliver(next.Result);
                return;
            }

            _moving = next.AsTask();
            _moving.Notify(_moved);
        }

        private void Moved(Task<bool> moved)
        {
            if (moved.IsCompletedSuccessfully) Deliver(moved.Result);
            else FailStage(moved.UnwrappedFailure());
        }

        private void Deliver(bool hasElement)
        {
            if (hasElement) Push(_stage.Out, _enumerator.Current);
            else CompleteStage();
        }

        private async Task DisposeEnumerator()
        {
            if (_enumerator is null) return;
            try
            {
                // An enumerator must not be disposed while it moves.
                if (_moving is not null) await _moving.ConfigureAwait(false);
            }
            catch (Exception)
            {
                // The stream has ended: nobody is left to tell.
            }

            await _enumerator.DisposeAsync().ConfigureAwait(false);
            _stopped.Dispose();
        }
    }
}

/// <summary>Emits what is written to a channel.</summary>
internal sealed class ChannelReaderSource<T>(ChannelReader<T> reader) : SourceStage<T>("ChannelReaderSource")
{
    protected override GraphStageLogic CreateLogic(Attributes inheritedAttributes) => new Logic(this, reader);

    internal sealed class Logic : OutGraphStageLogic
    {
        private readonly Outlet<T> _out;
        private readonly ChannelReader<T> _reader;
        private readonly Action<Task<bool>> _ready;
        private bool _isWaiting;

        public Logic(ChannelReaderSource<T> stage, ChannelReader<T> reader)
            : this(stage.Shape, reader)
        {
        }

        public Logic(SourceShape<T> shape, ChannelReader<T> reader)
            : base(shape)
        {
            _out = shape.Outlet;
            _reader = reader;
            _ready = GetAsyncCallback<Task<bool>>(Ready);
            SetHandler(_out, this);
        }

        public override void PreStart()
        {
            // The end of the channel is noticed without demand.
            _ = _reader.Completion.ContinueWith(
                done => _ready(done.IsCompletedSuccessfully
                    ? Task.FromResult(true)
                    : Task.FromException<bool>(done.UnwrappedFailure())),
                TaskScheduler.Default);
        }

        public override void OnPull()
        {
            if (_reader.TryRead(out var element))
            {
                Push(_out, element);
                return;
            }

            if (_isWaiting) return;
            _isWaiting = true;
            _reader.WaitToReadAsync().AsTask().Notify(Waited);
        }

        private void Waited(Task<bool> task) => _ready(task);

        private void Ready(Task<bool> task)
        {
            _isWaiting = false;
            if (!task.IsCompletedSuccessfully) FailStage(task.UnwrappedFailure());
            else if (_reader.Completion.IsCompletedSuccessfully) CompleteStage();
            else if (IsAvailable(_out)) OnPull();
        }
    }
}

/// <summary>Gives out a channel's writer and emits what is written to it.</summary>
internal sealed class ChannelSourceStage<T>(BoundedChannelOptions options)
    : SourceStage<T, ChannelWriter<T>>("ChannelSource")
{
    public override ILogicAndMaterializedValue<ChannelWriter<T>> CreateLogicAndMaterializedValue(
        Attributes inheritedAttributes)
    {
        var channel = Channel.CreateBounded<T>(options);
        return new LogicAndMaterializedValue<ChannelWriter<T>>(
            new ChannelReaderSource<T>.Logic(Shape, channel.Reader), channel.Writer);
    }
}
