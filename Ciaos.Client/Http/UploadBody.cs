using System.Buffers;
using System.Runtime.ExceptionServices;

namespace Ciaos.Client.Http;

/// <summary>Where the bytes of a request come from.</summary>
internal abstract class UploadBody
{
    protected const int CopyBytes = 128 * 1024;

    // Small parts are sent as they are; of large ones progress is told in between.
    private const int WriteBytes = 1024 * 1024;

    private bool _wasBegun;

    /// <summary>Null: nobody knows, so it is sent in chunks.</summary>
    public abstract long? LengthBytes { get; }

    /// <summary>Whether it can be sent (again).</summary>
    public bool CanSend => !_wasBegun || CanReplay;

    /// <summary>The caller's own stream failed: that is what the caller is told, and no retry helps.</summary>
    public ExceptionDispatchInfo? SourceFailure { get; private set; }

    protected abstract bool CanReplay { get; }

    public Task SendAsync(Stream target, IProgress<long>? progress, Watchdog watchdog)
    {
        _wasBegun = true;
        return WriteAsync(new Output(target, progress, watchdog));
    }

    protected abstract Task WriteAsync(Output output);

    /// <summary>Runs something of the caller's, without time-out, and keeps what it throws.</summary>
    protected async ValueTask<T> AskSourceAsync<T>(Output output, Func<CancellationToken, ValueTask<T>> ask)
    {
        output.Watchdog.Suspend();
        try
        {
            return await ask(output.Watchdog.Token).ConfigureAwait(false);
        }
        catch (Exception error) when (!output.Watchdog.Token.IsCancellationRequested)
        {
            SourceFailure = ExceptionDispatchInfo.Capture(error);
            throw;
        }
        finally
        {
            output.Watchdog.Touch();
        }
    }

    protected void CheckLength(long sentBytes, bool isWhole)
    {
        if (LengthBytes is not { } length || sentBytes == length || (sentBytes < length && !isWhole)) return;
        var error = new InvalidDataException($"The stream was to give {length} bytes, it gave "
            + (isWhole ? $"only {sentBytes}" : "more"));
        SourceFailure = ExceptionDispatchInfo.Capture(error);
        throw error;
    }

    protected sealed class Output(Stream target, IProgress<long>? progress, Watchdog watchdog)
    {
        public Watchdog Watchdog => watchdog;

        public long SentBytes { get; private set; }

        public async ValueTask WriteAsync(ReadOnlyMemory<byte> bytes)
        {
            while (!bytes.IsEmpty)
            {
                var part = bytes[..Math.Min(bytes.Length, WriteBytes)];
                await target.WriteAsync(part, watchdog.Token).ConfigureAwait(false);
                watchdog.Touch();
                SentBytes += part.Length;
                progress?.Report(SentBytes);
                bytes = bytes[part.Length..];
            }
        }
    }
}

/// <summary>Bytes in memory, in parts that are sent one behind the other.</summary>
internal sealed class MemoryBody(IReadOnlyList<ReadOnlyMemory<byte>> parts) : UploadBody
{
    public MemoryBody(ReadOnlyMemory<byte> bytes)
        : this([bytes])
    {
    }

    public override long? LengthBytes { get; } = parts.Sum(part => (long)part.Length);

    protected override bool CanReplay => true;

    protected override async Task WriteAsync(Output output)
    {
        foreach (var part in parts) await output.WriteAsync(part).ConfigureAwait(false);
    }
}

/// <summary>A stream from where it stands; one that can seek is sent again from there.</summary>
/// <param name="lengthBytes">Of the stream, where it is to give just so many.</param>
/// <param name="head">Goes before the stream's bytes.</param>
/// <param name="tail">Goes behind them.</param>
internal sealed class StreamBody(
    Stream stream, long? lengthBytes, ReadOnlyMemory<byte> head = default, ReadOnlyMemory<byte> tail = default)
    : UploadBody
{
    private readonly long _start = stream.CanSeek ? stream.Position : 0;
    private bool _wasRead;

    public override long? LengthBytes { get; } =
        head.Length + tail.Length + (lengthBytes ?? (stream.CanSeek ? stream.Length - stream.Position : null));

    protected override bool CanReplay => stream.CanSeek;

    protected override async Task WriteAsync(Output output)
    {
        if (_wasRead) stream.Position = _start;
        _wasRead = true;
        await output.WriteAsync(head).ConfigureAwait(false);
        var buffer = ArrayPool<byte>.Shared.Rent(CopyBytes);
        try
        {
            int count;
            while ((count = await AskSourceAsync(output, token => stream.ReadAsync(buffer, token))) > 0)
            {
                CheckLength(output.SentBytes + count + tail.Length, isWhole: false);
                await output.WriteAsync(buffer.AsMemory(0, count)).ConfigureAwait(false);
            }

            CheckLength(output.SentBytes + tail.Length, isWhole: true);
            await output.WriteAsync(tail).ConfigureAwait(false);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}

/// <summary>A sequence of buffers. It can be gone through once.</summary>
internal sealed class SequenceBody(IAsyncEnumerable<ReadOnlyMemory<byte>> buffers, long? lengthBytes) : UploadBody
{
    public override long? LengthBytes => lengthBytes;

    protected override bool CanReplay => false;

    protected override async Task WriteAsync(Output output)
    {
        var enumerator = buffers.GetAsyncEnumerator(output.Watchdog.Token);
        await using (enumerator.ConfigureAwait(false))
        {
            while (await AskSourceAsync(output, _ => enumerator.MoveNextAsync()).ConfigureAwait(false))
            {
                CheckLength(output.SentBytes + enumerator.Current.Length, isWhole: false);
                await output.WriteAsync(enumerator.Current).ConfigureAwait(false);
            }
        }

        CheckLength(output.SentBytes, isWhole: true);
    }
}
