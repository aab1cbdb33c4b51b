using Akka;
using Akka.Actor;
using Akka.Pattern;
using Akka.Streams;
using Akka.Streams.Dsl;
using Akka.Streams.Stage;
using Xunit;

namespace Ciaos.Specs.Akka.Streams;

/// <summary>The stage API as its users write against it.</summary>
public sealed class CustomStageSpec : StreamSpec
{
    private static Flow<int, int, NotUsed> Of(Action<Behaviour> build) => Flow.FromGraph(new Stage(build));

    [Fact]
    public async Task A_stage_can_emit_two_for_one()
    {
        var doubled = Of(stage => stage.Handlers(
            onPush: () =>
            {
                var element = stage.GrabIn();
                stage.EmitAll([element, element]);
            },
            onPull: stage.PullIn));

        Assert.Equal([1, 1, 2, 2], await Collect(Source.From([1, 2]).Via(doubled)));
    }

    [Fact]
    public async Task What_is_emitted_waits_for_demand_and_completion_waits_for_it()
    {
        var (source, sink) = Probes(Of(stage => stage.Handlers(
            onPush: () => stage.EmitAll([stage.GrabIn(), 2, 3]),
            onPull: stage.PullIn)));

        await sink.Request(1);
        await source.Send(1);
        await sink.ExpectNext(1);
        await source.Complete();
        await sink.ExpectNothing();
        await sink.Request(1);
        await sink.ExpectNext(2);
        await sink.Request(1);
        await sink.ExpectNext(3);
        await sink.ExpectComplete();
    }

    [Fact]
    public async Task Emissions_queue_up_and_call_back_in_order()
    {
        var log = new List<string>();
        var (source, sink) = Probes(Of(stage => stage.Handlers(
            onPush: () =>
            {
                stage.GrabIn();
                stage.EmitOne(1, () => log.Add("first"));
                stage.EmitOne(2, () =>
                {
                    log.Add("second");
                    stage.EmitOne(4, () => log.Add("fourth"));
                });
                stage.EmitOne(3, () => log.Add("third"));
            },
            onPull: stage.PullIn)));

        await sink.Request(4);
        await source.Send(0);

        await sink.ExpectNext(1, 2, 3, 4);
        Assert.Equal(["first", "second", "third", "fourth"], log);
    }

    [Fact]
    public async Task A_stage_can_read_elements_in_line()
    {
        var pairs = Of(stage =>
        {
            stage.Handlers(onPush: () => throw new Boom("nobody pulled"), onPull: ReadPair);

            void ReadPair() => stage.ReadTwo(
                pair => stage.EmitOne(pair.Sum(), () => { }),
                rest => stage.EmitOne(rest.Sum(), stage.CompleteStage));
        });

        Assert.Equal([3, 7, 5], await Collect(Source.From([1, 2, 3, 4, 5]).Via(pairs)));
    }

    [Fact]
    public async Task A_stage_can_pass_elements_along()
    {
        var header = Of(stage =>
        {
            stage.Handlers(onPush: () => { }, onPull: () => { });
            stage.OnStart = () => stage.EmitOne(0, stage.PassOn);
        });

        Assert.Equal([0, 1, 2], await Collect(Source.From([1, 2]).Via(header)));
    }

    [Theory]
    [InlineData("pull twice")]
    [InlineData("push without pull")]
    [InlineData("grab nothing")]
    public async Task Breaking_the_rules_fails_the_stage(string what)
    {
        var stage = Of(behaviour => behaviour.Handlers(
            onPush: () => behaviour.PushOut(behaviour.GrabIn()),
            onPull: () =>
            {
                if (what == "pull twice")
                {
                    behaviour.PullIn();
                    behaviour.PullIn();
                }
                else if (what == "push without pull")
                {
                    behaviour.PushOut(1);
                    behaviour.PushOut(2);
                }
                else
                {
                    behaviour.GrabIn();
                }
            }));

        Assert.IsType<ArgumentException>(await Failure(Source.From([1, 2, 3]).Via(stage)));
    }

    [Fact]
    public async Task A_handler_that_throws_fails_the_stage_once_and_stops_it()
    {
        var stopped = 0;
        var (source, sink) = Probes(Of(stage =>
        {
            stage.Handlers(onPush: () => throw new Boom(), onPull: stage.PullIn);
            stage.OnStop = () => stopped++;
        }));

        await sink.Request(1);
        await source.Send(1);

        Assert.IsType<Boom>(await sink.ExpectFailure());
        Assert.IsType<Boom>(await source.ExpectCancellation());
        await sink.ExpectNothing();
        Assert.Equal(1, stopped);
    }

    [Fact]
    public void A_stage_without_a_handler_cannot_be_materialized()
    {
        var graph = Source.Single(1).Via(Of(_ => { })).To(Sink.Ignore<int>());

        Assert.Throws<IllegalStateException>(() => graph.Run(Materializer));
    }

    [Fact]
    public async Task A_stage_hears_from_other_threads_through_its_callback()
    {
        Action<int>? push = null;
        var ready = new TaskCompletionSource();
        var (_, sink) = Probes(Of(stage =>
        {
            stage.Handlers(onPush: () => { }, onPull: () => { });
            stage.OnStart = () =>
            {
                push = stage.Callback<int>(x => stage.EmitOne(x, () => { }));
                ready.SetResult();
            };
        }));
        await ready.Task.WaitAsync(Patience);

        Parallel.For(0, 100, x => push!(x));
        await sink.Request(100);

        var seen = new HashSet<int>();
        for (var i = 0; i < 100; i++) seen.Add(await sink.ExpectNext());
        Assert.Equal(100, seen.Count);
    }

