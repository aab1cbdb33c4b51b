using Akka.Pattern;
using Akka.Streams.Implementation.Buffering;
using Akka.Streams.Stage;

namespace Akka.Streams.Implementation.Sources;

/// <summary>Emits what is offered to a queue, which answers each offer.</summary>
internal sealed class QueueSource<T>(int maxBuffer, OverflowStrategy strategy)
    : SourceStage<T, ISourceQueueWithComplete<T>>("QueueSource")
{
    public override ILogicAndMaterializedValue<ISourceQueueWithComplete<T>> CreateLogicAndMaterializedValue(
        Attributes inheritedAttributes)
    {
        var queue = new Queue();
        var logic = new Logic(this, maxBuffer, strategy, queue);
        return new LogicAndMaterializedValue<ISourceQueueWithComplete<T>>(logic, queue);
    }

    private abstract record Input;

    private sealed record Offer(T Element, TaskCompletionSource<IQueueOfferResult> Answer) : Input;

    private sealed record Completion : Input;

    private sealed record Failure(Exception Cause) : Input;

    private sealed class Queue : ISourceQueueWithComplete<T>
    {
        public CallbackGate<Input> Gate { get; } = new(Reject);

        public TaskCompletionSource Ended { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task<IQueueOfferResult> OfferAsync(T element)
        {
            var answer = StageAttributes.NewPromise<IQueueOfferResult>();
            Gate.Invoke(new Offer(element, answer));
            return answer.Task;
        }

        public Task WatchCompletionAsync() => Ended.Task;

        public void Complete() => Gate.Invoke(new Completion());

        public void Fail(Exception ex) => Gate.Invoke(new Failure(ex));

        private static void Reject(Input input)
        {
            if (input is Offer offer) offer.Answer.TrySetException(new StreamDetachedException());
        }
    }

    private sealed class Logic : OutGraphStageLogic
    {
        private readonly QueueSource<T> _stage;
        private readonly int _maxBuffer;
        private readonly OverflowStrategy _strategy;
        private readonly Queue _queue;
        private readonly BoundedBuffer<T> _buffer;
        private Offer? _pending;
        private bool _isTerminating;

        public Logic(QueueSource<T> stage, int maxBuffer, OverflowStrategy strategy, Queue queue)
            : base(stage.Shape)
        {
            _stage = stage;
            _maxBuffer = maxBuffer;
            _strategy = strategy;
            _queue = queue;
            _buffer = new BoundedBuffer<T>(maxBuffer);
            SetHandler(stage.Out, this);
        }

        private bool IsDrained => _buffer.IsEmpty && _pending is null;

        public override void PreStart() => _queue.Gate.Open(GetAsyncCallback<Input>(Receive));

        public override void PostStop()
        {
            _queue.Ended.TrySetException(new StreamDetachedException());
            _pending?.Answer.TrySetException(new StreamDetachedException());
            _queue.Gate.Close();
        }

        public override void OnPull()
        {
            if (!_buffer.IsEmpty)
            {
                Push(_stage.Out, _buffer.Dequeue());
                if (_pending is { } waiting) Enqueue(waiting);
                _pending = null;
            }
            else if (_pending is { } offer)
            {
                Push(_stage.Out, offer.Element);
                offer.Answer.TrySetResult(QueueOfferResult.Enqueued.Instance);
                _pending = null;
            }

            if (_isTerminating && IsDrained) Finish();
        }

        public override void OnDownstreamFinish(Exception cause)
        {
            _pending?.Answer.TrySetResult(QueueOfferResult.QueueClosed.Instance);
            _pending = null;
            _queue.Ended.TrySetResult();
            base.OnDownstreamFinish(cause);
        }

        private void Receive(Input input)
        {
            switch (input)
            {
                case Offer offer when _isTerminating:
                    offer.Answer.TrySetResult(QueueOfferResult.QueueClosed.Instance);
                    break;
                case Offer offer:
                    Accept(offer);
                    break;
                case Completion:
                    _isTerminating = true;
                    if (IsDrained) Finish();
                    break;
                case Failure failure:
                    _queue.Ended.TrySetException(failure.Cause);
                    FailStage(failure.Cause);
                    break;
            }
        }

        private void Accept(Offer offer)
        {
            if (IsAvailable(_stage.Out))
            {
                // With demand nothing waits that could be overtaken.
                Push(_stage.Out, offer.Element);
                offer.Answer.TrySetResult(QueueOfferResult.Enqueued.Instance);
            }
            else if (!_buffer.IsFull)
            {
                Enqueue(offer);
            }
            else if (_maxBuffer == 0 && _pending is null)
            {
                _pending = offer;
            }
            else
            {
                Overflow(offer);
            }
        }

        private void Overflow(Offer offer)
        {
            switch (_strategy)
            {
                case OverflowStrategy.DropHead or OverflowStrategy.DropBuffer when _maxBuffer == 0:
                    _pending!.Answer.TrySetResult(QueueOfferResult.Dropped.Instance);
                    _pending = offer;
                    break;
                case OverflowStrategy.DropTail when _maxBuffer == 0:
                case OverflowStrategy.DropNew:
                    offer.Answer.TrySetResult(QueueOfferResult.Dropped.Instance);
                    break;
                case OverflowStrategy.DropHead:
                    _buffer.DropHead();
                    Enqueue(offer);
                    break;
                case OverflowStrategy.DropTail:
                    _buffer.DropTail();
                    Enqueue(offer);
                    break;
                case OverflowStrategy.DropBuffer:
                    _buffer.Clear();
                    Enqueue(offer);
                    break;
                case OverflowStrategy.Backpressure when _pending is null:
                    _pending = offer;
                    break;
                case OverflowStrategy.Backpressure:
                    offer.Answer.TrySetException(new IllegalStateException(
                        "You have to wait for previous offer to be resolved to send another request."));
                    break;
                case OverflowStrategy.Fail:
                    var overflow = new BufferOverflowException($"Buffer overflow (max capacity was: {_maxBuffer})!");
                    offer.Answer.TrySetResult(new QueueOfferResult.Failure(overflow));
                    _queue.Ended.TrySetException(overflow);
                    FailStage(overflow);
                    break;
            }
        }

        private void Enqueue(Offer offer)
        {
            _buffer.Enqueue(offer.Element);
            offer.Answer.TrySetResult(QueueOfferResult.Enqueued.Instance);
        }

        private void Finish()
        {
            _queue.Ended.TrySetResult();
            CompleteStage();
        }
    }
}
