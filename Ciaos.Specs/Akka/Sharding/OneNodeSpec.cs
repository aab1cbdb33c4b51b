using Akka.Cluster;
using Akka.Configuration;
using Kit = Akka.TestKit.Xunit2.TestKit;

namespace Ciaos.Specs.Akka.Sharding;

/// <summary>A node that could be a cluster's, and is alone in it.</summary>
public abstract class OneNodeSpec(string settings = "")
    : Kit(ConfigurationFactory.ParseString(settings).WithFallback(Defaults))
{
    private const string Defaults = """
        akka {
          loglevel = ERROR
          stdout-loglevel = ERROR
          actor.provider = cluster
          remote.dot-netty.tcp { hostname = localhost, port = 0 }
          cluster.roles = [first]
          coordinated-shutdown.run-by-clr-shutdown-hook = off
        }
        """;

    /// <summary>The official cluster takes seconds for a change of membership.</summary>
    protected static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    protected Cluster Node => Cluster.Get(Sys);

    protected void JoinSelf()
    {
        Node.Join(Node.SelfAddress);
        AwaitCondition(() => Node.IsUp, Patience);
    }
}
