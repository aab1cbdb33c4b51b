using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using Ciaos.Bench.Load;

namespace Ciaos.Bench.Node;

/// <summary>
/// What becomes of a node as it grows: writes, reads, listing, restart, memory and disk at so many keys. <c>-- growth
/// [KEYS…] [--seconds 5] [--folder DIR] [--json FILE]</c>; by default 10,000 100,000 1,000,000 keys. Ten million take
/// some 5 GiB of disk and half an hour.
/// </summary>
internal static class GrowthBench
{
    private const int BatchItems = 2000;
    private const int FillConnections = 4;
    private const int SmallBytes = 100;
    private const int MeasuredBytes = 4096;
    private const int MeasuredKeys = 5000;
    private const int Connections = 64;
    private const double MiB = 1024 * 1024;

    public static Task Run(string[] arguments)
    {
        var options = NodeBenchOptions.Parse(arguments);
        var sizes = options.Filters.Select(size => long.Parse(size, CultureInfo.InvariantCulture)).DefaultIfEmpty();
        long[] targets = options.Filters.Count == 0 ? [10_000, 100_000, 1_000_000] : [.. sizes.Order()];
        var report = BenchReport.Begin(options.Told);
        report.Show(Console.Out);
        var figures = new List<object>();
        using var server = options.Servers().OfType<CiaosServer>().Single();
        server.Start();
        Console.WriteLine(
            "| keys | filled /s | put 4KiB /s | get 4KiB /s | get any /s | list keys/s | ready ms | RSS MiB | "
            + "volumes B/key | index B/key |");
        Console.WriteLine("| ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |");
        var keys = 0L;
        foreach (var target in targets)
        {
            var before = BytesOf(server);
            var filled = Fill(server, keys, target);
            var after = BytesOf(server);
            var added = target - keys;
            keys = target;
            var figure = Measure(server, keys, options) with
            {
                FilledPerSecond = filled,
                VolumeBytesPerKey = ((double)(after.Volumes - before.Volumes) / added) - SmallBytes - KeyOf(0).Length,
                IndexBytesPerKey = (double)(after.Index - before.Index) / added,
            };
            figures.Add(figure);
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"| {figure.Keys:N0} | {figure.FilledPerSecond:N0} | {figure.PutPerSecond:N0} "
                + $"| {figure.GetPerSecond:N0} | {figure.GetAnyPerSecond:N0} | {figure.ListedPerSecond:N0} "
                + $"| {figure.ReadyMs:N0} | {figure.ResidentMiB:N0} | {figure.VolumeBytesPerKey:N0} "
                + $"| {figure.IndexBytesPerKey:N0} |"));
        }

        if (options.JsonPath is { } path) report.Write(path, figures);
        return Task.CompletedTask;
    }

    private static Figure Measure(CiaosServer server, long keys, NodeBenchOptions options)
    {
        var body = Bodies.Random(MeasuredBytes);
        var written = NodeCase.Store(server, MeasuredKeys, "PUT", "/raw/", body);
        var random = new Random(3);
        var reads = Array.ConvertAll(written, path => Bodies.Request(server.Address, "GET", path));
        var next = 0L;
        var put = Load(() => Bodies.Request(
            server.Address, "PUT", string.Create(CultureInfo.InvariantCulture, $"/raw/put-{keys}-{next++}"), body));
        var get = Load(() => reads[random.Next(reads.Length)]);
        var any = Load(() => Bodies.Request(server.Address, "GET", "/raw/" + KeyOf(random.NextInt64(keys))));
        var listed = ListAll(server, options.Duration);
        server.Stop();
        var ready = server.Start();
        return new Figure(
            keys, put, get, any, listed, ready.TotalMilliseconds, server.Usage().ResidentBytes / MiB);

        double Load(Func<LoadRequest> requests)
        {
            var done = LoadGenerator.Run(
                server.Address, new LoadPlan(requests, Connections, options.Duration / 5, options.Duration));
            if (done.Failures > 0) throw new InvalidOperationException($"{done.Failures} failed: {done.FirstFailure}");
            return done.PerSecond;
        }
    }

    /// <returns>Keys per second.</returns>
    private static double Fill(CiaosServer server, long from, long to)
    {
        var value = Bodies.Random(SmallBytes);
        var next = from;
        var requests = (to - from + BatchItems - 1) / BatchItems;
        var done = LoadGenerator.Run(
            server.Address,
            new LoadPlan(
                () =>
                {
                    var count = (int)Math.Min(BatchItems, to - next);
                    next += count;
                    return Bodies.Request(server.Address, "POST", "/batch/put", Batch(next - count, count, value));
                },
                FillConnections, TimeSpan.Zero, TimeSpan.FromHours(6), MaxRequests: requests));
        if (done.Failures > 0) throw new InvalidOperationException($"Filling failed: {done.FirstFailure}");
        return (to - from) / done.Elapsed.TotalSeconds;
    }

    /// <summary>Frames of docs/formats-wire.md, of one file each.</summary>
    private static byte[] Batch(long first, int count, byte[] value)
    {
        const int Head = 20;
        var key = KeyOf(0).Length;
        var each = Head + key + sizeof(long) + value.Length;
        var frames = new byte[(count * each) + Head];
        for (var i = 0; i < count; i++)
        {
            var frame = frames.AsSpan(i * each, each);
            frame[0] = 1; // An object.
            frame[2] = 3; // Upsert.
            BinaryPrimitives.WriteInt32LittleEndian(frame[4..], key);
            BinaryPrimitives.WriteInt32LittleEndian(frame[8..], 1);
            BinaryPrimitives.WriteInt64LittleEndian(frame[12..], value.Length);
            Encoding.ASCII.GetBytes(KeyOf(first + i), frame[Head..]);
            BinaryPrimitives.WriteInt64LittleEndian(frame[(Head + key)..], value.Length);
            value.CopyTo(frame[(Head + key + sizeof(long))..]);
        }

        frames[^Head] = 2; // The end.
        return frames;
    }

    // Keys come in no order: each index page that they fall upon is another one.
    private static string KeyOf(long number) =>
        (unchecked((ulong)number * 0x9E3779B97F4A7C15ul)).ToString("x16", CultureInfo.InvariantCulture);

    private static double ListAll(CiaosServer server, TimeSpan atMost)
    {
        using var client = new HttpClient();
        client.DefaultRequestHeaders.Add("User", Bodies.User);
        var began = System.Diagnostics.Stopwatch.GetTimestamp();
        var (after, listed) = ("", 0L);
        while (System.Diagnostics.Stopwatch.GetElapsedTime(began) < atMost)
        {
            var page = client.GetByteArrayAsync(
                new Uri($"http://{server.Address}/list?after={after}")).GetAwaiter().GetResult();
            using var json = System.Text.Json.JsonDocument.Parse(page);
            listed += json.RootElement.GetProperty("objects").GetArrayLength();
            after = json.RootElement.GetProperty("next").GetString() ?? "";
        }

        return listed / System.Diagnostics.Stopwatch.GetElapsedTime(began).TotalSeconds;
    }

    private static (long Volumes, long Index) BytesOf(CiaosServer server)
    {
        var (volumes, index) = (0L, 0L);
        foreach (var file in new DirectoryInfo(server.Folder).EnumerateFiles("*", SearchOption.AllDirectories))
        {
            if (file.Extension == ".vol") volumes += file.Length;
            else index += file.Length;
        }

        return (volumes, index);
    }

    private sealed record Figure(
        long Keys, double PutPerSecond, double GetPerSecond, double GetAnyPerSecond, double ListedPerSecond,
        double ReadyMs, double ResidentMiB)
    {
        public double FilledPerSecond { get; init; }

        /// <summary>Beyond key and data.</summary>
        public double VolumeBytesPerKey { get; init; }

        /// <summary>Journal, catalog and their logs.</summary>
        public double IndexBytesPerKey { get; init; }
    }
}
