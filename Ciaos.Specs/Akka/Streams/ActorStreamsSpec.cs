using System.Threading.Channels;
using Akka.Actor;
using Akka.Streams;
using Akka.Streams.Dsl;
using Xunit;

namespace Ciaos.Specs.Akka.Streams;

/// <summary>Streams that begin or end at an actor.</summary>
public sealed class ActorStreamsSpec : StreamSpec
{
    private const string Init = "init";
    private const string Ack = "ack";
    private const string Complete = "complete";

    private (IActorRef Actor, ChannelReader<(object Message, IActorRef Sender)> Inbox) NewActor(
        bool acknowledges = false)
    {
        var inbox = Channel.CreateUnbounded<(object, IActorRef)>();
        return (Sys.ActorOf(Props.Create(() => new Recorder(inbox.Writer, acknowledges))), inbox.Reader);
    }

    private static async Task<object> Next(ChannelReader<(object Message, IActorRef Sender)> inbox) =>
        (await inbox.ReadAsync().AsTask().WaitAsync(Patience)).Message;

    [Fact]
    public async Task A_sink_tells_an_actor_every_element_and_the_end()
    {
        var (actor, inbox) = NewActor();

        Source.From([1, 2]).RunWith(Sink.ActorRef<int>(actor, Complete, e => e.Message), Materializer);
        Assert.Equal([1, 2, Complete], [await Next(inbox), await Next(inbox), await Next(inbox)]);

        Source.Failed<int>(new Boom()).RunWith(Sink.ActorRef<int>(actor, Complete, e => e.Message), Materializer);
        Assert.Equal("boom", await Next(inbox));
    }

    [Fact]
    public async Task A_sink_cancels_when_its_actor_dies()
    {
        var (actor, inbox) = NewActor();
        var source = SourceProbe<int>.Create()
            .To(Sink.ActorRef<int>(actor, Complete, e => e.Message)).Run(Materializer);
        await source.Send(1);
        Assert.Equal(1, await Next(inbox));

        Sys.Stop(actor);

        await source.ExpectCancellation();
    }

    [Fact]
    public async Task With_acknowledgement_elements_come_one_by_one()
    {
        var (actor, inbox) = NewActor();
        var source = SourceProbe<int>.Create().To(
            Sink.ActorRefWithAck<int>(actor, Init, Ack, Complete).WithAttributes(Attributes.CreateInputBuffer(2, 2)))
            .Run(Materializer);

        var (init, stream) = await inbox.ReadAsync().AsTask().WaitAsync(Patience);
        Assert.Equal(Init, init);

        // Two are prefetched, none is sent before the acknowledgement.
        await source.Send(1, 2);
        await source.ExpectNoPull();
        Assert.False(inbox.TryRead(out _));
        stream.Tell(Ack);
        Assert.Equal(1, await Next(inbox));
        await source.Send(3);
        await source.Complete();
        Assert.False(inbox.TryRead(out _));
        stream.Tell(Ack);
        Assert.Equal(2, await Next(inbox));
        stream.Tell("any message of the acknowledgement's type acknowledges");
        Assert.Equal([3, Complete], [await Next(inbox), await Next(inbox)]);
    }

    [Fact]
    public async Task With_acknowledgement_all_elements_come_in_order()
    {
        var (actor, inbox) = NewActor(acknowledges: true);

        Source.From(Enumerable.Range(0, 1000))
            .RunWith(Sink.ActorRefWithAck<int>(actor, Init, Ack, Complete), Materializer);

        Assert.Equal(Init, await Next(inbox));
        for (var i = 0; i < 1000; i++) Assert.Equal(i, await Next(inbox));
        Assert.Equal(Complete, await Next(inbox));
    }

    [Fact]
    public async Task With_acknowledgement_a_failure_is_told_and_a_dead_actor_cancels()
    {
        var (actor, inbox) = NewActor(acknowledges: true);
        Source.Failed<int>(new Boom()).RunWith(Sink.ActorRefWithAck<int>(actor, Init, Ack, Complete), Materializer);
        Assert.Equal(Init, await Next(inbox));
        Assert.IsType<Boom>(Assert.IsType<Status.Failure>(await Next(inbox)).Cause);

        var source = SourceProbe<int>.Create()
            .To(Sink.ActorRefWithAck<int>(actor, Init, Ack, Complete)).Run(Materializer);
        Assert.Equal(Init, await Next(inbox));
        Sys.Stop(actor);
        await source.ExpectCancellation();
    }

