using System.Threading.Channels;
using Akka.Streams;
using Akka.Streams.Dsl;
using Akka.Streams.Stage;
using Xunit;

namespace Ciaos.Specs.Akka.Streams;

/// <summary>A way into a running stage: what is run here runs as one of the stage's events.</summary>
public abstract class Probe
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly TaskCompletionSource<Action<Action>> _started =
        new(TaskCreationOptions.RunContinuationsAsynchronously);

    internal void Started(Action<Action> run) => _started.TrySetResult(run);

    protected static async Task<T> Within<T>(ValueTask<T> value) => await value.AsTask().WaitAsync(Patience);

    protected static Task<T> Within<T>(Task<T> task) => task.WaitAsync(Patience);

    /// <summary>Returns when the stage has done it, and all that had been started before.</summary>
    protected async Task Do(Action action)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        (await _started.Task.WaitAsync(Patience))(() =>
        {
            action();
            done.SetResult();
        });
        await done.Task.WaitAsync(Patience);
    }
}

/// <summary>A sink whose demand the spec controls. It sees elements, completion and failure.</summary>
public sealed class SinkProbe<T> : Probe
{
    private readonly Channel<(string Kind, T? Element, Exception? Failure)> _events =
        Channel.CreateUnbounded<(string, T?, Exception?)>();

    private Logic _logic = null!;

    public static Sink<T, SinkProbe<T>> Create() => Sink.FromGraph(new Stage());

    public Task Request(int count) => Do(() => _logic.Request(count));

    public Task Cancel(Exception? cause = null) => Do(() => _logic.CancelWith(cause));

    public async Task<T> Next()
    {
        await Request(1);
        return await ExpectNext();
    }

    public async Task<T> ExpectNext()
    {
        var (kind, element, failure) = await Within(_events.Reader.ReadAsync());
        if (kind != "next") Assert.Fail($"expected an element, got {kind} {failure}");
        return element!;
    }

    public async Task ExpectNext(params T[] elements)
    {
        foreach (var element in elements) Assert.Equal(element, await ExpectNext());
    }

    public async Task ExpectComplete()
    {
        var (kind, element, failure) = await Within(_events.Reader.ReadAsync());
        if (kind != "complete") Assert.Fail($"expected completion, got {kind} {element} {failure}");
    }

    public async Task<Exception> ExpectFailure()
    {
        var (kind, element, failure) = await Within(_events.Reader.ReadAsync());
        if (kind != "failure") Assert.Fail($"expected a failure, got {kind} {element}");
        return failure!;
    }

    /// <summary>Nothing has come, as far as the stream has got with what it was told.</summary>
    public async Task ExpectNothing()
    {
        await Do(() => { });
        if (_events.Reader.TryRead(out var got)) Assert.Fail($"expected nothing, got {got.Kind} {got.Element}");
    }

    private sealed class Stage : GraphStageWithMaterializedValue<SinkShape<T>, SinkProbe<T>>
    {
        public Inlet<T> In { get; } = new("SinkProbe.in");

        public override SinkShape<T> Shape => new(In);

        public override ILogicAndMaterializedValue<SinkProbe<T>> CreateLogicAndMaterializedValue(
            Attributes inheritedAttributes)
        {
            var probe = new SinkProbe<T>();
            probe._logic = new Logic(this, probe);
            return new LogicAndMaterializedValue<SinkProbe<T>>(probe._logic, probe);
        }
    }

    private sealed class Logic : GraphStageLogic
    {
        private readonly Inlet<T> _in;
        private readonly SinkProbe<T> _probe;
        private long _demand;

        public Logic(Stage stage, SinkProbe<T> probe)
            : base(stage.Shape)
        {
            _in = stage.In;
            _probe = probe;
            SetHandler(
                stage.In,
                onPush: () =>
                {
                    _probe._events.Writer.TryWrite(("next", Grab(_in), null));
                    if (--_demand > 0) Pull(_in);
                },
                onUpstreamFinish: () => _probe._events.Writer.TryWrite(("complete", default, null)),
                onUpstreamFailure: failure => _probe._events.Writer.TryWrite(("failure", default, failure)));
        }

        public override void PreStart()
        {
            // The spec may still want to talk to it when the stream has ended.
            SetKeepGoing(true);
            _probe.Started(GetAsyncCallback<Action>(action => action()));
        }

        public void Request(int count)
        {
            _demand += count;
            if (!IsClosed(_in) && !HasBeenPulled(_in)) Pull(_in);
        }

        public void CancelWith(Exception? cause)
        {
            if (cause is null) Cancel(_in);
            else Cancel(_in, cause);
        }
    }
}

/// <summary>A source that the spec controls. It sees demand and cancellation.</summary>
public sealed class SourceProbe<T> : Probe
{
    private readonly Channel<bool> _pulls = Channel.CreateUnbounded<bool>();
    private readonly TaskCompletionSource<Exception> _cancelled =
        new(TaskCreationOptions.RunContinuationsAsynchronously);

    private Logic _logic = null!;

    public static Source<T, SourceProbe<T>> Create() => Source.FromGraph(new Stage());

    /// <summary>Waits for demand, then pushes.</summary>
    public async Task Send(params T[] elements)
    {
        foreach (var element in elements)
        {
            await ExpectPull();
            await Do(() => _logic.PushElement(element));
        }
    }

    public Task Complete() => Do(() => _logic.CompleteStage());

    public Task Fail(Exception cause) => Do(() => _logic.FailStage(cause));

    public Task ExpectPull() => Within(_pulls.Reader.ReadAsync());

    public Task<Exception> ExpectCancellation() => Within(_cancelled.Task);

    /// <summary>There is no demand, as far as the stream has got with what it was told.</summary>
    public async Task ExpectNoPull()
    {
        await Do(() => { });
        Assert.False(_pulls.Reader.TryRead(out _), "expected no demand");
    }

    private sealed class Stage : GraphStageWithMaterializedValue<SourceShape<T>, SourceProbe<T>>
    {
        public Outlet<T> Out { get; } = new("SourceProbe.out");

        public override SourceShape<T> Shape => new(Out);

        public override ILogicAndMaterializedValue<SourceProbe<T>> CreateLogicAndMaterializedValue(
            Attributes inheritedAttributes)
        {
            var probe = new SourceProbe<T>();
            probe._logic = new Logic(this, probe);
            return new LogicAndMaterializedValue<SourceProbe<T>>(probe._logic, probe);
        }
    }

    private sealed class Logic : GraphStageLogic
    {
        private readonly Outlet<T> _out;
        private readonly SourceProbe<T> _probe;

        public Logic(Stage stage, SourceProbe<T> probe)
            : base(stage.Shape)
        {
            _out = stage.Out;
            _probe = probe;
            SetHandler(
                stage.Out,
                onPull: () => _probe._pulls.Writer.TryWrite(true),
                onDownstreamFinish: cause =>
                {
                    _probe._cancelled.TrySetResult(cause);
                    CancelStage(cause);
                });
        }

        public override void PreStart() => _probe.Started(GetAsyncCallback<Action>(action => action()));

        public void PushElement(T element) => Push(_out, element);
    }
}
