using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Ciaos.Bench.Load;

/// <summary>What is sent: a head, and a body that many requests may share.</summary>
public readonly record struct LoadRequest(ReadOnlyMemory<byte> Head, ReadOnlyMemory<byte> Body);

/// <summary>A kept connection with at most one request on its way.</summary>
internal sealed class LoadConnection : IDisposable
{
    private const int BufferBytes = 256 * 1024;

    private readonly IPEndPoint _server;
    private readonly Epoll _epoll;
    private readonly int _tag;
    private readonly byte[] _buffer = new byte[BufferBytes];
    private readonly HttpResponseReader _reader = new();
    private Socket _socket;
    private LoadRequest _request;
    private int _sentBytes;
    private bool _waitsToWrite;

    public LoadConnection(IPEndPoint server, Epoll epoll, int tag)
    {
        (_server, _epoll, _tag) = (server, epoll, tag);
        _socket = Connect();
    }

    /// <summary>When the request under way was due.</summary>
    public long DueAt { get; private set; }

    public int Status => _reader.Status;

    public long BodyBytes => _reader.BodyBytes;

    public long RequestBytes => _request.Body.Length;

    public void Begin(LoadRequest request, long dueAt)
    {
        (_request, _sentBytes, DueAt) = (request, 0, dueAt);
        if (request.Head.Length + request.Body.Length <= BufferBytes)
        {
            // One packet, or a few, out of one call.
            request.Head.CopyTo(_buffer);
            request.Body.CopyTo(_buffer.AsMemory(request.Head.Length));
            _request = new LoadRequest(_buffer.AsMemory(0, request.Head.Length + request.Body.Length), default);
        }

        Send();
        _request = _request with { Body = request.Body };
    }

    /// <summary>To be called when the socket can go on. True when the answer is whole.</summary>
    public bool Continue()
    {
        if (_waitsToWrite) Send();
        if (_waitsToWrite) return false;
        return Receive();
    }

    public void Dispose() => _socket.Dispose();

    private Socket Connect()
    {
        var socket = new Socket(_server.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        socket.Connect(_server);
        socket.Blocking = false;
        _epoll.Watch(socket.SafeHandle, _tag, Epoll.Readable, isNew: true);
        return socket;
    }

    private void Send()
    {
        var (head, body) = (_request.Head, _request.Body);
        var isJoined = head.Length > 0 && head.Span.Overlaps(_buffer);
        var total = isJoined ? head.Length : head.Length + body.Length;
        while (_sentBytes < total)
        {
            var rest = _sentBytes < head.Length ? head[_sentBytes..] : body[(_sentBytes - head.Length)..];
            var count = _socket.Send(rest.Span, SocketFlags.None, out var error);
            if (error == SocketError.WouldBlock)
            {
                Wait(toWrite: true);
                return;
            }

            if (error != SocketError.Success) throw new SocketException((int)error);
            _sentBytes += count;
        }

        Wait(toWrite: false);
    }

    private void Wait(bool toWrite)
    {
        if (toWrite == _waitsToWrite) return;
        _waitsToWrite = toWrite;
        _epoll.Watch(_socket.SafeHandle, _tag, toWrite ? Epoll.Writable : Epoll.Readable, isNew: false);
    }

    private bool Receive()
    {
        while (true)
        {
            var count = _socket.Receive(_buffer, SocketFlags.None, out var error);
            if (error == SocketError.WouldBlock) return false;
            if (error != SocketError.Success) throw new SocketException((int)error);
            if (count == 0) throw new IOException("The server closed a connection in the middle of an answer");
            if (!_reader.Take(_buffer.AsSpan(0, count), out var used)) continue;
            Debug.Assert(used == count, "Nothing was asked for beyond the answer");
            if (_reader.MustClose)
            {
                _socket.Dispose();
                _socket = Connect();
            }

            return true;
        }
    }
}
