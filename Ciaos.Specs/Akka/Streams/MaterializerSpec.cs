using Akka;
using Akka.Actor;
using Akka.Pattern;
using Akka.Streams;
using Akka.Streams.Dsl;
using Akka.Streams.Stage;
using Xunit;

namespace Ciaos.Specs.Akka.Streams;

public sealed class MaterializerSpec : StreamSpec
{
    [Fact]
    public async Task Shutdown_ends_streams_abruptly()
    {
        var materializer = ActorMaterializer.Create(Sys);
        var seq = Source.Never<int>().RunWith(Sink.Seq<int>(), materializer);
        var first = Source.Maybe<int>().RunWith(Sink.First<int>(), materializer);
        var watched = Source.Never<int>().WatchTermination(Keep.Right).To(Sink.Ignore<int>()).Run(materializer);

        materializer.Shutdown();

        await Assert.ThrowsAsync<AbruptStageTerminationException>(() => seq.WaitAsync(Patience));
        await Assert.ThrowsAsync<AbruptStageTerminationException>(() => first.WaitAsync(Patience));
        await Assert.ThrowsAsync<AbruptStageTerminationException>(() => watched.WaitAsync(Patience));
    }

    [Fact]
    public void A_materializer_that_is_shut_down_runs_nothing()
    {
        var materializer = ActorMaterializer.Create(Sys);
        Assert.False(materializer.IsShutdown);

        materializer.Shutdown();

        Assert.True(materializer.IsShutdown);
        Assert.Throws<IllegalStateException>(() => Source.Single(1).To(Sink.Ignore<int>()).Run(materializer));
    }

    [Fact]
    public async Task Streams_of_an_actor_end_with_it()
    {
        var running = new TaskCompletionSource<Task>();
        var actor = Sys.ActorOf(Props.Create(() => new Streamer(running)));
        var stream = await running.Task.WaitAsync(Patience);

        Sys.Stop(actor);

        await Assert.ThrowsAsync<AbruptStageTerminationException>(() => stream.WaitAsync(Patience));
    }

    [Fact]
    public async Task Streams_end_with_their_system()
    {
        var other = ActorSystem.Create("other", "akka.loglevel = OFF\nakka.stdout-loglevel = OFF");
        var stream = Source.Never<int>().RunWith(Sink.Ignore<int>(), other);

        await other.Terminate().WaitAsync(Patience);

        await Assert.ThrowsAsync<AbruptStageTerminationException>(() => stream.WaitAsync(Patience));
    }

    [Fact]
    public async Task A_system_has_a_materializer_of_its_own()
    {
        Assert.Same(Sys.Materializer(), Sys.Materializer());
        Assert.Equal([1], await Source.Single(1).RunWith(Sink.Seq<int>(), Sys).WaitAsync(Patience));
        var graph = Source.Single(1).ToMaterialized(Sink.First<int>(), Keep.Right);
        Assert.Equal(1, await graph.Run(Sys).WaitAsync(Patience));
    }

    [Fact]
    public async Task Each_island_has_an_actor_of_its_own()
    {
        var actors = new List<string>();
        var source = Source.Single("").Select(WhereAmI).Async()
            .Select(WhereAmI).Async()
            .Select(WhereAmI);

        var path = Assert.Single(await Collect(source));

        Assert.Equal(3, path.Split(' ', StringSplitOptions.RemoveEmptyEntries).Distinct().Count());

        static string WhereAmI(string before) => $"{before} {ActorCell.GetCurrentSelfOrNoSender()!.Path.Name}";
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(16)]
    public async Task Elements_cross_islands_in_order_whatever_the_buffer(int buffer)
    {
        var source = Source.From(Enumerable.Range(0, 5000)).Async()
            .Select(x => x).Async()
            .WithAttributes(Attributes.CreateInputBuffer(buffer, buffer).And(Attributes.CreateAsyncBoundary()));

        Assert.Equal(Enumerable.Range(0, 5000), await Collect(source));
    }

    [Fact]
    public async Task An_island_prefetches_no_more_than_its_buffer()
    {
        var (source, sink) = SourceProbe<int>.Create().Async()
            .ToMaterialized(
                SinkProbe<int>.Create().AddAttributes(Attributes.CreateInputBuffer(2, 2)), Keep.Both)
            .Run(Materializer);

        await source.Send(1, 2);
        await source.ExpectNoPull();
        await sink.Request(2);
        await sink.ExpectNext(1, 2);
        await source.ExpectPull();
    }

    [Fact]
    public async Task Completion_failure_and_cancellation_cross_islands()
    {
        var islands = Flow.Create<int>().Select(x => x).Async();

        var (source, sink) = Probes(islands);
        await source.Send(1);
        await source.Complete();
        await sink.Request(2);
        await sink.ExpectNext(1);
        await sink.ExpectComplete();

        (source, sink) = Probes(islands);
        await source.Fail(new Boom());
        Assert.IsType<Boom>(await sink.ExpectFailure());

        (source, sink) = Probes(islands);
        await sink.Cancel();
        await source.ExpectCancellation();
    }

