using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using Akka.Actor;
using Ciaos.Actors.Index;
using Ciaos.Storage;
using Ciaos.Storage.Volumes;
using static Ciaos.Actors.Index.IndexProtocol;

namespace Ciaos.Bench.Index;

/// <summary>
/// Commands per second of the whole index: region, shards, journal with one sync per group, catalog.
/// <code>
/// index run [folder] [keys]   puts, look-ups, listing and appends to one key; a folder that is given stays
/// index ready folder          time and memory of starting on what a run has left there
/// </code>
/// </summary>
internal static class IndexBench
{
    private const int Clients = 256;
    private const int Appends = 10_000;
    private const int AppendClients = 16;

    private static readonly TimeSpan Timeout = TimeSpan.FromMinutes(5);
    private static readonly BucketId Bucket = new(1);

    public static async Task Run(string[] args, BenchReport report)
    {
        if (args is ["ready", var existing])
        {
            await ReadyAsync(existing, report);
            return;
        }

        var given = args.Length > 1 ? args[1] : null;
        var keys = args.Length > 2 ? int.Parse(args[2], CultureInfo.InvariantCulture) : 100_000;
        var folder = given ?? Directory.CreateTempSubdirectory("ciaos-bench-").FullName;
        try
        {
            await RunAsync(folder, keys, report);
        }
        finally
        {
            if (given is null) Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task RunAsync(string folder, int keys, BenchReport report)
    {
        await using var node = BenchNode.Start(folder);
        await node.Index.WhenReadyAsync(Timeout);
        await Measure(report, "put", keys, Clients, i => node.Ask<Stored>(
            new Put(Bucket, Key(i), PutMode.Create, Precondition.None, Content(i))));
        await Measure(report, "look up, in memory", keys, Clients, i => node.Ask<Found>(
            new Lookup(Bucket, Key(i % 1000), ForReading: true)));
        await Measure(report, "look up, any key", keys, Clients, i => node.Ask<Found>(
            new Lookup(Bucket, Key((int)(i * 7919L % keys)), ForReading: true)));
        await List(node, keys, report);
        await AppendToOneKey(node, report);
    }

    // In a process of its own, so that its memory is that of a start.
    private static async Task ReadyAsync(string folder, BenchReport report)
    {
        var watch = Stopwatch.StartNew();
        await using var node = BenchNode.Start(folder);
        var opened = watch.ElapsedMilliseconds;
        await node.Index.WhenReadyAsync(Timeout);
        report.Add(new StartFigure(opened, watch.ElapsedMilliseconds, ResidentMebibytes()));
        var listed = ListAll(node);
        await Measure(report, "look up, any key", 200_000, Clients, i => node.Ask<Found>(
            new Lookup(Bucket, Key((int)(i * 7919L % (listed - 1))), ForReading: true)));
        report.Setting($"{listed} keys listed; resident {ResidentMebibytes()} MiB");
    }

    private static async Task AppendToOneKey(BenchNode node, BenchReport report)
    {
        var key = ObjectKey.Create("many-appends");
        await node.Ask<IReply>(new Put(Bucket, key, PutMode.Upsert, Precondition.None, Content(0)));
        for (var part = 0; part < 4; part++)
            await Measure(
                report, $"append to one key, part {part + 1} of 4", Appends / 4, AppendClients,
                i => node.Ask<Stored>(new Append(Bucket, key, Content(i))));
    }

    private static async Task List(BenchNode node, int keys, BenchReport report)
    {
        var listed = 0;
        await node.Index.Listing.CatchUpAsync(Timeout, CancellationToken.None);
        report.Add(await CpuMeter.MeasureOnce("list, pages of 1000", keys, () =>
        {
            listed = ListAll(node);
            return Task.CompletedTask;
        }));
        if (listed != keys) throw new InvalidOperationException($"{listed} of {keys} keys are listed");
    }

    private static int ListAll(BenchNode node)
    {
        var listed = 0;
        for (var after = ""; ;)
        {
            var page = node.Index.Listing.List(Bucket, "", after, 1000);
            listed += page.Objects.Count;
            if (!page.HasMore) return listed;
            after = page.Objects[^1].Key.Value;
        }
    }

    private static async Task Measure(BenchReport report, string what, int count, int clients, Func<int, Task> ask)
    {
        var next = -1;
        report.Add(await CpuMeter.MeasureOnce(what, count, () => Task.WhenAll(
            Enumerable.Range(0, clients).Select(async _ =>
            {
                await Task.Yield();
                for (var i = Interlocked.Increment(ref next); i < count; i = Interlocked.Increment(ref next))
                    await ask(i);
            }))));
    }

    private static long ResidentMebibytes()
    {
        using var process = Process.GetCurrentProcess();
        return process.WorkingSet64 >> 20;
    }

    private sealed record StartFigure(
        [property: Column("catalog open ms")] double OpenMs,
        [property: Column("ready ms")] double ReadyMs,
        [property: Column("resident MiB")] double ResidentMebibytes);

    private static ObjectKey Key(int i) =>
        ObjectKey.Create(string.Create(CultureInfo.InvariantCulture, $"train/{i % 100:D2}/sample-{i:D8}.jpg"));

    private static Content Content(int i) => new(
        new ObjectId(1 + i),
        [new Segment(new NeedleLocation(new VolumeId(1 + (i / 10_000)), 4096 + (i * 512L), 96, 400), 0, 400, true)],
        ImmutableSortedDictionary<string, string>.Empty);
}
