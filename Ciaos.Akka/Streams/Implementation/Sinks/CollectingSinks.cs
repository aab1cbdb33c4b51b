using System.Collections.Immutable;
using Akka.Streams.Stage;

namespace Akka.Streams.Implementation.Sinks;

/// <summary>A sink that takes elements as fast as they come and ends with one result.</summary>
internal abstract class ResultLogic<TIn, TResult> : InGraphStageLogic
{
    private bool _hasEnded;

    protected ResultLogic(SinkStage<TIn, Task<TResult>> stage)
        : base(1, 0)
    {
        In = stage.In;
        SetHandler(In, this);
    }

    public Task<TResult> Result => Promise.Task;

    protected Inlet<TIn> In { get; }

    private TaskCompletionSource<TResult> Promise { get; } = StageAttributes.NewPromise<TResult>();

    public sealed override void PreStart() => Pull(In);

    public sealed override void PostStop()
    {
        if (!_hasEnded) Promise.TrySetException(new AbruptStageTerminationException(this));
    }

    public sealed override void OnUpstreamFailure(Exception e)
    {
        FailResult(e);
        FailStage(e);
    }

    protected void SetResult(TResult result)
    {
        _hasEnded = true;
        Promise.TrySetResult(result);
    }

    protected void FailResult(Exception e)
    {
        _hasEnded = true;
        Promise.TrySetException(e);
    }
}

/// <summary>Drops all elements.</summary>
internal sealed class IgnoreSink<T>() : SinkStage<T, Task<Done>>("IgnoreSink")
{
    public override ILogicAndMaterializedValue<Task<Done>> CreateLogicAndMaterializedValue(
        Attributes inheritedAttributes)
    {
        var logic = new Logic(this);
        return Made(logic, logic.Result);
    }

    private sealed class Logic(IgnoreSink<T> stage) : ResultLogic<T, Done>(stage)
    {
        public override void OnPush()
        {
            Grab(In);
            Pull(In);
        }

        public override void OnUpstreamFinish()
        {
            SetResult(Done.Instance);
            CompleteStage();
        }
    }
}

/// <summary>Collects all elements.</summary>
internal sealed class SeqSink<T>() : SinkStage<T, Task<IImmutableList<T>>>("SeqSink")
{
    public override ILogicAndMaterializedValue<Task<IImmutableList<T>>> CreateLogicAndMaterializedValue(
        Attributes inheritedAttributes)
    {
        var logic = new Logic(this);
        return Made(logic, logic.Result);
    }

    private sealed class Logic(SeqSink<T> stage) : ResultLogic<T, IImmutableList<T>>(stage)
    {
        private readonly ImmutableList<T>.Builder _elements = ImmutableList.CreateBuilder<T>();

        public override void OnPush()
        {
            _elements.Add(Grab(In));
            Pull(In);
        }

        public override void OnUpstreamFinish()
        {
            SetResult(_elements.ToImmutable());
            CompleteStage();
        }
    }
}

/// <summary>Takes the first element and cancels.</summary>
internal sealed class FirstSink<T>(bool orDefault)
    : SinkStage<T, Task<T>>(orDefault ? "FirstOrDefaultSink" : "FirstSink")
{
    public override ILogicAndMaterializedValue<Task<T>> CreateLogicAndMaterializedValue(Attributes inheritedAttributes)
    {
        var logic = new Logic(this, orDefault);
        return Made(logic, logic.Result);
    }

    private sealed class Logic(FirstSink<T> stage, bool orDefault) : ResultLogic<T, T>(stage)
    {
        public override void OnPush()
        {
            SetResult(Grab(In));
            CompleteStage();
        }

        public override void OnUpstreamFinish()
        {
            if (orDefault) SetResult(default!);
            else FailResult(new NoSuchElementException("First of empty stream"));
            CompleteStage();
        }
    }
}

/// <summary>Takes the last element.</summary>
internal sealed class LastSink<T>(bool orDefault)
    : SinkStage<T, Task<T>>(orDefault ? "LastOrDefaultSink" : "LastSink")
{
    public override ILogicAndMaterializedValue<Task<T>> CreateLogicAndMaterializedValue(Attributes inheritedAttributes)
    {
        var logic = new Logic(this, orDefault);
        return Made(logic, logic.Result);
    }

    private sealed class Logic(LastSink<T> stage, bool orDefault) : ResultLogic<T, T>(stage)
    {
        private T _last = default!;
        private bool _hasLast;

        public override void OnPush()
        {
            _last = Grab(In);
            _hasLast = true;
            Pull(In);
        }

        public override void OnUpstreamFinish()
        {
            if (_hasLast || orDefault) SetResult(_last);
            else FailResult(new NoSuchElementException("Last of empty stream"));
            CompleteStage();
        }
    }
}

/// <summary>Cancels at once.</summary>
internal sealed class CancelledSink<T>() : SinkStage<T, NotUsed>("CancelSink")
{
    public override ILogicAndMaterializedValue<NotUsed> CreateLogicAndMaterializedValue(
        Attributes inheritedAttributes) => Made(new Logic(this), NotUsed.Instance);

    private sealed class Logic : InGraphStageLogic
    {
        private readonly CancelledSink<T> _stage;

        public Logic(CancelledSink<T> stage)
            : base(stage.Shape)
        {
            _stage = stage;
            SetHandler(stage.In, this);
        }

        public override void PreStart() => Cancel(_stage.In);

        public override void OnPush()
        {
        }
    }
}

/// <summary>Drops all elements and calls back when the stream ends.</summary>
internal sealed class OnCompleteSink<T>(Action success, Action<Exception> failure)
    : SinkStage<T, NotUsed>("OnCompleteSink")
{
    private Action Success => success;

    private Action<Exception> Failure => failure;

    public override ILogicAndMaterializedValue<NotUsed> CreateLogicAndMaterializedValue(
        Attributes inheritedAttributes) => Made(new Logic(this), NotUsed.Instance);

    private sealed class Logic : InGraphStageLogic
    {
        private readonly OnCompleteSink<T> _stage;
        private bool _hasEnded;

        public Logic(OnCompleteSink<T> stage)
            : base(stage.Shape)
        {
            _stage = stage;
            SetHandler(stage.In, this);
        }

        public override void PreStart() => Pull(_stage.In);

        public override void PostStop()
        {
            if (!_hasEnded) _stage.Failure(new AbruptStageTerminationException(this));
        }

        public override void OnPush()
        {
            Grab(_stage.In);
            Pull(_stage.In);
        }

        public override void OnUpstreamFinish()
        {
            _hasEnded = true;
            _stage.Success();
            CompleteStage();
        }

        public override void OnUpstreamFailure(Exception e)
        {
            _hasEnded = true;
            _stage.Failure(e);
            FailStage(e);
        }
    }
}
