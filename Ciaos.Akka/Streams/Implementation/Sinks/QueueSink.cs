using Akka.Pattern;
using Akka.Streams.Stage;
using Akka.Util;

namespace Akka.Streams.Implementation.Sinks;

/// <summary>Gives out elements on request, and prefetches as many as the input buffer attribute says.</summary>
internal sealed class QueueSink<T>() : SinkStage<T, ISinkQueue<T>>("QueueSink")
{
    public override ILogicAndMaterializedValue<ISinkQueue<T>> CreateLogicAndMaterializedValue(
        Attributes inheritedAttributes)
    {
        var maxBuffer = inheritedAttributes.GetInputBuffer();
        if (maxBuffer <= 0)
            throw new ArgumentException("Buffer must be greater than zero", nameof(inheritedAttributes));
        var queue = new Queue();
        return Made(new Logic(this, maxBuffer, queue), queue);
    }

    private sealed class Queue : ISinkQueue<T>
    {
        public CallbackGate<TaskCompletionSource<Option<T>>> Gate { get; } = new(Reject);

        public Task<Option<T>> PullAsync()
        {
            var request = StageAttributes.NewPromise<Option<T>>();
            Gate.Invoke(request);
            return request.Task;
        }

        private static void Reject(TaskCompletionSource<Option<T>> request) => request.TrySetException(
            new StreamDetachedException());
    }

    private sealed class Logic : InGraphStageLogic
    {
        private readonly QueueSink<T> _stage;
        private readonly int _maxBuffer;
        private readonly Queue _queue;
        private readonly Queue<T> _buffer = new();
        private TaskCompletionSource<Option<T>>? _request;
        private bool _hasEnded;
        private Exception? _failure;

        public Logic(QueueSink<T> stage, int maxBuffer, Queue queue)
            : base(stage.Shape)
        {
            _stage = stage;
            _maxBuffer = maxBuffer;
            _queue = queue;
            SetHandler(stage.In, this);
        }

        public override void PreStart()
        {
            // The end of the stream waits here until somebody asks for it.
            SetKeepGoing(true);
            _queue.Gate.Open(GetAsyncCallback<TaskCompletionSource<Option<T>>>(Request));
            Pull(_stage.In);
        }

        public override void PostStop()
        {
            _request?.TrySetException(new StreamDetachedException());
            _queue.Gate.Close();
        }

        public override void OnPush()
        {
            _buffer.Enqueue(Grab(_stage.In));
            AnswerRequest();
            if (_buffer.Count < _maxBuffer && !HasBeenPulled(_stage.In)) Pull(_stage.In);
        }

        public override void OnUpstreamFinish()
        {
            _hasEnded = true;
            AnswerRequest();
        }

        public override void OnUpstreamFailure(Exception e)
        {
            _hasEnded = true;
            _failure = e;
            AnswerRequest();
        }

        private void Request(TaskCompletionSource<Option<T>> request)
        {
            if (_request is not null)
            {
                request.TrySetException(new IllegalStateException(
                    "You have to wait for previous future to be resolved to send another request"));
                return;
            }

            _request = request;
            AnswerRequest();
        }

        private void AnswerRequest()
        {
            if (_request is not { } request) return;
            if (_buffer.TryDequeue(out var element))
            {
                _request = null;
                if (!IsClosed(_stage.In) && !HasBeenPulled(_stage.In)) Pull(_stage.In);
                request.TrySetResult(Option<T>.Create(element));
            }
            else if (_failure is not null)
            {
                _request = null;
                request.TrySetException(_failure);
                FailStage(_failure);
            }
            else if (_hasEnded)
            {
                _request = null;
                request.TrySetResult(Option<T>.None);
                CompleteStage();
            }
        }
    }
}
