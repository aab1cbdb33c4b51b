using System.Buffers;
using System.Globalization;
using System.Net;
using Ciaos.Client.Http;

namespace Ciaos.Client;

/// <summary>Plain bodies on their way down: <c>GET /raw</c>.</summary>
internal sealed class ObjectReads(Transport transport)
{
    private const int CopyBytes = 128 * 1024;

    public async Task<ObjectStream> OpenAsync(
        string key, long offset, long? length, ReadOptions? options, CancellationToken cancellation)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfNegative(length ?? 0, nameof(length));
        if (length == 0) return await OpenNothingAsync(key, offset, options, cancellation).ConfigureAwait(false);
        var call = new Call(HttpMethod.Get, Target.OfKey("raw", key), key)
        {
            Accepts = HttpStatusCode.RequestedRangeNotSatisfiable,
        };
        if (offset > 0 || length is not null) call.With("Range", Range(offset, length));
        var answer = await transport.SendAsync(call.With(options), cancellation).ConfigureAwait(false);
        try
        {
            return Open(key, answer, offset, isRange: call.Headers.Any(header => header.Name == "Range"));
        }
        catch
        {
            answer.Dispose();
            throw;
        }
    }

    /// <summary>The rest of what broke off.</summary>
    public async Task<HttpResponseMessage> ReopenAsync(
        ObjectInfo info, long offset, long length, CancellationToken cancellation)
    {
        var call = new Call(HttpMethod.Get, Target.OfKey("raw", info.Key), info.Key)
            .With("Range", Range(offset, length))
            .With("If-Match", Call.Quoted(info.ETag));
        HttpResponseMessage answer;
        try
        {
            answer = await transport.SendAsync(call, cancellation).ConfigureAwait(false);
        }
        catch (CiaosException error) when (error.Error is CiaosError.PreconditionFailed or CiaosError.NotFound)
        {
            throw new CiaosException(
                CiaosError.BrokenTransfer, "The object changed while it was read", info.Key, error.Status,
                error.RequestId, error);
        }

        var range = answer.Content.Headers.ContentRange;
        if (answer.StatusCode == HttpStatusCode.PartialContent && range?.From == offset && LengthOf(answer) == length)
            return answer;
        answer.Dispose();
        throw Unexpected(info.Key, answer, $"bytes {offset} and on were asked for, '{range}' came");
    }

    public async Task<byte[]> GetBytesAsync(
        string key, long offset, long? length, ReadOptions? options, CancellationToken cancellation)
    {
        var stream = await OpenAsync(key, offset, length, options, cancellation).ConfigureAwait(false);
        await using (stream.ConfigureAwait(false))
        {
            if (stream.Length > Array.MaxLength)
                throw new CiaosException(CiaosError.TooLarge, $"{stream.Length} bytes do not fit into an array", key);
            var bytes = new byte[stream.Length];
            await stream.ReadExactlyAsync(bytes, cancellation).ConfigureAwait(false);
            return bytes;
        }
    }

    public async Task<ObjectInfo> CopyToAsync(
        string key, Stream destination, long offset, long? length, ReadOptions? options, IProgress<long>? progress,
        CancellationToken cancellation)
    {
        var stream = await OpenAsync(key, offset, length, options, cancellation).ConfigureAwait(false);
        var buffer = ArrayPool<byte>.Shared.Rent(CopyBytes);
        try
        {
            int count;
            while ((count = await stream.ReadAsync(buffer, cancellation).ConfigureAwait(false)) > 0)
            {
                await destination.WriteAsync(buffer.AsMemory(0, count), cancellation).ConfigureAwait(false);
                progress?.Report(stream.Position);
            }

            return stream.Info;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
            await stream.DisposeAsync().ConfigureAwait(false);
        }
    }

    private static string Range(long offset, long? length) => string.Create(
        CultureInfo.InvariantCulture, $"bytes={offset}-{(length is { } count ? LastOf(offset, count) : null)}");

    private static long LastOf(long offset, long length) =>
        length > long.MaxValue - offset ? long.MaxValue : offset + length - 1;

    /// <summary>HTTP has no range of no bytes: only the head is asked for.</summary>
    private async Task<ObjectStream> OpenNothingAsync(
        string key, long offset, ReadOptions? options, CancellationToken cancellation)
    {
        var call = new Call(HttpMethod.Head, Target.OfKey("raw", key), key).With(options);
        using var answer = await transport.SendAsync(call, cancellation).ConfigureAwait(false);
        var info = Info(key, answer, LengthOf(answer));
        if (offset > info.SizeBytes)
            throw Refusals.Make(416, $"The object has only {info.SizeBytes} bytes", key);
        return new ObjectStream(this, transport, info, offset, 0, null);
    }

    private ObjectStream Open(string key, HttpResponseMessage answer, long offset, bool isRange)
    {
        var range = answer.Content.Headers.ContentRange;
        if (answer.StatusCode == HttpStatusCode.RequestedRangeNotSatisfiable)
        {
            // A range that begins just where the object ends has no bytes; HTTP calls it an error, a stream does not.
            if (range?.Length is not { } size || size != offset)
                throw Refusals.Make(416, $"The object has only {range?.Length} bytes", key);
            answer.Dispose();
            return new ObjectStream(this, transport, Info(key, answer, size), offset, 0, null);
        }

        var length = LengthOf(answer);
        if (!isRange) return new ObjectStream(this, transport, Info(key, answer, length), 0, length, answer);
        if (answer.StatusCode != HttpStatusCode.PartialContent || range?.From != offset
            || range.Length is not { } whole)
            throw Unexpected(key, answer, $"bytes {offset} and on were asked for, '{range}' came");
        return new ObjectStream(this, transport, Info(key, answer, whole), offset, length, answer);
    }

    private static ObjectInfo Info(string key, HttpResponseMessage answer, long sizeBytes) => new()
    {
        Key = key,
        SizeBytes = sizeBytes,
        ETag = Transport.ETag(answer),
        Modified = answer.Content.Headers.LastModified,
        ContentType = answer.StatusCode == HttpStatusCode.RequestedRangeNotSatisfiable
            ? null
            : answer.Content.Headers.ContentType?.ToString(),
    };

    private static long LengthOf(HttpResponseMessage answer) => answer.Content.Headers.ContentLength
        ?? throw Unexpected(null, answer, "the answer does not tell its length");

    private static CiaosException Unexpected(string? key, HttpResponseMessage answer, string text) => new(
        CiaosError.BrokenTransfer, text, key, (int)answer.StatusCode, Transport.Header(answer, "X-Request-Id"));
}