    [Fact]
    public void With_acknowledgement_there_must_be_room_for_one_element()
    {
        var (actor, _) = NewActor();
        var sink = Sink.ActorRefWithAck<int>(actor, Init, Ack, Complete)
            .WithAttributes(Attributes.CreateInputBuffer(0, 0));

        Assert.Throws<ArgumentException>(() => Source.Single(1).RunWith(sink, Materializer));
    }

    [Fact]
    public async Task A_source_emits_what_its_reference_is_told()
    {
        var (reference, sink) = Source.ActorRef<int>(10, OverflowStrategy.Fail)
            .ToMaterialized(SinkProbe<int>.Create(), Keep.Both).Run(Materializer);

        reference.Tell(1);
        reference.Tell(2);
        await sink.Request(5);
        await sink.ExpectNext(1, 2);
        reference.Tell(3);
        reference.Tell(new Status.Success("done"));
        reference.Tell(4);
        await sink.ExpectNext(3);
        await sink.ExpectComplete();
    }

    [Fact]
    public async Task A_source_fails_as_its_reference_is_told()
    {
        var (reference, sink) = Source.ActorRef<int>(10, OverflowStrategy.Fail)
            .ToMaterialized(SinkProbe<int>.Create(), Keep.Both).Run(Materializer);

        reference.Tell(new Status.Failure(new Boom()));

        Assert.IsType<Boom>(await sink.ExpectFailure());
    }

    [Fact]
    public async Task A_source_drops_what_its_buffer_cannot_hold()
    {
        var (reference, sink) = Source.ActorRef<int>(2, OverflowStrategy.DropHead)
            .ToMaterialized(SinkProbe<int>.Create(), Keep.Both).Run(Materializer);

        for (var i = 1; i <= 4; i++) reference.Tell(i);
        reference.Tell(new Status.Success("done"));
        await sink.Request(3);

        await sink.ExpectNext(3, 4);
        await sink.ExpectComplete();
    }

    [Fact]
    public async Task A_reference_dies_with_its_stream()
    {
        var (reference, sink) = Source.ActorRef<int>(2, OverflowStrategy.DropHead)
            .ToMaterialized(SinkProbe<int>.Create(), Keep.Both).Run(Materializer);
        var died = new TaskCompletionSource();
        Sys.ActorOf(Props.Create(() => new Watcher(reference, died)));

        await sink.Cancel();

        await died.Task.WaitAsync(Patience);
    }

    [Fact]
    public void A_source_refuses_what_it_cannot_do()
    {
        Assert.Throws<ArgumentException>(() => Source.ActorRef<int>(-1, OverflowStrategy.Fail));
        Assert.Throws<NotSupportedException>(() => Source.ActorRef<int>(1, OverflowStrategy.Backpressure));
    }

    [Fact]
    public async Task Ask_emits_the_answers_in_order_and_fails_when_the_actor_dies()
    {
        var doubler = Sys.ActorOf(Props.Create(() => new Doubler()));

        Assert.Equal([2, 4, 6], await Collect(Source.From([1, 2, 3]).Ask<int>(doubler, Patience)));

        var failing = Failure(Source.Never<int>().Ask<int>(doubler, Patience));
        Sys.Stop(doubler);
        Assert.IsType<WatchedActorTerminatedException>(await failing);
    }

    private sealed class Recorder : UntypedActor
    {
        private readonly ChannelWriter<(object, IActorRef)> _inbox;
        private readonly bool _acknowledges;

        public Recorder(ChannelWriter<(object, IActorRef)> inbox, bool acknowledges)
        {
            _inbox = inbox;
            _acknowledges = acknowledges;
        }

        protected override void OnReceive(object message)
        {
            _inbox.TryWrite((message, Sender));
            if (_acknowledges && message is not Status.Failure) Sender.Tell(Ack);
        }
    }

    private sealed class Doubler : ReceiveActor
    {
        public Doubler() => Receive<int>(x => Sender.Tell(x * 2));
    }

    private sealed class Watcher : ReceiveActor
    {
        public Watcher(IActorRef target, TaskCompletionSource died)
        {
            Context.Watch(target);
            Receive<Terminated>(_ => died.SetResult());
        }
    }
}
