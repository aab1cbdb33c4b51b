using System.Globalization;
using Ciaos.Bench.Node;

namespace Ciaos.Bench;

/// <summary>What was found beside what is wanted.</summary>
/// <param name="ByCpu">Ratios: the same of what a second of the processor's time is good for, which says more where
/// others use the machine too.</param>
internal sealed record TargetFigure(
    [property: Column("what")] string What,
    [property: Column("measured", "#,0.##")] double Measured,
    [property: Column("wanted")] string Wanted,
    [property: Column("met")] string Met,
    [property: Column("by CPU", "N2")] double? ByCpu);

/// <summary>What is wanted of the system's speed, and how far it is: of what a run has measured.</summary>
internal sealed class Targets(IReadOnlyList<object> figures)
{
    /// <summary>Cases of nodes that are looked at.</summary>
    public static readonly string[] Cases =
    [
        "put 4KiB x64", "get 4KiB x64", "put 64MiB x1", "get 64MiB x1", "put 4KiB x64, half the load",
        "native put 1 x 4KiB x64", "native get 1 x 4KiB x64", "list",
    ];

    private const string Ours = "CIAOS";
    private const string Nginx = "nginx";

    // Akka.NET 1.5.30, measured on such a machine before: for each second of the processor's time.
    private static readonly (string Case, double PerCpuSecond)[] Official =
    [
        ("Tell 1->1", 11_000_000),
        ("Ask, 64 in flight", 570_000),
        ("Ping-pong, 8 actors", 10_000_000),
        ("select", 7_000_000),
        ("actor ref with ack", 1_000_000),
        ("PersistAll x 100, 1 actor", 32_000),
    ];

    // The same, of the clock's time: what it waits for is the disk.
    private static readonly (string Case, double PerSecond) OfficialPersist = ("Persist, 1 actor", 200);

    private readonly List<TargetFigure> _found = [];

    public IReadOnlyList<TargetFigure> Find()
    {
        Requests();
        Growth();
        Engine();
        return _found;
    }

    private void Requests()
    {
        AtLeast("durable PUT 4 KiB x64 to the bare limit", 0.7, Beside("put 4KiB x64", BareServer.Called));
        AtLeast("the same to nginx, which does not sync", 2.0, Beside("put 4KiB x64", Nginx));
        AtLeast("GET 4 KiB x64 to the bare limit", 0.9, Beside("get 4KiB x64", BareServer.Called));
        AtLeast("the same to nginx", 1.0, Beside("get 4KiB x64", Nginx));
        AtLeast("PUT 64 MiB to the bare limit", 0.9, Beside("put 64MiB x1", BareServer.Called));
        AtLeast("GET 64 MiB to the bare limit", 0.9, Beside("get 64MiB x1", BareServer.Called));
        AtLeast(
            "native put of one 4 KiB file to /raw", 0.85,
            Ratio(Of("native put 1 x 4KiB x64"), Of("put 4KiB x64")));
        AtLeast(
            "native get of one 4 KiB file to /raw", 0.85,
            Ratio(Of("native get 1 x 4KiB x64"), Of("get 4KiB x64")));
        AtMost(
            "p99 of durable PUT 4 KiB at half the load, in flushes of the disk", 5,
            Of("put 4KiB x64, half the load")?.P99Ms / figures.OfType<FlushFigure>().FirstOrDefault()?.FlushMs);

        // What the node reads of itself when it is asked for its metrics is in it: a thousandth or a hundredth.
        if (Of("get 4KiB x64") is { } get)
            AtMost("reads of files for a GET of 4 KiB", 1, Math.Round(get.FileReadsPerOperation, 1));
        foreach (var list in figures.OfType<NodeMeasurement>()
            .Where(figure => figure.Case.StartsWith("list", StringComparison.Ordinal)))
            AtLeast($"{list.Case}, per second", 200_000, list.PerSecond);
    }

    private void Growth()
    {
        var sizes = figures.OfType<GrowthFigure>().OrderBy(figure => figure.Keys).ToList();
        if (sizes.Count == 0) return;
        var most = Keys(sizes[^1]);
        foreach (var request in new[] { "put 4KiB x64", "get 4KiB x64" })
            if (figures.OfType<NodeMeasurement>().FirstOrDefault(
                figure => figure.Case == $"{request}, {most}" && figure.Server != Ours) is { } beside)
                AtLeast(
                    $"{request}, {most}, to {beside.Server}", 0.8, Ratio(Of(beside.Case), beside));
        AtMost($"volumes, bytes beyond key and data, {most}", 64, sizes[^1].VolumeBytesPerKey);
        AtMost(
            $"journal and catalog, bytes for an object, {most}", 300,
            sizes[^1].JournalBytesPerKey + sizes[^1].CatalogBytesPerKey);
        AtMost($"MiB resident after a restart and reads, {most}", 400, sizes[^1].ResidentAfterReadsMebibytes);
        AtMost($"seconds until ready after a restart, {most}", 2, sizes[^1].ReadyMs / 1000);
    }

    private void Engine()
    {
        var found = figures.OfType<CpuFigure>().ToList();
        foreach (var (name, perCpuSecond) in Official)
            AtLeast(
                $"{name}, to Akka.NET 1.5.30", 1.0, found.Find(one => one.Case == name)?.PerCpuSecond / perCpuSecond);
        var (single, perSecond) = OfficialPersist;
        AtLeast($"{single}, to Akka.NET 1.5.30", 1.0, found.Find(one => one.Case == single)?.PerSecond / perSecond);
    }

    private NodeMeasurement? Of(string name, string server = Ours) =>
        figures.OfType<NodeMeasurement>().FirstOrDefault(figure => figure.Case == name && figure.Server == server);

    private (double Measured, double ByCpu)? Beside(string name, string server) =>
        Ratio(Of(name), Of(name, server));

    private static (double Measured, double ByCpu)? Ratio(NodeMeasurement? one, NodeMeasurement? other) =>
        one is null || other is null
            ? null
            : (one.PerSecond / other.PerSecond, other.CpuMicrosPerOperation / one.CpuMicrosPerOperation);

    private void AtLeast(string what, double wanted, (double Measured, double ByCpu)? ratio) =>
        Add(what, "at least", wanted, ratio?.Measured, ratio?.Measured >= wanted, ratio?.ByCpu);

    private void AtLeast(string what, double wanted, double? measured) =>
        Add(what, "at least", wanted, measured, measured >= wanted);

    private void AtMost(string what, double wanted, double? measured) =>
        Add(what, "at most", wanted, measured, measured <= wanted);

    private void Add(
        string what, string bound, double wanted, double? measured, bool isMet, double? byCpu = null)
    {
        if (measured is not { } value) return;
        var told = string.Create(CultureInfo.InvariantCulture, $"{bound} {wanted:#,0.##}");
        _found.Add(new TargetFigure(what, value, told, isMet ? "yes" : "no", byCpu));
    }

    private static string Keys(GrowthFigure size) =>
        string.Create(CultureInfo.InvariantCulture, $"{size.Keys:N0} keys");
}
