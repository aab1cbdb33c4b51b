using Akka.Actor;
using Akka.Pattern;
using Akka.Persistence;
using Akka.Persistence.Journal;
using Akka.TestKit.Xunit2;
using Xunit;

namespace Ciaos.Specs.Akka.Persistence;

public sealed class ReplayFilterSpec : TestKit
{
    private static readonly RecoverySuccess End = new(15);

    [Fact]
    public void One_writer_after_another_is_in_order()
    {
        Replay(ReplayFilterMode.RepairByDiscardOld, ("A", 1), ("A", 2), ("B", 3), ("B", 4));

        ExpectEvents(("A", 1), ("A", 2), ("B", 3), ("B", 4));
        ExpectMsg(End);
    }

    [Fact]
    public void Events_of_the_older_writer_that_a_newer_one_replaced_are_dropped()
    {
        Replay(ReplayFilterMode.RepairByDiscardOld, ("A", 1), ("A", 2), ("A", 3), ("B", 2), ("A", 4), ("B", 3));

        ExpectEvents(("A", 1), ("B", 2), ("B", 3));
        ExpectMsg(End);
    }

    [Fact]
    public void Or_they_are_kept_with_a_warning()
    {
        Replay(ReplayFilterMode.Warn, ("A", 1), ("A", 2), ("B", 2), ("A", 3));

        ExpectEvents(("A", 1), ("A", 2), ("B", 2), ("A", 3));
        ExpectMsg(End);
    }

    [Fact]
    public void Or_the_replay_fails()
    {
        var filter = Replay(ReplayFilterMode.Fail, ("A", 1), ("B", 2), ("A", 3));
        Watch(filter);

        Assert.IsType<IllegalStateException>(ExpectMsg<ReplayMessagesFailure>().Cause);
        ExpectTerminated(filter);
    }

    private IActorRef Replay(ReplayFilterMode mode, params (string Writer, long Number)[] events)
    {
        var filter = Sys.ActorOf(ReplayFilter.Props(TestActor, mode, windowSize: 100, maxOldWriters: 10, false));
        foreach (var (writer, number) in events)
            filter.Tell(new ReplayedMessage(new Persistent("e", number, "p", writerGuid: writer)));
        filter.Tell(End);
        return filter;
    }

    private void ExpectEvents(params (string Writer, long Number)[] events)
    {
        foreach (var (writer, number) in events)
        {
            var e = ExpectMsg<ReplayedMessage>().Persistent;
            Assert.Equal((writer, number), (e.WriterGuid, e.SequenceNr));
        }
    }
}
