using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Threading.Channels;
using Ciaos.Storage.Disks;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Ciaos.Bench.Node;

/// <summary>
/// The limit: what Kestrel and the disk allow if nothing else is done. PUT appends the body to one file, with group
/// commit as in a volume; a dictionary says where it lies; GET reads it from there. No index, no authentication, no
/// checksum, nothing that survives the process.
/// </summary>
internal sealed class BareServer(string folder) : ServerProcess(Called, folder)
{
    public const string Called = "bare limit";

    public const string Argument = "serve-bare";

    private const int PieceBytes = 1024 * 1024;

    protected override string HealthPath => "/health";

    protected override ProcessStartInfo Command(int port) => Silent(
        "dotnet", typeof(BareServer).Assembly.Location, Argument, Folder, port.ToString(CultureInfo.InvariantCulture));

    public override ServerUsage Usage()
    {
        using var client = new HttpClient();
        var told = client.GetStringAsync(new Uri($"http://{Address}/usage")).GetAwaiter().GetResult().Split(' ');
        return base.Usage() with
        {
            AllocatedBytes = long.Parse(told[0], CultureInfo.InvariantCulture),
            Flushes = long.Parse(told[1], CultureInfo.InvariantCulture),
        };
    }

    /// <summary>Is the server; in a process of its own.</summary>
    public static async Task Serve(string[] arguments)
    {
        using var disk = PhysicalDisk.Open(arguments[0]);
        using var file = disk.Create("data");
        file.Preallocate(1L << 30);
        var appender = new Appender(file);
        var places = new ConcurrentDictionary<string, (long Offset, int Bytes)>(StringComparer.Ordinal);
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(options =>
        {
            options.AddServerHeader = false;
            options.Limits.MaxRequestBodySize = null;
            options.ListenLocalhost(
                int.Parse(arguments[1], CultureInfo.InvariantCulture), l => l.Protocols = HttpProtocols.Http1);
        });
        await using var application = builder.Build();
        ((IApplicationBuilder)application).Run(context => context.Request.Method switch
        {
            "PUT" => Put(context, appender, places),
            _ when context.Request.Path == "/health" => context.Response.WriteAsync("ok"),
            _ when context.Request.Path == "/usage" => context.Response.WriteAsync(string.Create(
                CultureInfo.InvariantCulture, $"{GC.GetTotalAllocatedBytes()} {appender.Flushes}")),
            _ => Get(context, file, places),
        });
        await application.RunAsync();
    }

    private static async Task Put(
        HttpContext context, Appender appender, ConcurrentDictionary<string, (long Offset, int Bytes)> places)
    {
        var length = (int)context.Request.ContentLength!.Value;
        var reader = context.Request.BodyReader;
        var at = appender.Reserve(length);
        for (var done = 0; done < length;)
        {
            var read = await reader.ReadAtLeastAsync(Math.Min(PieceBytes, length - done));
            var piece = read.Buffer;
            var isLast = done + piece.Length == length;
            await appender.WriteAsync(at + done, piece, mustFlush: isLast);
            done += (int)piece.Length;
            reader.AdvanceTo(piece.End);
        }

        places[context.Request.Path.Value!] = (at, length);
        context.Response.StatusCode = StatusCodes.Status201Created;
        context.Response.ContentLength = 0;
    }

    private static async Task Get(
        HttpContext context, IDiskFile file, ConcurrentDictionary<string, (long Offset, int Bytes)> places)
    {
        if (!places.TryGetValue(context.Request.Path.Value!, out var place))
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }

        context.Response.ContentLength = place.Bytes;
        for (var done = 0; done < place.Bytes;)
        {
            var count = Math.Min(PieceBytes / 4, place.Bytes - done);
            file.Read(place.Offset + done, context.Response.BodyWriter.GetSpan(count)[..count]);
            context.Response.BodyWriter.Advance(count);
            done += count;
            await context.Response.BodyWriter.FlushAsync();
        }
    }

    /// <summary>Writes what comes, and flushes once for all that has come meanwhile.</summary>
    private sealed class Appender
    {
        private readonly Channel<Item> _items = Channel.CreateUnbounded<Item>(
            new UnboundedChannelOptions { SingleReader = true });
        private readonly IDiskFile _file;
        private long _end;
        private long _flushes;

        public Appender(IDiskFile file)
        {
            _file = file;
            new Thread(Run) { IsBackground = true }.Start();
        }

        public long Flushes => Volatile.Read(ref _flushes);

        public long Reserve(int bytes) => Interlocked.Add(ref _end, bytes) - bytes;

        public Task WriteAsync(long offset, System.Buffers.ReadOnlySequence<byte> bytes, bool mustFlush)
        {
            var item = new Item(
                offset, bytes, mustFlush, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
            _items.Writer.TryWrite(item);
            return item.Done.Task;
        }

        private void Run()
        {
            var waiting = new List<TaskCompletionSource>();
            while (_items.Reader.WaitToReadAsync().AsTask().GetAwaiter().GetResult())
            {
                while (_items.Reader.TryRead(out var item))
                {
                    var at = item.Offset;
                    foreach (var piece in item.Bytes)
                    {
                        _file.Write(at, [piece]);
                        at += piece.Length;
                    }

                    if (item.MustFlush) waiting.Add(item.Done);
                    else item.Done.SetResult();
                }

                if (waiting.Count == 0) continue;
                _file.Flush();
                Interlocked.Increment(ref _flushes);
                foreach (var done in waiting) done.SetResult();
                waiting.Clear();
            }
        }

        private sealed record Item(
            long Offset, System.Buffers.ReadOnlySequence<byte> Bytes, bool MustFlush, TaskCompletionSource Done);
    }
}
