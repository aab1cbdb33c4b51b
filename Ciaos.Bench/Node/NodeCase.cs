using System.Globalization;
using Ciaos.Bench.Load;

namespace Ciaos.Bench.Node;

/// <summary>One thing that is measured on each server.</summary>
/// <param name="Requests">Makes the source of requests for a server; what it needs beforehand, it stores.</param>
/// <param name="OnAll">False: only a node of ours can do it.</param>
/// <param name="ObjectBytes">Of data that a request moves.</param>
/// <param name="MaxRequests">There are no more of them; a fifth of that again is there for the warm-up.</param>
/// <param name="AtHalfLoad">Open loop, at half of what the server did in the case named
/// <see cref="FullName"/>.</param>
/// <param name="AddsObjects">Each request makes an object that is new.</param>
/// <param name="OperationsPerRequest">What is counted, where it is not requests.</param>
internal sealed record NodeCase(
    string Name, int Connections, long ObjectBytes, Func<ServerProcess, Func<LoadRequest>> Requests, bool OnAll = true,
    long MaxRequests = long.MaxValue, bool AtHalfLoad = false, bool AddsObjects = false,
    int OperationsPerRequest = 1)
{
    private const long WaveBytes = 1 << 30;
    private const long LargeBytes = 1 << 20;
    private const string HalfLoad = ", half the load";
    private const int ReadKeys = 2000;
    public const int PageKeys = 1000;

    private const int Deletes = 50_000;

    private static long _next;

    public string FullName => AtHalfLoad ? Name[..^HalfLoad.Length] : Name;

    /// <summary>Requests under way are longer than a round together: one of each connection is a round.</summary>
    public bool IsWave => Connections * ObjectBytes > WaveBytes;

    public bool IsLarge => ObjectBytes >= LargeBytes;

    public bool IsLimited => MaxRequests < long.MaxValue;

    /// <param name="listedKeys">How many keys the case of listing is to have.</param>
    public static IEnumerable<NodeCase> All(int listedKeys)
    {
        foreach (var size in new[] { 1 << 10, 4 << 10, 64 << 10, 1 << 20, 64 << 20 })
            foreach (var connections in new[] { 1, 16, 64, 256 })
            {
                yield return Put(size, connections);
                yield return Get(size, connections);
            }

        // How long requests take while the server is not driven to its limit, which is where people use it.
        var half = Put(4 << 10, 64);
        yield return half with { Name = half.Name + HalfLoad, AtHalfLoad = true };
        foreach (var files in new[] { 1, 100 })
        {
            yield return NativePut(files);
            yield return NativeGet(files);
        }

        yield return Append();
        yield return Delete();
        yield return Mixed();
        yield return List(listedKeys);
    }

    private static NodeCase Put(int bytes, int connections)
    {
        var body = Bodies.Random(bytes);
        return new NodeCase(
            Named("put", bytes, connections), connections, bytes,
            server => () => Bodies.Request(server.Address, "PUT", NewPath("/raw/"), body),
            AddsObjects: true);
    }

    private static NodeCase Get(int bytes, int connections) => new(
        Named("get", bytes, connections), connections, bytes, server =>
        {
            var body = Bodies.Random(bytes);
            var paths = Store(server, bytes >= 1 << 20 ? 4 : ReadKeys, "PUT", "/raw/", body);
            return Reads(server, paths);
        });

    private static NodeCase NativePut(int files)
    {
        var body = Bodies.FileList(files, 4096);
        return new NodeCase(
            $"native put {files} x 4KiB x64", 64, files * 4096L,
            server => () => Bodies.Request(server.Address, "POST", NewPath("/put/"), body), OnAll: false,
            AddsObjects: true);
    }

    private static NodeCase NativeGet(int files) => new(
        $"native get {files} x 4KiB x64", 64, files * 4096L, server =>
        {
            var paths = Store(server, files > 1 ? 200 : ReadKeys, "POST", "/put/", Bodies.FileList(files, 4096));
            return Reads(server, [.. paths.Select(path => "/get/" + path["/put/".Length..])]);
        },
        OnAll: false);

    private static NodeCase Append()
    {
        var body = Bodies.FileList(1, 4096);
        return new NodeCase(
            "append 4KiB x64", 64, 4096, server =>
            {
                var paths = Store(server, ReadKeys, "POST", "/put/", body);
                var next = 0;
                return () => Bodies.Request(
                    server.Address, "POST", "/append/" + paths[next++ % paths.Length]["/put/".Length..], body);
            },
            OnAll: false);
    }

    private static NodeCase Delete() => new(
        "delete x64", 64, 0, server =>
        {
            var paths = Store(server, Deletes + (Deletes / 5), "PUT", "/raw/", Bodies.Random(100));
            var next = 0;
            return () => Bodies.Request(server.Address, "DELETE", paths[next++ % paths.Length]);
        },
        OnAll: false, MaxRequests: Deletes);

    private static NodeCase Mixed()
    {
        var body = Bodies.Random(4096);
        return new NodeCase(
            "95 get / 5 put 4KiB x64", 64, 4096, server =>
            {
                var reads = Reads(server, Store(server, ReadKeys, "PUT", "/raw/", body));
                var random = new Random(1);
                return () => random.Next(100) < 5
                    ? Bodies.Request(server.Address, "PUT", NewPath("/raw/"), body)
                    : reads();
            });
    }

    // A client that walks through all keys, page by page. What is counted are keys.
    private static NodeCase List(int keys) => new(
        string.Create(CultureInfo.InvariantCulture, $"list {keys:N0} keys, per key"), 1, 0, server =>
        {
            const string prefix = "listed/";
            KeyFill.Run(server, 0, keys, number => $"{prefix}{number:D9}", _ => Bodies.Random(100));
            return Pages(server, keys / PageKeys, page => $"{prefix}{(page * (long)PageKeys) - 1:D9}", prefix);
        },
        OnAll: false, OperationsPerRequest: PageKeys);

    /// <summary>Requests of whole pages of keys, one behind the other, and again from the first.</summary>
    /// <param name="lastBefore">The key before a page, counted from 0.</param>
    public static Func<LoadRequest> Pages(
        ServerProcess server, int pages, Func<int, string> lastBefore, string prefix = "")
    {
        if (pages == 0) throw new WrongUseException($"There are to be {PageKeys} keys at least");
        var next = 0;
        return () =>
        {
            var after = next % pages == 0 ? "" : lastBefore(next % pages);
            next++;
            return Bodies.Request(server.Address, "GET", $"/list?prefix={prefix}&after={after}");
        };
    }

    /// <summary>Stores objects under new keys and returns their paths.</summary>
    public static string[] Store(ServerProcess server, int count, string method, string prefix, byte[] body)
    {
        var paths = Enumerable.Range(0, count).Select(_ => NewPath(prefix)).ToArray();
        var next = 0;
        var done = LoadGenerator.Run(server.Address, new LoadPlan(
            () => Bodies.Request(server.Address, method, paths[next++], body),
            Math.Min(count, body.Length > 1 << 20 ? 1 : 64), TimeSpan.Zero, TimeSpan.FromHours(1), MaxRequests: count));
        if (done.Failures > 0) throw new InvalidOperationException($"{server.Name}: {done.FirstFailure}");
        return paths;
    }

    private static Func<LoadRequest> Reads(ServerProcess server, string[] paths)
    {
        var requests = Array.ConvertAll(paths, path => Bodies.Request(server.Address, "GET", path));
        var random = new Random(2);
        return () => requests[random.Next(requests.Length)];
    }

    private static string NewPath(string prefix) =>
        string.Create(CultureInfo.InvariantCulture, $"{prefix}k{_next++:D9}");

    private static string Named(string what, int bytes, int connections) =>
        string.Create(CultureInfo.InvariantCulture, $"{what} {SizeOf(bytes)} x{connections}");

    private static string SizeOf(int bytes) => bytes >= 1 << 20
        ? string.Create(CultureInfo.InvariantCulture, $"{bytes >> 20}MiB")
        : string.Create(CultureInfo.InvariantCulture, $"{bytes >> 10}KiB");
}
