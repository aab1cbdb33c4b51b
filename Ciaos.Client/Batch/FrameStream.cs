using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using Ciaos.Client.Http;

namespace Ciaos.Client.Batch;

/// <summary>The answer to one <c>POST /batch/get</c>, frame by frame.</summary>
internal sealed class FrameStream : IDisposable
{
    private const int BufferBytes = 64 * 1024;

    private static readonly JsonWriterOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly HttpResponseMessage _answer;
    private readonly BufferedStream _stream;
    private readonly Watchdog _watchdog;
    private readonly byte[] _head = new byte[Frame.HeadBytes];

    private FrameStream(HttpResponseMessage answer, Stream stream, Watchdog watchdog)
    {
        (_answer, _watchdog) = (answer, watchdog);
        _stream = new BufferedStream(stream, BufferBytes);
    }

    public string? RequestId => Transport.Header(_answer, "X-Request-Id");

    public static async Task<FrameStream> OpenAsync(
        Transport transport, IEnumerable<string> keys, bool isOrdered, CancellationToken cancellation)
    {
        var call = new Call(HttpMethod.Post, "/batch/get")
        {
            Body = new MemoryBody(Request(keys, isOrdered)),
            BodyType = "application/json",
        };
        var answer = await transport.SendAsync(call, cancellation).ConfigureAwait(false);
        var watchdog = new Watchdog(transport.Options, cancellation);
        try
        {
            var stream = await answer.Content.ReadAsStreamAsync(watchdog.Token).ConfigureAwait(false);
            return new FrameStream(answer, stream, watchdog);
        }
        catch
        {
            watchdog.Dispose();
            answer.Dispose();
            throw;
        }
    }

    /// <summary>From now on the node is waited for, no longer than the time-out allows.</summary>
    public void Resume() => _watchdog.Touch();

    /// <summary>It is the caller's turn.</summary>
    public void Suspend() => _watchdog.Suspend();

    public async ValueTask<Frame> ReadFrameAsync()
    {
        await ReadExactlyAsync(_head).ConfigureAwait(false);
        return Frame.Read(_head);
    }

    public async ValueTask<long[]> ReadLengthsAsync(Frame frame)
    {
        var count = (int)frame.FileCount * Frame.LengthBytes;
        var buffer = ArrayPool<byte>.Shared.Rent(count);
        try
        {
            await ReadExactlyAsync(buffer.AsMemory(0, count)).ConfigureAwait(false);
            return frame.ReadLengths(buffer.AsSpan(0, count));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <exception cref="EndOfStreamException">The answer ends here.</exception>
    public async ValueTask ReadExactlyAsync(Memory<byte> bytes)
    {
        while (!bytes.IsEmpty) bytes = bytes[await ReadAsync(bytes).ConfigureAwait(false)..];
    }

    /// <summary>At least one byte.</summary>
    public async ValueTask<int> ReadAsync(Memory<byte> bytes)
    {
        var count = await _stream.ReadAsync(bytes, _watchdog.Token).ConfigureAwait(false);
        if (count == 0) throw new EndOfStreamException("The batch was cut off");
        _watchdog.Touch();
        return count;
    }

    public async ValueTask SkipAsync(long count)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
        try
        {
            while (count > 0)
                count -= await ReadAsync(buffer.AsMemory(0, (int)Math.Min(buffer.Length, count))).ConfigureAwait(false);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    public void Dispose()
    {
        _answer.Dispose();
        _watchdog.Dispose();
    }

    private static ReadOnlyMemory<byte> Request(IEnumerable<string> keys, bool isOrdered)
    {
        var request = new ArrayBufferWriter<byte>();
        using var json = new Utf8JsonWriter(request, Plain);
        json.WriteStartObject();
        json.WriteString("order", isOrdered ? "given" : "disk");
        json.WriteStartArray("keys");
        foreach (var key in keys) json.WriteStringValue(key);
        json.WriteEndArray();
        json.WriteEndObject();
        json.Flush();
        return request.WrittenMemory;
    }
}
