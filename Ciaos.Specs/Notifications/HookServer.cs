using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Threading.Channels;

namespace Ciaos.Specs.Notifications;

/// <summary>A webhook on a port of loopback, which answers every call with a status.</summary>
internal sealed class HookServer : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly Channel<string> _taken = Channel.CreateUnbounded<string>();
    private int _status = 200;
    private int _connections;

    public HookServer()
    {
        _listener.Start();
        _ = ServeAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public int Status { set => Volatile.Write(ref _status, value); }

    public int Connections => Volatile.Read(ref _connections);

    public Uri Url(string host = "127.0.0.1") =>
        new(string.Create(CultureInfo.InvariantCulture, $"http://{host}:{Port}/hook"));

    /// <summary>What it has taken, call by call.</summary>
    public async Task<string> TakenAsync()
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        return await _taken.Reader.ReadAsync(patience.Token);
    }

    public void Dispose() => _listener.Dispose();

    private async Task ServeAsync()
    {
        try
        {
            while (true)
            {
                using var client = await _listener.AcceptTcpClientAsync();
                Interlocked.Increment(ref _connections);
                await AnswerAsync(client.GetStream());
            }
        }
        catch (SocketException)
        {
            _taken.Writer.TryComplete();
        }
        catch (ObjectDisposedException)
        {
            _taken.Writer.TryComplete();
        }
    }

    private async Task AnswerAsync(Stream stream)
    {
        using var reader = new StreamReader(stream, Encoding.ASCII, false, 1024, leaveOpen: true);
        var length = 0;
        while (await reader.ReadLineAsync() is { Length: > 0 } line)
        {
            if (line.StartsWith("Content-Length:", StringComparison.OrdinalIgnoreCase))
                length = int.Parse(line["Content-Length:".Length..], CultureInfo.InvariantCulture);
        }

        var body = new char[length];
        await reader.ReadBlockAsync(body);
        var status = Volatile.Read(ref _status);
        if (status == 200) _taken.Writer.TryWrite(new string(body));
        await stream.WriteAsync(Encoding.ASCII.GetBytes(string.Create(
            CultureInfo.InvariantCulture, $"HTTP/1.1 {status} X\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")));
    }
}