    [Fact]
    public void A_stage_sees_the_innermost_attributes_first()
    {
        var seen = Source.FromGraph(new AttributesSource())
            .WithAttributes(Attributes.CreateInputBuffer(3, 3).And(Attributes.CreateName("own")))
            .To(Sink.Ignore<int>())
            .WithAttributes(Attributes.CreateInputBuffer(9, 9).And(Attributes.CreateName("outer")))
            .Run(Materializer);

        Assert.Equal(3, seen.GetAttribute<Attributes.InputBuffer>().Max);
        Assert.Equal("own", seen.GetAttribute<Attributes.Name>().Value);
        var inherited = Source.FromGraph(new AttributesSource()).To(Sink.Ignore<int>())
            .WithAttributes(Attributes.CreateInputBuffer(9, 9)).Run(Materializer);
        Assert.Equal(9, inherited.GetAttribute<Attributes.InputBuffer>().Max);
        Assert.Equal("attributesSource", inherited.GetAttribute<Attributes.Name>().Value);
    }

    [Fact]
    public void Settings_come_from_the_configuration()
    {
        var settings = ActorMaterializerSettings.Create(Sys);

        Assert.Equal(4, settings.InitialInputBufferSize);
        Assert.Equal(16, settings.MaxInputBufferSize);
        Assert.Equal(1000, settings.SyncProcessingLimit);
        var subscription = settings.SubscriptionTimeoutSettings;
        Assert.Equal(StreamSubscriptionTimeoutTerminationMode.CancelTermination, subscription.Mode);
        Assert.Equal(TimeSpan.FromSeconds(5), subscription.Timeout);
        Assert.Equal(7, settings.WithInputBuffer(7, 8).InitialInputBufferSize);
        Assert.NotEqual(settings, settings.WithInputBuffer(7, 8));
    }

    [Fact]
    public async Task A_graph_runs_again_and_again_with_a_state_of_its_own()
    {
        var graph = Source.From(Enumerable.Range(0, 100)).Select(x => x).Take(50).Grouped(7)
            .ToMaterialized(Sink.Seq<IEnumerable<int>>(), Keep.Right);

        var runs = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Task.Run(() => graph.Run(Materializer))))
            .WaitAsync(Patience);

        Assert.All(runs, run => Assert.Equal(Enumerable.Range(0, 50), run.SelectMany(x => x)));
    }

    [Fact]
    public async Task A_flow_can_be_used_twice_in_one_graph()
    {
        var flow = Flow.Create<int>().Skip(1).Select(x => x * 10);

        Assert.Equal([300], await Collect(Source.From([1, 2, 3]).Via(flow).Via(flow)));
    }

    [Fact]
    public async Task Materialized_values_combine_as_told()
    {
        var source = Source.Single(1).MapMaterializedValue(_ => "source");
        var flow = Flow.Create<int>().MapMaterializedValue(_ => "flow");
        var sink = Sink.Ignore<int>().MapMaterializedValue(_ => "sink");

        Assert.Equal("source", source.Via(flow).To(sink).Run(Materializer));
        Assert.Equal("flow", source.ViaMaterialized(flow, Keep.Right).To(sink).Run(Materializer));
        Assert.Equal("sink", source.RunWith(sink, Materializer));
        Assert.Equal(("source", "sink"), source.ToMaterialized(sink, Keep.Both).Run(Materializer));
        Assert.Equal(NotUsed.Instance, source.ToMaterialized(sink, Keep.None).Run(Materializer));
        Assert.Equal(("source", "sink"), flow.RunWith(source, sink, Materializer));
        Assert.Equal(6, source.To(sink).MapMaterializedValue(text => text.Length).Run(Materializer));
        var separate = Flow.FromSinkAndSource(Sink.Cancelled<int>(), Source.From(["a", "b"]));
        Assert.Equal(["a", "b"], await Collect(Source.Never<int>().Via(separate)));
    }

    [Fact]
    public async Task A_long_stream_lets_others_run()
    {
        var endless = Source.Repeat(1).ViaMaterialized(KillSwitches.Single<int>(), Keep.Right)
            .ToMaterialized(Sink.Ignore<int>(), Keep.Both);
        var streams = Enumerable.Range(0, 8).Select(_ => endless.Run(Materializer)).ToList();

        foreach (var (killSwitch, _) in streams) killSwitch.Shutdown();

        foreach (var (_, done) in streams) await done.WaitAsync(Patience);
    }

    private sealed class Streamer : UntypedActor
    {
        public Streamer(TaskCompletionSource<Task> running) =>
            running.SetResult(Source.Never<int>().RunWith(Sink.Ignore<int>(), Context.Materializer()));

        protected override void OnReceive(object message)
        {
        }
    }

    private sealed class AttributesSource : GraphStageWithMaterializedValue<SourceShape<int>, Attributes>
    {
        private readonly Outlet<int> _out = new("out");

        public override SourceShape<int> Shape => new(_out);

        protected override Attributes InitialAttributes => Attributes.CreateName("attributesSource");

        public override ILogicAndMaterializedValue<Attributes> CreateLogicAndMaterializedValue(
            Attributes inheritedAttributes) =>
            new LogicAndMaterializedValue<Attributes>(new Logic(this), inheritedAttributes);

        private sealed class Logic : GraphStageLogic
        {
            public Logic(AttributesSource stage)
                : base(stage.Shape) => SetHandler(stage._out, onPull: CompleteStage);
        }
    }
}
