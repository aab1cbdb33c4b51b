using Akka.Actor;
using Akka.Configuration;
using Akka.Persistence;
using Akka.Serialization;
using Ciaos.Actors.Journal;

namespace Ciaos.Bench.Engine;

/// <summary>
/// How many events persistent actors store in SQLite, with a sync for each transaction: one actor with PersistAll, one
/// with single Persists (each waits for its own sync), and many with single Persists (which share syncs).
/// </summary>
internal static class PersistBench
{
    private const int PayloadBytes = 200;
    private const string All = "PersistAll x 100, 1 actor";

    /// <param name="args">"memory" keeps the events in memory: what is left is the price of the engine.</param>
    public static async Task Run(string[] args, BenchReport report)
    {
        var plugin = args is ["memory"] ? "akka.persistence.journal.inmem" : "ciaos.journal";
        var folder = Directory.CreateTempSubdirectory("ciaos-bench-").FullName;
        var config = ConfigurationFactory.ParseString(
            $$"""
            akka.loglevel = WARNING
            akka.persistence.journal.plugin = "{{plugin}}"
            akka.persistence.snapshot-store.plugin = "ciaos.snapshot-store"
            ciaos.journal.path = "{{Path.Combine(folder, "journal.db")}}"
            akka.actor {
              serializers.bench = "{{typeof(StoredSerializer).AssemblyQualifiedName}}"
              serialization-bindings { "{{typeof(Stored).AssemblyQualifiedName}}" = bench }
            }
            """).WithFallback(JournalSettings.DefaultConfig());
        var system = ActorSystem.Create("bench", config);
        try
        {
            await Measure(system, "warm-up", actors: 1, commands: 200, eventsPerCommand: 100);
            report.Add(await Measure(system, All, actors: 1, commands: 3000, eventsPerCommand: 100));
            report.Add(await Measure(
                system, "PersistAll x 100, 8 actors", actors: 8, commands: 500, eventsPerCommand: 100));
            report.Add(await Measure(system, "Persist, 1 actor", actors: 1, commands: 2000, eventsPerCommand: 1));
            report.Add(await Measure(system, "Persist, 256 actors", actors: 256, commands: 200, eventsPerCommand: 1));
            report.Add(await Replay(system));
        }
        finally
        {
            await system.Terminate();
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<CpuFigure> Measure(
        ActorSystem system, string name, int actors, int commands, int eventsPerCommand)
    {
        var writers = Enumerable.Range(0, actors)
            .Select(i => system.ActorOf(Props.Create(() => new Writer($"{name} {i}", commands)))).ToArray();
        await Task.WhenAll(writers.Select(w => w.Ask<string>("are you ready", TimeSpan.FromMinutes(1))));

        return await CpuMeter.MeasureOnce(name, actors * (long)commands * eventsPerCommand, () =>
            Task.WhenAll(writers.Select(w => w.Ask<string>(new Begin(eventsPerCommand), TimeSpan.FromMinutes(5)))));
    }

    private static Task<CpuFigure> Replay(ActorSystem system) => CpuMeter.MeasureOnce("Replay", 300_000, () =>
    {
        var again = system.ActorOf(Props.Create(() => new Writer($"{All} 0", 0)));
        return again.Ask<string>("are you ready", TimeSpan.FromMinutes(5));
    });

    private sealed record Begin(int EventsPerCommand);

    private sealed record Stored(byte[] Payload);

    /// <summary>Gives itself the next command when the last one's events are stored.</summary>
    private sealed class Writer : ReceivePersistentActor
    {
        private readonly Stored[] _one = [new(new byte[PayloadBytes])];
        private Stored[] _events = [];
        private int _commandsLeft;
        private int _stored;
        private IActorRef _asker = ActorRefs.Nobody;

        public Writer(string id, int commands)
        {
            PersistenceId = id;
            _commandsLeft = commands;
            Recover<Stored>(_ => { });
            Command<string>(_ => Sender.Tell("yes"));
            Command<Begin>(begin =>
            {
                _asker = Sender;
                _events = Enumerable.Repeat(_one[0], begin.EventsPerCommand).ToArray();
                Next();
            });
        }

        public override string PersistenceId { get; }

        private void Next()
        {
            if (_commandsLeft-- == 0) _asker.Tell("done");
            else if (_events.Length == 1) Persist(_one[0], Applied);
            else PersistAll(_events, Applied);
        }

        private void Applied(Stored _)
        {
            if (++_stored % _events.Length == 0) Next();
        }
    }

    private sealed class StoredSerializer(ExtendedActorSystem system) : SerializerWithStringManifest(system)
    {
        public override int Identifier => 4711;

        public override string Manifest(object o) => "s";

        public override byte[] ToBinary(object? obj) => ((Stored)obj!).Payload;

        public override object FromBinary(byte[] bytes, string manifest) => new Stored(bytes);
    }
}
