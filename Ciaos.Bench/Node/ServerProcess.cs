using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Ciaos.Bench.Node;

/// <summary>A server that is measured: a process of its own on loopback, with its files in its own folder.</summary>
internal abstract class ServerProcess : IDisposable
{
    private static readonly TimeSpan StartPatience = TimeSpan.FromMinutes(10);

    private Process? _process;

    protected ServerProcess(string name, string folder)
    {
        (Name, Folder) = (name, folder);
    }

    public string Name { get; init; }

    public string Folder { get; }

    /// <summary>The folder stays when this is disposed of.</summary>
    public bool KeepsFolder { get; init; }

    public IPEndPoint Address { get; private set; } = new(IPAddress.Loopback, 0);

    /// <summary>Processes whose time counts; nginx has several.</summary>
    protected virtual IEnumerable<int> ProcessIds => [_process!.Id];

    /// <summary>Returns when it answers; tells how long that took.</summary>
    public TimeSpan Start()
    {
        Directory.CreateDirectory(Folder);
        Address = new IPEndPoint(IPAddress.Loopback, FreePort());
        var began = Stopwatch.GetTimestamp();
        _process = Process.Start(Command(Address.Port)) ?? throw new InvalidOperationException($"No {Name}");
        _process.BeginOutputReadLine(); // What it greets people with is passed over.
        using var client = new HttpClient { Timeout = TimeSpan.FromSeconds(5) };
        while (!Answers(client))
        {
            if (_process.HasExited || Stopwatch.GetElapsedTime(began) > StartPatience)
                throw new InvalidOperationException($"{Name} did not start");
            Interruption.Check();
            Thread.Sleep(5);
        }

        return Stopwatch.GetElapsedTime(began);
    }

    public void Stop()
    {
        if (_process is null) return;
        if (!_process.HasExited)
        {
            Process.Start("kill", ["-TERM", _process.Id.ToString(CultureInfo.InvariantCulture)])!.WaitForExit();
            if (!_process.WaitForExit(TimeSpan.FromSeconds(60))) _process.Kill();
            _process.WaitForExit();
        }

        _process.Dispose();
        _process = null;
    }

    /// <summary>Begins anew with an empty folder.</summary>
    public void Renew()
    {
        Dispose();
        Start();
    }

    /// <summary>The lengths of its files; null where that says nothing.</summary>
    public virtual long? DiskBytes() => new DirectoryInfo(Folder)
        .EnumerateFiles("*", SearchOption.AllDirectories).Sum(file => file.Length);

    /// <summary>What it has used up to now, but for the disk.</summary>
    public virtual ServerUsage Usage()
    {
        var used = default(ServerUsage);
        foreach (var id in ProcessIds)
        {
            // Behind the name, which is in brackets, come the state and then numbers: the 12th and 13th are clock
            // ticks.
            var stat = File.ReadAllText($"/proc/{id}/stat");
            var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            used = used with
            {
                Cpu = used.Cpu + TimeSpan.FromMilliseconds(10 * (Number(fields[11]) + Number(fields[12]))),
                WrittenBytes = used.WrittenBytes + NumberBehind($"/proc/{id}/io", "write_bytes:"),
                FileReads = used.FileReads + NumberBehind($"/proc/{id}/io", "syscr:"),
                PeakBytes = used.PeakBytes + (NumberBehind($"/proc/{id}/status", "VmHWM:") * 1024),
                ResidentBytes = used.ResidentBytes + (NumberBehind($"/proc/{id}/status", "VmRSS:") * 1024),
                ContextSwitches = used.ContextSwitches + ContextSwitchesOf(id),
            };
        }

        return used;
    }

    /// <summary>From here on the peak of resident memory counts.</summary>
    public void ForgetPeak()
    {
        const string peak = "5"; // proc(5), clear_refs
        foreach (var id in ProcessIds) File.WriteAllText($"/proc/{id}/clear_refs", peak);
    }

    public void Dispose()
    {
        Stop();
        if (!KeepsFolder && Directory.Exists(Folder)) Directory.Delete(Folder, recursive: true);
    }

    protected abstract ProcessStartInfo Command(int port);

    /// <summary>Asked without an object: any answer will do.</summary>
    protected virtual bool Answers(HttpClient client)
    {
        try
        {
            using var answer = client.Send(new HttpRequestMessage(HttpMethod.Get, $"http://{Address}{HealthPath}"));
            return answer.IsSuccessStatusCode || HealthPath == "/";
        }
        catch (Exception failure) when (failure is HttpRequestException or TaskCanceledException)
        {
            return false;
        }
    }

    protected virtual string HealthPath => "/";

    protected static ProcessStartInfo Silent(string program, params IEnumerable<string> arguments) =>
        new(program, arguments)
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
        };

    // Of the threads that there are: one that has ended meanwhile is not seen any more.
    private static long ContextSwitchesOf(int id)
    {
        var switches = 0L;
        foreach (var thread in Directory.EnumerateDirectories($"/proc/{id}/task"))
        {
            try
            {
                switches += NumberBehind($"{thread}/status", "voluntary_ctxt_switches:")
                    + NumberBehind($"{thread}/status", "nonvoluntary_ctxt_switches:");
            }
            catch (IOException)
            {
                // It ended just now.
            }
        }

        return switches;
    }

    private static long NumberBehind(string file, string name)
    {
        var line = File.ReadLines(file).FirstOrDefault(line => line.StartsWith(name, StringComparison.Ordinal));
        return line is null ? 0 : Number(line[name.Length..].Replace("kB", "", StringComparison.Ordinal).Trim());
    }

    private static long Number(string text) => long.Parse(text, CultureInfo.InvariantCulture);

    private static int FreePort()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }
}

/// <param name="WrittenBytes">What went to the disk's queue, as the system counts it.</param>
/// <param name="PeakBytes">Of resident memory.</param>
/// <param name="AllocatedBytes">On the managed heap; 0 where it is not known.</param>
/// <param name="Flushes">fdatasync and its like; 0 where it is not known.</param>
/// <param name="DiskBytes">Null where it was not asked for, or is not known.</param>
/// <param name="FileReads">Calls that read from files (read, pread, sendfile and their like), as the system counts
/// them: those that take from sockets with recv are not among them.</param>
/// <param name="ContextSwitches">Of all threads, wanted and not.</param>
internal readonly record struct ServerUsage(
    TimeSpan Cpu, long WrittenBytes, long PeakBytes, long ResidentBytes, long AllocatedBytes, long Flushes,
    long FileReads, long ContextSwitches, long? DiskBytes)
{
    public ServerUsage Since(ServerUsage before) => this with
    {
        Cpu = Cpu - before.Cpu,
        WrittenBytes = WrittenBytes - before.WrittenBytes,
        AllocatedBytes = AllocatedBytes - before.AllocatedBytes,
        Flushes = Flushes - before.Flushes,
        DiskBytes = DiskBytes - before.DiskBytes,
        FileReads = FileReads - before.FileReads,
        ContextSwitches = ContextSwitches - before.ContextSwitches,
    };
}
