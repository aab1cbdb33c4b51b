using System.Globalization;

namespace Ciaos.Bench.Node;

/// <summary>
/// What becomes of one node as it grows: writes, reads, listing, restart, memory and disk at so many keys. Of the keys
/// each tenth has an object of 4 KiB, which is read and replaced in an order of chance, from all over the keys; the
/// others have <c>--bytes</c>. <c>-- growth [KEYS…] [--bytes 1024] [--seconds 5] [--rounds 3] [--warm-up 5] [--folder
/// DIR] [--data DIR] [--json FILE] [--set key=value]</c>; by default 10,000 100,000 1,000,000 keys. Ten million take
/// some 20 GB of disk. Where several sizes are named, a second node has as many keys as the least of them: requests are
/// measured on both in turn, since only what was measured in the same minute can be compared. With <c>--data</c> the
/// node that grows lies there and stays, and the next run goes on with it: what it has is not stored again, and it is
/// not measured at sizes below that.
/// </summary>
internal static class GrowthBench
{
    private const int MeasuredBytes = 4096;
    private const int MeasuredEach = 10;
    private const int Connections = 64;
    private const double MiB = 1024 * 1024;
    private const string Beside = "CIAOS, ";

    // Beyond key and data, for an object: with room to spare.
    private const int MostOverheadBytes = 600;

    public static Task Run(string[] arguments, BenchReport report)
    {
        var options = NodeBenchOptions.Parse(arguments);
        options.Tell(report);
        long[] targets = options.Filters.Count == 0
            ? [10_000, 100_000, 1_000_000]
            : [.. options.Filters.Select(SizeOf).Order()];
        CheckRoom(targets[^1], options);
        using var server = options.Ciaos();
        server.Start();
        using var small = targets.Length > 1 ? Small(targets[0], options) : null;
        var run = new NodeRun([server], options, report);
        var both = small is null ? run : new NodeRun([small, server], options, report);
        var keys = options.Data is null ? 0 : KeyFill.Count(server, KeyOf);
        if (keys > 0) report.Setting(string.Create(CultureInfo.InvariantCulture, $"goes on with {keys:N0} keys"));
        foreach (var target in targets.Where(target => target >= keys))
        {
            var filled = target == keys ? new GrowthFigure() : Fill(server, keys, target, options);
            keys = target;
            var requests = keys > targets[0] ? both : run;
            requests.Measure(Get(keys, targets[0], ""));
            run.Measure(List(keys));
            requests.Measure(Put(keys, targets[0]));
            server.Stop();
            var ready = server.Start();
            var resident = server.Usage().ResidentBytes / MiB;
            run.Measure(Get(keys, keys, " after restart"));
            report.Add(filled with
            {
                Keys = keys,
                ReadyMs = ready.TotalMilliseconds,
                ResidentMebibytes = resident,
                ResidentAfterReadsMebibytes = server.Usage().ResidentBytes / MiB,
            });
        }

        return Task.CompletedTask;
    }

    /// <summary>What a node is called beside a larger one.</summary>
    public static string Called(long keys) => Named(Beside, keys);

    private static long SizeOf(string text) =>
        long.TryParse(text, CultureInfo.InvariantCulture, out var size) && size > 0
            ? size
            : throw new WrongUseException($"{text} is no number of keys");

    private static CiaosServer Small(long keys, NodeBenchOptions options)
    {
        var server = options.CiaosBeside(Called(keys));
        try
        {
            server.Start();
            Fill(server, 0, keys, options);
            return server;
        }
        catch
        {
            server.Dispose();
            throw;
        }
    }

    private static void CheckRoom(long keys, NodeBenchOptions options)
    {
        var each = options.ObjectBytes + ((MeasuredBytes - options.ObjectBytes) / MeasuredEach) + MostOverheadBytes;
        var (need, free) = (keys * (double)each, new DriveInfo(options.Folder).AvailableFreeSpace);
        if (need > free)
            throw new WrongUseException(string.Create(
                CultureInfo.InvariantCulture,
                $"{options.Folder} has {free / 1e9:N1} GB of room, and {keys:N0} keys may take {need / 1e9:N1} GB"));
    }

