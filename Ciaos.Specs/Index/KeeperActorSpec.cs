using Akka.Actor;
using Akka.TestKit.Xunit2;
using Ciaos.Actors.Index;
using Ciaos.Storage;
using Xunit;

namespace Ciaos.Specs.Index;

public class KeeperActorSpec : TestKit
{
    private static readonly BucketId Bucket = new(7);

    // Else a shard that fails at the wrong moment would write into a bucket that is found empty and deleted.
    [Fact]
    public void A_shard_that_starts_again_is_told_first_which_buckets_are_closed()
    {
        var child = Props.Create(() => new Child(TestActor));
        var settings = IndexSettings.From(IndexSettings.DefaultConfig()) with
        {
            RestartBackoffMin = TimeSpan.FromMilliseconds(1),
        };
        var keeper = Sys.ActorOf(KeeperActor.Props(3, child, settings));
        keeper.Tell(new ShardProtocol.CloseBucket(3, Bucket), TestActor);
        ExpectMsg(new ShardProtocol.CloseBucket(3, Bucket));
        keeper.Tell("die", TestActor);
        ExpectMsg(new ShardProtocol.CloseBucket(3, Bucket));
        keeper.Tell(new ShardProtocol.OpenBucket(3, Bucket), TestActor);
        ExpectMsg(new ShardProtocol.OpenBucket(3, Bucket));
        keeper.Tell("die", TestActor);
        var lookup = new IndexProtocol.Lookup(Bucket, IndexNode.Key("a"), ForReading: false);
        AwaitAssert(() =>
        {
            // While there is none, the keeper answers by itself.
            keeper.Tell(lookup, TestActor);
            Assert.Equal(lookup, ReceiveOne(TimeSpan.FromSeconds(3)));
        });
    }

    private sealed class Child : ReceiveActor
    {
        public Child(IActorRef probe) => ReceiveAny(message =>
        {
            if (message is "die") Context.Stop(Self);
            else probe.Tell(message);
        });
    }
}
