using System.Buffers;
using System.IO.Pipelines;
using Akka.Actor;
using Ciaos.Actors.Volumes;
using Ciaos.Storage;
using Ciaos.Storage.Volumes;

namespace Ciaos.Actors.Objects;

/// <summary>
/// One body on its way into a volume: cut into chunks, each stored as a needle, with a bounded number of them in
/// flight. While the window is full the body is not read. Used by one request, one call at a time.
/// </summary>
public sealed class Upload : IAsyncDisposable
{
    private const int FirstBufferBytes = 64 * 1024;
    private static readonly Dictionary<string, string> NoMetadata = [];

    private readonly UploadTarget _target;
    private readonly Needle _pattern;
    private readonly Queue<Task<NeedleLocation>> _inFlight = new();
    private readonly List<NeedleLocation> _stored = [];
    private byte[] _buffer = [];
    private int _rentedBytes;
    private int _reservedBytes;
    private int _filledBytes;
    private int _nextOrdinal;
    private bool _bodyEnded;

    internal Upload(UploadTarget target, Needle pattern)
    {
        _target = target;
        _pattern = pattern;
    }

    public ObjectId Id => _pattern.Object;

    /// <summary>The body's first bytes, up to one chunk, after <see cref="BufferAsync"/>.</summary>
    public ReadOnlyMemory<byte> Buffered => _buffer.AsMemory(0, _filledBytes);

    /// <summary>
    /// Reads the body until its end or until one chunk is full. Nothing is stored yet. True: the body has ended, and
    /// <see cref="Buffered"/> is all of it.
    /// </summary>
    /// <param name="lengthHintBytes">The body's exact length where it was announced.</param>
    public async Task<bool> BufferAsync(PipeReader body, long? lengthHintBytes, CancellationToken cancellation)
    {
        var chunkBytes = _target.Buffers.ChunkBytes;
        var reservedBytes = (int)Math.Clamp(lengthHintBytes ?? chunkBytes, 1, chunkBytes);
        await FillAsync(body, reservedBytes, lengthHintBytes is null ? FirstBufferBytes : reservedBytes, cancellation);
        return _bodyEnded;
    }

    /// <summary>Stores what is buffered and the rest of the body; returns when every byte is durable.</summary>
    /// <exception cref="UploadRejectedException">The volumes would not have it.</exception>
    public async Task<StoredBody> StoreAsync(PipeReader body, CancellationToken cancellation)
    {
        if (_reservedBytes == 0) await BufferAsync(body, lengthHintBytes: null, cancellation);
        while (true)
        {
            var isLast = _bodyEnded;
            SendChunk(isLast);
            if (isLast) break;
            if (_inFlight.Count >= _target.Settings.UploadWindowChunks) await CollectOldestAsync();
            await FillAsync(body, _target.Buffers.ChunkBytes, _target.Buffers.ChunkBytes, cancellation);
        }

        while (_inFlight.Count > 0) await CollectOldestAsync();
        return new StoredBody(_target.Needles, [.. _stored], _target.Buffers.ChunkBytes);
    }

    public async ValueTask DisposeAsync()
    {
        ReturnBuffer();
        while (_inFlight.TryDequeue(out var append))
            await ((Task)append).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async Task FillAsync(PipeReader body, int reservedBytes, int firstBytes, CancellationToken cancellation)
    {
        await _target.Buffers.ReserveAsync(reservedBytes, cancellation);
        _reservedBytes = reservedBytes;
        _rentedBytes = Math.Min(firstBytes, reservedBytes);
        _buffer = _target.Buffers.Rent(_rentedBytes);
        while (true)
        {
            var read = await body.ReadAsync(cancellation);
            var unread = read.Buffer;
            var unreadBytes = unread.Length;
            if (_filledBytes + unreadBytes > _rentedBytes) Grow(_filledBytes + unreadBytes);
            var takenBytes = (int)Math.Min(unreadBytes, _rentedBytes - _filledBytes);
            var taken = unread.Slice(0, takenBytes);
            taken.CopyTo(_buffer.AsSpan(_filledBytes));
            _filledBytes += takenBytes;

            // From here on the sequence must not be looked at: its memory may serve the next read already.
            body.AdvanceTo(taken.End);
            _bodyEnded = read.IsCompleted && takenBytes == unreadBytes;
            if (_bodyEnded) break;

            // A full chunk waits for the next byte, or the end, because a needle says whether it is its upload's last.
            if (takenBytes == unreadBytes) continue;
            if (_filledBytes == _target.Buffers.ChunkBytes) break;
            throw new UploadRejectedException(
                VolumeProtocol.RejectReason.TooLarge,
                $"The body is longer than the {_reservedBytes} bytes that were announced");
        }
    }

    private void Grow(long wantedBytes)
    {
        var largerBytes = (int)Math.Min(_reservedBytes, Math.Max(2L * _rentedBytes, wantedBytes));
        if (largerBytes == _rentedBytes) return;
        var larger = _target.Buffers.Rent(largerBytes);
        _buffer.AsSpan(0, _filledBytes).CopyTo(larger);
        _target.Buffers.Return(_buffer, _rentedBytes);
        (_buffer, _rentedBytes) = (larger, largerBytes);
    }

    private void SendChunk(bool isLast)
    {
        var needle = _pattern with
        {
            Id = _nextOrdinal == 0 ? _pattern.Id : _target.Ids.Next(),
            ChunkOrdinal = _nextOrdinal,
            IsLastChunk = isLast,
            Metadata = _nextOrdinal == 0 ? _pattern.Metadata : NoMetadata,
            Data = Buffered,
        };
        _nextOrdinal++;
        _inFlight.Enqueue(AppendAsync(needle, _buffer, _rentedBytes, _reservedBytes));
        (_buffer, _rentedBytes, _reservedBytes, _filledBytes) = ([], 0, 0, 0);
    }

    private async Task<NeedleLocation> AppendAsync(Needle needle, byte[] buffer, int rentedBytes, int reservedBytes)
    {
        object answer;
        try
        {
            answer = await _target.Volumes.Ask<object>(new VolumeProtocol.Append(needle), _target.Settings.AskTimeout);
        }
        catch (AskTimeoutException)
        {
            // The volume may still be about to read the buffer, so it is left to the garbage collector.
            _target.Buffers.Release(reservedBytes);
            throw new UploadRejectedException(
                VolumeProtocol.RejectReason.DiskFailed,
                $"The volumes did not answer within {_target.Settings.AskTimeout}");
        }

        _target.Buffers.Return(buffer, rentedBytes);
        _target.Buffers.Release(reservedBytes);
        return answer switch
        {
            VolumeProtocol.Appended appended => appended.Location,
            VolumeProtocol.Rejected rejected => throw new UploadRejectedException(rejected.Reason, rejected.Detail),
            _ => throw new InvalidOperationException($"A volume answered an append with {answer.GetType()}"),
        };
    }

    private async Task CollectOldestAsync() => _stored.Add(await _inFlight.Dequeue());

    private void ReturnBuffer()
    {
        if (_reservedBytes == 0) return;
        _target.Buffers.Return(_buffer, _rentedBytes);
        _target.Buffers.Release(_reservedBytes);
        (_buffer, _rentedBytes, _reservedBytes, _filledBytes) = ([], 0, 0, 0);
    }
}

/// <summary>What all uploads of a node share.</summary>
internal sealed record UploadTarget(
    IActorRef Volumes, INeedleReader Needles, NeedleIds Ids, ChunkBuffers Buffers, StoreSettings Settings);
