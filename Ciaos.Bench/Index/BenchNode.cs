using Akka.Actor;
using Akka.Configuration;
using Ciaos.Actors.Index;
using Ciaos.Actors.Journal;
using Ciaos.Actors.Volumes;
using Ciaos.Storage;
using AkkaCluster = Akka.Cluster.Cluster;

namespace Ciaos.Bench.Index;

/// <summary>An index with its journal in a folder, without volumes and front ends.</summary>
internal sealed class BenchNode : IAsyncDisposable
{
    private static readonly TimeSpan Timeout = TimeSpan.FromMinutes(1);

    private readonly ActorSystem _system;

    private BenchNode(ActorSystem system)
    {
        _system = system;
        Index = IndexSystem.Start(
            system, IndexSettings.From(system.Settings.Config), system.ActorOf(Props.Create(() => new Volumes())),
            new NeedleIds(TimeProvider.System), TimeProvider.System);
    }

    public IndexSystem Index { get; }

    public static BenchNode Start(string folder)
    {
        var config = ConfigurationFactory.ParseString(
            $$"""
            akka.loglevel = WARNING
            akka.actor.provider = cluster
            akka.remote.dot-netty.tcp { hostname = 127.0.0.1, port = 0 }
            akka.persistence.journal.plugin = "ciaos.journal"
            ciaos.journal.path = "{{Path.Combine(folder, "journal.db")}}"
            ciaos.index.catalog.path = "{{Path.Combine(folder, "catalog.db")}}"
            """).WithFallback(IndexSettings.DefaultConfig()).WithFallback(JournalSettings.DefaultConfig());
        var system = ActorSystem.Create("index-bench", config);
        var cluster = AkkaCluster.Get(system);
        cluster.Join(cluster.SelfAddress);
        return new BenchNode(system);
    }

    public Task<T> Ask<T>(IndexProtocol.IKeyCommand command) => Index.Region.Ask<T>(command, Timeout);

    public async ValueTask DisposeAsync()
    {
        await Index.DisposeAsync();
        await _system.Terminate();
    }

    // Takes every event needle at once, and keeps none.
    private sealed class Volumes : ReceiveActor
    {
        public Volumes() => Receive<VolumeProtocol.Append>(append =>
            Sender.Tell(new VolumeProtocol.Appended(append.Needle.Id, default)));
    }
}
