using System.Globalization;

namespace Ciaos.Bench.Node;

/// <summary>What the benchmarks of nodes were told.</summary>
/// <param name="Keys">For the case of listing.</param>
/// <param name="Data">Folder of the node that grows, which stays there; null: one that is deleted.</param>
/// <param name="ObjectBytes">Of nine in ten objects that a node is filled with.</param>
internal sealed record NodeBenchOptions(
    IReadOnlyList<string> Filters, TimeSpan Duration, int Rounds, string Folder,
    IReadOnlyList<string> Settings, IReadOnlyList<string> Only, TimeSpan WarmUp, bool WithHalf,
    int Keys, int ObjectBytes, string? Data)
{
    // Tiered compilation has done most of its work by then.
    private const int DefaultWarmUpSeconds = 5;
    private const int DefaultSeconds = 5;
    private const int DefaultRounds = 3;
    private const int DefaultKeys = 1_000_000;
    private const int DefaultObjectBytes = 1024;

    public void Tell(BenchReport report) => report.Setting(string.Create(
        CultureInfo.InvariantCulture,
        $"{Rounds} rounds of {Duration.TotalSeconds} s after {WarmUp.TotalSeconds} s of warm-up; medians"));

    /// <exception cref="WrongUseException">It is not understood.</exception>
    public static NodeBenchOptions Parse(string[] arguments)
    {
        var (filters, settings, only) = (new List<string>(), new List<string>(), new List<string>());
        var (seconds, rounds, warmUp, withHalf) = (DefaultSeconds, DefaultRounds, DefaultWarmUpSeconds, true);
        var data = (string?)null;
        var (folder, keys, objectBytes) = (Path.GetTempPath(), DefaultKeys, DefaultObjectBytes);
        for (var i = 0; i < arguments.Length; i++)
        {
            switch (arguments[i])
            {
                case "--seconds": seconds = Number(); break;
                case "--rounds": rounds = Number(); break;
                case "--warm-up": warmUp = Number(); break;
                case "--no-half": withHalf = false; break;
                case "--folder": folder = Next(); break;
                case "--keys": keys = Number(); break;
                case "--data": data = Path.GetFullPath(Next()); break;
                case "--bytes": objectBytes = Number(); break;
                case "--set": settings.Add(Next()); break;
                case "--server": only.Add(Next()); break;
                case var other when other.StartsWith('-'):
                    throw new WrongUseException($"{other} is not known");
                default: filters.Add(arguments[i]); break;
            }

            string Next() => ++i < arguments.Length
                ? arguments[i]
                : throw new WrongUseException($"{arguments[i - 1]} needs a value");

            int Number() => int.TryParse(Next(), CultureInfo.InvariantCulture, out var number) && number >= 0
                ? number
                : throw new WrongUseException($"{arguments[i - 1]} needs a number");
        }

        return new NodeBenchOptions(
            filters, TimeSpan.FromSeconds(seconds), rounds, Path.GetFullPath(folder), settings, only,
            TimeSpan.FromSeconds(warmUp), withHalf, keys, objectBytes, data);
    }

    /// <summary>Those whose names hold a filter; a filter that is the whole name of a case means that one
    /// alone.</summary>
    /// <exception cref="WrongUseException">There is none.</exception>
    public List<NodeCase> Chosen(IReadOnlyList<NodeCase> cases)
    {
        var chosen = cases
            .Where(one => WithHalf || !one.AtHalfLoad)
            .Where(one => Filters.Count == 0 || Filters.Any(filter => cases.Any(other => other.Name == filter)
                ? one.Name == filter
                : one.Name.Contains(filter, StringComparison.Ordinal)))
            .ToList();
        return chosen.Count > 0
            ? chosen
            : throw new WrongUseException(
                "No case has such a name. There are: "
                + string.Join(", ", cases.Select(one => one.Name).Distinct(StringComparer.Ordinal)));
    }

    /// <summary>nginx only where it is installed (<c>apt-get install nginx</c>).</summary>
    public List<ServerProcess> Servers()
    {
        var servers = new List<ServerProcess> { Ciaos() };
        servers.Add(new BareServer(PathOf("bare")));
        if (NginxServer.Program is not null) servers.Add(new NginxServer(PathOf("nginx")));
        else Console.WriteLine("nginx is not installed, and left out");
        if (Only.Count == 0) return servers;
        var unknown = Only.FirstOrDefault(name => servers.TrueForAll(server => server.Name != name));
        return unknown is null
            ? servers.FindAll(server => Only.Contains(server.Name, StringComparer.Ordinal))
            : throw new WrongUseException(
                $"There is no server {unknown}, but {string.Join(", ", servers.Select(server => server.Name))}");
    }

    public CiaosServer Ciaos() => new(Data ?? PathOf("ciaos"), [.. Settings]) { KeepsFolder = Data is not null };

    /// <summary>A node beside that one, in a folder of its own that is deleted.</summary>
    public CiaosServer CiaosBeside(string name) => new(PathOf("beside"), [.. Settings]) { Name = name };

    private string PathOf(string name) => Path.Combine(
        Folder, string.Create(CultureInfo.InvariantCulture, $"ciaos-bench-{Environment.ProcessId}-{name}"));
}