    private static GrowthFigure Fill(CiaosServer server, long from, long to, NodeBenchOptions options)
    {
        var (other, measured) = (Bodies.Random(options.ObjectBytes), Bodies.Random(MeasuredBytes));
        var before = server.DiskUse();
        var perSecond = KeyFill.Run(
            server, from, to, KeyOf, number => number % MeasuredEach == 0 ? measured : other);
        server.WaitForFollowers();
        var (after, added) = (server.DiskUse(), to - from);
        var tenths = ((to + MeasuredEach - 1) / MeasuredEach) - ((from + MeasuredEach - 1) / MeasuredEach);
        var data = (added * (KeyOf(0).Length + options.ObjectBytes)) + (tenths * (MeasuredBytes - options.ObjectBytes));
        return new GrowthFigure
        {
            FilledPerSecond = perSecond,
            VolumeBytesPerKey = (double)(after.Volumes - before.Volumes - data) / added,
            JournalBytesPerKey = (double)(after.Journal - before.Journal) / added,
            CatalogBytesPerKey = (double)(after.Catalog - before.Catalog) / added,
        };
    }

    private static NodeCase List(long keys)
    {
        var sorted = new ulong[keys];
        for (var number = 0; number < sorted.Length; number++) sorted[number] = ScatteredOf(number);
        Array.Sort(sorted);
        return new NodeCase(
            Named("list, per key, ", keys), 1, 0,
            server => NodeCase.Pages(
                server, sorted.Length / NodeCase.PageKeys, page => Text(sorted[(page * NodeCase.PageKeys) - 1])),
            OperationsPerRequest: NodeCase.PageKeys);
    }

    private static NodeCase Put(long keys, long least) =>
        new(Named("put 4KiB x64, ", keys), Connections, MeasuredBytes, server =>
        {
            var (random, body) = (new Random(5), Bodies.Random(MeasuredBytes));
            var of = KeysOf(server, keys, least);
            return () => Bodies.Request(server.Address, "PUT", MeasuredPath(random, of), body);
        });

    private static NodeCase Get(long keys, long least, string when) =>
        new(Named($"get 4KiB x64{when}, ", keys), Connections, MeasuredBytes, server =>
        {
            var random = new Random(3);
            var of = KeysOf(server, keys, least);
            return () => Bodies.Request(server.Address, "GET", MeasuredPath(random, of));
        });

    private static long KeysOf(ServerProcess server, long keys, long least) =>
        server.Name == Called(least) ? least : keys;

    private static string Named(string what, long keys) =>
        string.Create(CultureInfo.InvariantCulture, $"{what}{keys:N0} keys");

    private static string MeasuredPath(Random random, long keys) =>
        "/raw/" + KeyOf(random.NextInt64((keys + MeasuredEach - 1) / MeasuredEach) * MeasuredEach);

    // Keys come in no order: each index page that they fall upon is another one.
    private static string KeyOf(long number) => Text(ScatteredOf(number));

    private static ulong ScatteredOf(long number) => unchecked((ulong)number * 0x9E3779B97F4A7C15ul);

    // As the numbers are ordered, so are their texts.
    private static string Text(ulong scattered) => scattered.ToString("x16", CultureInfo.InvariantCulture);
}

/// <summary>A node with so many keys, beside its speed.</summary>
internal sealed record GrowthFigure
{
    [Column("keys")]
    public long Keys { get; init; }

    /// <summary>Null, as the bytes are: nothing was stored.</summary>
    [Column("filled per s")]
    public double? FilledPerSecond { get; init; }

    [Column("ready after ms")]
    public double ReadyMs { get; init; }

    [Column("resident MiB, then")]
    public double ResidentMebibytes { get; init; }

    [Column("after reads")]
    public double ResidentAfterReadsMebibytes { get; init; }

    /// <summary>Of the keys that came: beyond key and data.</summary>
    [Column("volumes B/key")]
    public double? VolumeBytesPerKey { get; init; }

    [Column("journal B/key")]
    public double? JournalBytesPerKey { get; init; }

    [Column("catalog B/key")]
    public double? CatalogBytesPerKey { get; init; }
}
