using Akka.Actor;
using Akka.TestKit.TestActors;
using Akka.TestKit.Xunit2;
using Xunit;

namespace Ciaos.Specs.Akka.Actor.Contract;

/// <summary>Questions, and what can come of them.</summary>
public sealed class AskSpec : TestKit
{
    private static readonly TimeSpan Short = TimeSpan.FromMilliseconds(30);

    private readonly IActorRef _silent;

    public AskSpec()
    {
        _silent = Sys.ActorOf(BlackHoleActor.Props);
    }

    [Fact]
    public async Task The_first_answer_is_the_result()
    {
        var echo = Sys.ActorOf(SimpleEchoActor.Props());
        Assert.Equal("hello", await echo.Ask<string>("hello"));
        Assert.Equal("hello", await echo.Ask("hello", TimeSpan.FromSeconds(3)));
    }

    [Fact]
    public async Task Without_an_answer_in_time_it_fails()
    {
        await Assert.ThrowsAsync<AskTimeoutException>(() => _silent.Ask<string>("hello", Short));
        await Assert.ThrowsAsync<AskTimeoutException>(() => _silent.Ask("hello", Short));
    }

    [Fact]
    public async Task It_can_be_given_up()
    {
        using var source = new CancellationTokenSource();
        var asking = _silent.Ask<string>("hello", Timeout.InfiniteTimeSpan, source.Token);
        await source.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asking);
    }

    [Fact]
    public async Task A_failure_as_an_answer_is_thrown()
    {
        var asking = TestActor.Ask<string>("hello", TimeSpan.FromSeconds(3));
        ExpectMsg("hello");
        LastSender.Tell(new Status.Failure(new DivideByZeroException()));
        await Assert.ThrowsAsync<DivideByZeroException>(() => asking);
    }

    [Fact]
    public async Task A_failure_can_be_the_answer_that_is_asked_for()
    {
        var asking = TestActor.Ask<Status.Failure>("hello", TimeSpan.FromSeconds(3));
        ExpectMsg("hello");
        LastSender.Tell(new Status.Failure(new DivideByZeroException()));
        Assert.IsType<DivideByZeroException>((await asking).Cause);
    }

    [Fact]
    public async Task An_answer_of_another_type_fails()
    {
        var asking = TestActor.Ask<string>("hello", TimeSpan.FromSeconds(3));
        ExpectMsg("hello");
        LastSender.Tell(42);
        await Assert.ThrowsAsync<ArgumentException>(() => asking);
    }

    [Fact]
    public async Task The_question_can_be_made_of_who_asks()
    {
        var asking = TestActor.Ask<string>(self => ("question", self), TimeSpan.FromSeconds(3), CancellationToken.None);
        var (question, asker) = ExpectMsg<(string, IActorRef)>();
        Assert.Equal("question", question);
        Assert.Equal(asker, LastSender);
        asker.Tell("answer");
        Assert.Equal("answer", await asking);
    }

    [Fact]
    public async Task After_the_answer_the_asker_is_gone()
    {
        var asking = TestActor.Ask<string>("hello", TimeSpan.FromSeconds(3));
        ExpectMsg("hello");
        var asker = LastSender;
        asker.Tell("one");
        await asking;
        EventFilter.DeadLetter<string>().ExpectOne(() => asker.Tell("two"));
    }

    [Fact]
    public async Task An_actor_may_ask_in_an_asynchronous_handler_and_keeps_its_sender()
    {
        var echo = Sys.ActorOf(SimpleEchoActor.Props());
        var asker = Sys.ActorOf(Props.Create(() => new Asker(echo)));
        Assert.Equal("asked: hello", await asker.Ask<string>("hello", TimeSpan.FromSeconds(3)));
    }

    [Fact]
    public async Task Many_questions_at_once_each_get_their_own_answer()
    {
        var echo = Sys.ActorOf(SimpleEchoActor.Props());
        var answers = await Task.WhenAll(Enumerable.Range(0, 1000).Select(i => echo.Ask<int>(i)));
        Assert.Equal(Enumerable.Range(0, 1000), answers);
    }

    private sealed class Asker : ReceiveActor
    {
        public Asker(IActorRef target)
        {
            ReceiveAsync<string>(async message =>
            {
                var sender = Sender;
                var answer = await target.Ask<string>(message);
                if (Sender.Equals(sender)) Sender.Tell($"asked: {answer}");
            });
        }
    }
}
