using System.Diagnostics.Tracing;
using System.Globalization;
using System.Net;
using Ciaos.Bench.Load;
using Ciaos.Host.Settings;
using Microsoft.Extensions.Logging.Abstractions;

namespace Ciaos.Bench.Node;

/// <summary>
/// Of what types the memory is that a request takes: a node in this process, one kind of request, and what the garbage
/// collector samples (an event every 100 KiB). <c>-- allocations
/// [put|get|native-put|native-get|s3-put|s3-get [REQUESTS]]</c>
/// </summary>
internal static class AllocationBench
{
    private const int WarmUps = 20_000;
    private const int DefaultRequests = 50_000;
    private const int Shown = 30;
    private const int S3Keys = 1000;

    private static readonly string[] Known = ["put", "get", "native-put", "native-get", "s3-put", "s3-get"];

    public static async Task Run(string[] arguments, BenchReport report)
    {
        var requests = arguments.Length > 1 ? int.Parse(arguments[1], CultureInfo.InvariantCulture) : DefaultRequests;
        foreach (var what in arguments.Length > 0 ? arguments[..1] : Known) await Measure(what, requests, report);
    }

    private static async Task Measure(string what, int requests, BenchReport report)
    {
        var folder = Directory.CreateTempSubdirectory("ciaos-bench-").FullName;
        try
        {
            string[] settings =
                [$"ciaos.data={folder}", "ciaos.http.port=0", "ciaos.s3.port=0", .. S3Signer.Settings];
            await using var node = await Host.Node.StartAsync(
                NodeConfig.Load(null, [], settings), NullLoggerFactory.Instance, TimeProvider.System, default);
            var isS3 = what.StartsWith("s3-", StringComparison.Ordinal);
            var address = IPEndPoint.Parse(new Uri(isS3 ? node.S3Address! : node.Address).Authority);
            var source = isS3 ? S3SourceOf(what, address, WarmUps + requests) : SourceOf(what, address);
            LoadGenerator.Run(address, PlanOf(source, WarmUps));
            using var sampler = new Sampler();
            var (before, cpu) = (GC.GetTotalAllocatedBytes(precise: true), Environment.CpuUsage.TotalTime);
            var done = LoadGenerator.Run(address, PlanOf(source, requests));
            var each = (double)(GC.GetTotalAllocatedBytes(precise: true) - before) / requests;
            cpu = Environment.CpuUsage.TotalTime - cpu;
            if (done.Failures > 0) throw new InvalidOperationException($"{what}: {done.FirstFailure}");
            report.Add(new Figure(
                what, each, 1, cpu.TotalMicroseconds / requests, "all, the generator's own included"));
            foreach (var (type, share) in sampler.Shares().Take(Shown))
                report.Add(new Figure(what, share * each, share, null, type));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static LoadPlan PlanOf(Func<LoadRequest> source, int requests) =>
        new(source, 64, TimeSpan.Zero, TimeSpan.FromHours(1), MaxRequests: requests);

    private static Func<LoadRequest> SourceOf(string what, IPEndPoint address)
    {
        var (raw, list) = (Bodies.Random(4096), Bodies.FileList(1, 4096));
        var next = 0;
        if (what is "get" or "native-get")
            LoadGenerator.Run(address, PlanOf(() => Bodies.Request(address, "PUT", $"/raw/{next++}", raw), 1000));
        var gets = Enumerable.Range(0, 1000).Select(
            i => Bodies.Request(address, "GET", what == "get" ? $"/raw/{i}" : $"/get/{i}")).ToArray();
        return what switch
        {
            "put" => () => Bodies.Request(address, "PUT", $"/raw/{next++}", raw),
            "native-put" => () => Bodies.Request(address, "POST", $"/put/{next++}", list),
            "get" or "native-get" => () => gets[next++ % gets.Length],
            _ => throw new WrongUseException($"{what} is not known"),
        };
    }

    // What is signed beforehand costs nothing when it is sent.
    private static Func<LoadRequest> S3SourceOf(string what, IPEndPoint address, int count)
    {
        var signer = new S3Signer(address, TimeProvider.System.GetUtcNow());
        var body = Bodies.Random(4096);
        LoadRequest[] bucket = [signer.Request("PUT", "/bench")];
        LoadRequest[] Signed(string method, int from, int to, byte[]? body) =>
            [.. Enumerable.Range(from, to - from).Select(i => signer.Request(method, $"/bench/{i}", body))];
        foreach (var requests in new[] { bucket, Signed("PUT", 0, S3Keys, body) })
        {
            var done = LoadGenerator.Run(address, PlanOf(From(requests), requests.Length));
            if (done.Failures > 0) throw new InvalidOperationException($"S3: {done.FirstFailure}");
        }

        return From(what switch
        {
            "s3-put" => Signed("PUT", S3Keys, S3Keys + count, body),
            "s3-get" => Signed("GET", 0, S3Keys, null),
            _ => throw new WrongUseException($"{what} is not known"),
        });

        static Func<LoadRequest> From(LoadRequest[] requests)
        {
            var next = 0;
            return () => requests[next++ % requests.Length];
        }
    }

    private sealed record Figure(
        [property: Column("request")] string Request,
        [property: Column("alloc B/op")] double BytesPerOperation,
        [property: Column("share", "P1")] double Share,
        [property: Column("CPU us/op")] double? CpuMicroseconds,
        [property: Column("type")] string Type);

    private sealed class Sampler : EventListener
    {
        private const EventKeywords Gc = (EventKeywords)1;

        private readonly Dictionary<string, long> _bytes = new(StringComparer.Ordinal);

        public IEnumerable<(string Type, double Share)> Shares()
        {
            lock (_bytes)
            {
                var total = (double)_bytes.Values.Sum();
                return [.. _bytes.OrderByDescending(pair => pair.Value).Select(pair => (pair.Key, pair.Value / total))];
            }
        }

        protected override void OnEventSourceCreated(EventSource eventSource)
        {
            if (eventSource.Name == "Microsoft-Windows-DotNETRuntime")
                EnableEvents(eventSource, EventLevel.Verbose, Gc);
        }

        protected override void OnEventWritten(EventWrittenEventArgs eventData)
        {
            if (eventData.EventName?.StartsWith("GCAllocationTick", StringComparison.Ordinal) != true) return;
            var type = (string)eventData.Payload![eventData.PayloadNames!.IndexOf("TypeName")]!;
            var bytes = (ulong)eventData.Payload[eventData.PayloadNames.IndexOf("AllocationAmount64")]!;
            lock (_bytes) _bytes[type] = _bytes.GetValueOrDefault(type) + (long)bytes;
        }
    }
}
