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
/// index run [folder] [keys]   puts, look-ups, listing and appends to one key
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

    public static async Task Run(string[] args)
    {
        if (args is ["ready", var existing])
        {
            await ReadyAsync(existing);
            return;
        }

        var folder = args.Length > 1 ? args[1] : Directory.CreateTempSubdirectory("ciaos-bench-").FullName;
        var keys = args.Length > 2 ? int.Parse(args[2], CultureInfo.InvariantCulture) : 100_000;
        await using var node = BenchNode.Start(folder);
        await node.Index.WhenReadyAsync(Timeout);
        await Measure("put", keys, Clients, i => node.Ask<Stored>(
            new Put(Bucket, Key(i), PutMode.Create, Precondition.None, Content(i))));
        await Measure("look up, in memory", keys, Clients, i => node.Ask<Found>(
            new Lookup(Bucket, Key(i % 1000), ForReading: true)));
        await Measure("look up, any key", keys, Clients, i => node.Ask<Found>(
            new Lookup(Bucket, Key((int)(i * 7919L % keys)), ForReading: true)));
        List(node, keys);
        await AppendToOneKey(node);
        Console.WriteLine($"left in {folder}; resident {ResidentMiB()} MiB");
    }

    // In a process of its own, so that its memory is that of a start.
    private static async Task ReadyAsync(string folder)
    {
        var watch = Stopwatch.StartNew();
        await using var node = BenchNode.Start(folder);
        var opened = watch.ElapsedMilliseconds;
        await node.Index.WhenReadyAsync(Timeout);
        Console.WriteLine(
            $"ready after {watch.ElapsedMilliseconds} ms (of which {opened} until the catalog was open); "
            + $"resident {ResidentMiB()} MiB");
        var listed = 0;
        for (var after = ""; ;)
        {
            var page = node.Index.Listing.List(Bucket, "", after, 1000);
            listed += page.Objects.Count;
            if (!page.HasMore) break;
            after = page.Objects[^1].Key.Value;
        }

        await Measure("look up, any key", 200_000, Clients, i => node.Ask<Found>(
            new Lookup(Bucket, Key((int)(i * 7919L % (listed - 1))), ForReading: true)));
        Console.WriteLine($"{listed} keys listed; resident {ResidentMiB()} MiB");
    }

    private static async Task AppendToOneKey(BenchNode node)
    {
        var key = ObjectKey.Create("many-appends");
        await node.Ask<IReply>(new Put(Bucket, key, PutMode.Upsert, Precondition.None, Content(0)));
        for (var part = 0; part < 4; part++)
            await Measure($"append to one key, part {part + 1} of 4", Appends / 4, AppendClients,
                i => node.Ask<Stored>(new Append(Bucket, key, Content(i))));
        var found = (Found)await node.Ask<IReply>(new Lookup(Bucket, key, ForReading: true));
        Console.WriteLine($"  {found.Object.SegmentCount} segments, {found.Segments.Length} in the first page");
    }

    private static void List(BenchNode node, int keys)
    {
        var (watch, cpu) = (Stopwatch.StartNew(), Cpu());
        var listed = 0;
        for (var after = ""; ;)
        {
            var page = node.Index.Listing.List(Bucket, "", after, 1000);
            listed += page.Objects.Count;
            if (!page.HasMore) break;
            after = page.Objects[^1].Key.Value;
        }

        Report("list, pages of 1000", listed, watch.Elapsed, Cpu() - cpu);
        if (listed < keys) throw new InvalidOperationException($"{listed} of {keys} keys are listed");
    }

    private static async Task Measure(string what, int count, int clients, Func<int, Task> ask)
    {
        var next = -1;
        var (watch, cpu) = (Stopwatch.StartNew(), Cpu());
        await Task.WhenAll(Enumerable.Range(0, clients).Select(async _ =>
        {
            await Task.Yield();
            for (var i = Interlocked.Increment(ref next); i < count; i = Interlocked.Increment(ref next)) await ask(i);
        }));
        Report(what, count, watch.Elapsed, Cpu() - cpu);
    }

    private static void Report(string what, int count, TimeSpan elapsed, TimeSpan cpu) =>
        Console.WriteLine(string.Create(
        CultureInfo.InvariantCulture,
        $"{what,-32} {count / elapsed.TotalSeconds,10:N0} /s {count / cpu.TotalSeconds,10:N0} /CPU s   "
            + $"({count:N0} in {elapsed.TotalSeconds:F2} s)"));

    private static TimeSpan Cpu()
    {
        using var process = Process.GetCurrentProcess();
        return process.TotalProcessorTime;
    }

    private static long ResidentMiB()
    {
        using var process = Process.GetCurrentProcess();
        return process.WorkingSet64 >> 20;
    }

    private static ObjectKey Key(int i) =>
        ObjectKey.Create(string.Create(CultureInfo.InvariantCulture, $"train/{i % 100:D2}/sample-{i:D8}.jpg"));

    private static Content Content(int i) => new(
        new ObjectId(1 + i),
        [new Segment(new NeedleLocation(new VolumeId(1 + (i / 10_000)), 4096 + (i * 512L), 96, 400), 0, 400, true)],
        ImmutableSortedDictionary<string, string>.Empty);
}