    [Fact]
    public async Task Timers_fire_until_they_are_cancelled()
    {
        var (_, sink) = Probes(Of(stage =>
        {
            var count = 0;
            stage.Handlers(onPush: () => { }, onPull: () => { });
            stage.OnStart = () =>
            {
                stage.Every("tick", TimeSpan.FromMilliseconds(5));
                stage.Once("never", TimeSpan.FromMilliseconds(1));
                stage.Forget("never");
            };
            stage.OnFired = key =>
            {
                if (!key.Equals("tick")) throw new Boom("a cancelled timer fired");
                stage.EmitOne(++count, () => { });
                if (count == 3) stage.Forget("tick");
            };
        }));

        await sink.Request(10);

        await sink.ExpectNext(1, 2, 3);
        await sink.ExpectNothing();
    }

    [Fact]
    public async Task A_stage_has_an_actor_that_is_told_things_and_watches()
    {
        var reference = new TaskCompletionSource<IActorRef>();
        var other = Sys.ActorOf(Props.Create(() => new Silent()));
        var (_, sink) = Probes(Of(stage =>
        {
            stage.Handlers(onPush: () => { }, onPull: () => { });
            stage.OnStart = () => reference.SetResult(stage.Actor(
                message => stage.EmitOne(message is Terminated ? -1 : (int)message, () => { }), other));
        }));
        var actor = await reference.Task.WaitAsync(Patience);

        await sink.Request(3);
        actor.Tell(1);
        actor.Tell(2);
        await sink.ExpectNext(1, 2);
        Sys.Stop(other);
        await sink.ExpectNext(-1);
    }

    [Fact]
    public async Task A_stage_that_keeps_going_outlives_its_ports()
    {
        var finish = new TaskCompletionSource<Action>();
        var stopped = new TaskCompletionSource();
        var (source, sink) = Probes(Of(stage =>
        {
            stage.Handlers(onPush: () => { }, onPull: () => { });
            stage.OnStart = () =>
            {
                stage.KeepGoing();
                finish.SetResult(stage.Callback(stage.CompleteStage));
            };
            stage.OnStop = stopped.SetResult;
        }, keepOpen: true));

        await source.Complete();
        await sink.Cancel();
        Assert.False(stopped.Task.IsCompleted);
        (await finish.Task.WaitAsync(Patience))();

        await stopped.Task.WaitAsync(Patience);
    }

    private static Flow<int, int, NotUsed> Of(Action<Behaviour> build, bool keepOpen) =>
        Flow.FromGraph(new Stage(build, keepOpen));

    private sealed class Silent : UntypedActor
    {
        protected override void OnReceive(object message)
        {
        }
    }

    private sealed class Stage(Action<Behaviour> build, bool keepOpen = false) : GraphStage<FlowShape<int, int>>
    {
        public Inlet<int> In { get; } = new("in");

        public Outlet<int> Out { get; } = new("out");

        public override FlowShape<int, int> Shape => new(In, Out);

        protected override GraphStageLogic CreateLogic(Attributes inheritedAttributes)
        {
            var logic = new Behaviour(this, keepOpen);
            build(logic);
            return logic;
        }
    }

    /// <summary>Opens the protected members of a logic to the specs.</summary>
    private sealed class Behaviour(Stage stage, bool keepOpen) : TimerGraphStageLogic(stage.Shape)
    {
        public Action OnStart { get; set; } = () => { };

        public Action OnStop { get; set; } = () => { };

        public Action<object> OnFired { get; set; } = _ => { };

        public void Handlers(Action onPush, Action onPull)
        {
            if (keepOpen)
            {
                SetHandler(stage.In, onPush, () => { });
                SetHandler(stage.Out, onPull, _ => { });
            }
            else
            {
                SetHandler(stage.In, onPush);
                SetHandler(stage.Out, onPull);
            }
        }

        public override void PreStart() => OnStart();

        public override void PostStop() => OnStop();

        public void PullIn() => Pull(stage.In);

        public int GrabIn() => Grab(stage.In);

        public void PushOut(int element) => Push(stage.Out, element);

        public void EmitOne(int element, Action andThen) => Emit(stage.Out, element, andThen);

        public void EmitAll(IEnumerable<int> elements) => EmitMultiple(stage.Out, elements);

        public void ReadTwo(Action<IEnumerable<int>> andThen, Action<IEnumerable<int>> onComplete) =>
            ReadMany(stage.In, 2, andThen, onComplete);

        public void PassOn() => PassAlong(stage.In, stage.Out, doFinish: true, doFail: true, doPull: true);

        public Action<T> Callback<T>(Action<T> handler) => GetAsyncCallback(handler);

        public Action Callback(Action handler) => GetAsyncCallback(handler);

        public void Every(object key, TimeSpan interval) => ScheduleRepeatedly(key, interval);

        public void Once(object key, TimeSpan delay) => ScheduleOnce(key, delay);

        public void Forget(object key) => CancelTimer(key);

        public void KeepGoing() => SetKeepGoing(true);

        public IActorRef Actor(Action<object> receive, IActorRef watched)
        {
            var actor = GetStageActor(args => receive(args.Item2));
            actor.Watch(watched);
            return actor.Ref;
        }

        protected override void OnTimer(object timerKey) => OnFired(timerKey);
    }
}
