using System.Buffers;
using System.IO.Pipelines;
using Akka.Actor;
using Ciaos.Actors.Encryption;
using Ciaos.Actors.Identity;
using Ciaos.Actors.Metrics;
using Ciaos.Actors.Volumes;
using Ciaos.Storage;
using Ciaos.Storage.Volumes;

namespace Ciaos.Actors.Objects;

/// <summary>
/// One body on its way into a volume: cut into chunks, each stored as a needle, with a bounded number of them in
/// flight. While the window is full the body is not read. Used by one request, one call at a time.
/// </summary>
/// <remarks>
/// Memory is taken as bytes arrive, never for what was only announced: a buffer is at most four times as large as what
/// its client has sent into it, or into the one before. Where there is none left to grow, or where others wait and the
/// client is too slow, the chunk ends early (see <see cref="UploadBudget"/>). So chunks differ in length.
/// </remarks>
public sealed class Upload : IAsyncDisposable
{
    /// <summary>So much every upload may hold outside of the budget: what many slow clients have in hand is small, and
    /// a small body never waits for memory.</summary>
    internal const int FreeBytes = 4 * 1024;

    private const int FirstReservedBytes = 64 * 1024;
    private const int GrowthFactor = 4;
    private static readonly Dictionary<string, string> NoMetadata = [];

    private readonly UploadTarget _target;
    private readonly Needle _pattern;
    private readonly DataKey? _key;
    private readonly NeedleSealer? _sealer;
    private readonly Queue<Task<NeedleLocation>> _inFlight = new();
    private readonly List<NeedleLocation> _stored = new(1);
    private readonly LinkedListNode<UploadBudget.ClientWait> _clientWait;
    private byte[] _buffer = [];
    private int _rentedBytes;
    private int _reservedBytes;
    private int _filledBytes;
    private int _allowedBytes;
    private int _nextOrdinal;
    private long _receivedBytes;
    private long? _announcedBytes;
    private bool _hasBegun;
    private bool _bodyEnded;

    /// <param name="key">The body is encrypted with it; null: it is not.</param>
    internal Upload(UploadTarget target, Needle pattern, DataKey? key = null)
    {
        _target = target;
        _pattern = pattern;
        _key = key;
        if (key is not null) _sealer = new NeedleSealer(key, target.Random);
        _clientWait = target.Budget.NewWait();
    }

    public ObjectId Id => _pattern.Object;

    /// <summary>So much of the body has come.</summary>
    public long ReceivedBytes => _receivedBytes;

    /// <summary>Whether <see cref="ReceivedCrc"/> is wanted. To be set before the body is read.</summary>
    public bool KeepsCrc { get; init; }

    /// <summary>CRC-32C of what has come.</summary>
    public uint ReceivedCrc { get; private set; }

    /// <summary>The body's first bytes, up to one chunk, after <see cref="BufferAsync"/>.</summary>
    public ReadOnlyMemory<byte> Buffered => _buffer.AsMemory(0, _filledBytes);

    /// <summary>
    /// Reads the body until its end, until one chunk is full, or until there is no memory for more of it. Nothing is
    /// stored yet. True: the body has ended, and <see cref="Buffered"/> is all of it. False: <see cref="Buffered"/> has
    /// more than <see cref="FreeBytes"/>.
    /// </summary>
    /// <param name="announcedBytes">The body's exact length where it was announced.</param>
    public async Task<bool> BufferAsync(PipeReader body, long? announcedBytes, CancellationToken cancellation)
    {
        (_hasBegun, _announcedBytes) = (true, announcedBytes);
        await FillAsync(body, cancellation);
        return _bodyEnded;
    }

    /// <summary>Stores what is buffered and the rest of the body; returns when every byte is durable.</summary>
    /// <exception cref="UploadRejectedException">The volumes would not have it.</exception>
    public async Task<StoredBody> StoreAsync(PipeReader body, CancellationToken cancellation)
    {
        if (!_hasBegun) await BufferAsync(body, announcedBytes: null, cancellation);
        while (!_bodyEnded)
        {
            _inFlight.Enqueue(SendChunkAsync(isLast: false));
            if (_inFlight.Count >= _target.Settings.UploadWindowChunks) await CollectOldestAsync();
            await FillAsync(body, cancellation);
        }

        // Of a small body it is the only one.
        var last = SendChunkAsync(isLast: true);
        if (_inFlight.Count > 0) _inFlight.Enqueue(last);
        else _stored.Add(await last);
        while (_inFlight.Count > 0) await CollectOldestAsync();
        return _key is null
            ? new StoredBody(_target.Needles, [.. _stored])
            : new StoredBody(new SealedNeedles(_target.Needles, _key), [.. _stored], isSealed: true);
    }

    public async ValueTask DisposeAsync()
    {
        ReturnBuffer();
        while (_inFlight.TryDequeue(out var append))
            await ((Task)append).ConfigureAwait(
                ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
    }

    // Returns at the end of the body or of the chunk. Bytes are waited for before memory is: who sends nothing takes
    // none.
    private async Task FillAsync(PipeReader body, CancellationToken cancellation)
    {
        while (true)
        {
            var read = await ReadAsync(body, cancellation);
            var unread = read.Buffer;
            var unreadBytes = unread.Length;
            try
            {
                CheckAnnounced(unreadBytes);
                await MakeRoomAsync(unreadBytes, cancellation);
            }
            catch
            {
                body.AdvanceTo(unread.Start);
                throw;
            }

            var takenBytes = (int)Math.Min(unreadBytes, RoomBytes(_rentedBytes) - _filledBytes);
            var taken = unread.Slice(0, takenBytes);
            taken.CopyTo(_buffer.AsSpan(_filledBytes));
            if (KeepsCrc) ReceivedCrc = Crc32C.Append(ReceivedCrc, _buffer.AsSpan(_filledBytes, takenBytes));
            _filledBytes += takenBytes;
            _receivedBytes += takenBytes;

            // From here on the sequence must not be looked at: its memory may serve the next read already.
            body.AdvanceTo(taken.End);
            _bodyEnded = read.IsCompleted && takenBytes == unreadBytes;

            // A full chunk waits for the next byte, or the end, because a needle says whether it is its upload's last.
            if (_bodyEnded || takenBytes < unreadBytes) return;
            if (read.IsCanceled && !TryShrink()) return;
        }
    }

    private async ValueTask<ReadResult> ReadAsync(PipeReader body, CancellationToken cancellation)
    {
        var reading = body.ReadAsync(cancellation);
        if (_reservedBytes == 0 || reading.IsCompleted) return await reading;
        _target.Budget.BeginWait(_clientWait, body);
        try
        {
            return await reading;
        }
        finally
        {
            _target.Budget.EndWait(_clientWait);
        }
    }

    private void CheckAnnounced(long unreadBytes)
    {
        if (_announcedBytes - _receivedBytes < unreadBytes)
            throw new UploadRejectedException(
                VolumeProtocol.RejectReason.TooLarge,
                $"The body is longer than the {_announcedBytes} bytes that were announced");
    }

    /// <summary>Grows the buffer for what has come, if it can. Where it cannot, the chunk ends.</summary>
    private async ValueTask MakeRoomAsync(long unreadBytes, CancellationToken cancellation)
    {
        var neededBytes = StoredBytes(_filledBytes + unreadBytes);
        if (neededBytes <= _rentedBytes || _rentedBytes == _target.Buffers.ChunkBytes) return;
        var wantedBytes = BufferBytesFor(neededBytes);
        var reservedBytes = wantedBytes <= FreeBytes ? 0 : wantedBytes;
        if (reservedBytes > 0)
        {
            if (_reservedBytes == 0) await _target.Budget.ReserveAsync(reservedBytes, cancellation);
            else if (!_target.Budget.TryReserve(reservedBytes - _reservedBytes)) return;
            _reservedBytes = reservedBytes;
            _target.Budget.Restart(_clientWait);
        }

        Resize(wantedBytes);
    }

    private int BufferBytesFor(long neededBytes)
    {
        long bytes = FreeBytes;
        if (neededBytes > bytes) bytes = FirstReservedBytes;
        while (bytes < neededBytes) bytes *= GrowthFactor;
        var mostBytes = _announcedBytes is { } announcedBytes
            ? StoredBytes(announcedBytes - _receivedBytes + _filledBytes)
            : long.MaxValue;
        return (int)Math.Min(Math.Max(bytes, _allowedBytes), Math.Min(mostBytes, _target.Buffers.ChunkBytes));
    }

    /// <summary>Others wait for memory. False: there is too much in the buffer, which has to be stored.</summary>
    private bool TryShrink()
    {
        if (_reservedBytes == 0) return true;
        if (StoredBytes(_filledBytes) > FreeBytes) return false;
        Resize(FreeBytes);
        _target.Budget.Release(_reservedBytes);
        (_reservedBytes, _allowedBytes) = (0, 0);
        return true;
    }

    /// <summary>What so much of the body takes in its needle.</summary>
    private long StoredBytes(long bodyBytes) => _sealer is null
        ? bodyBytes
        : NeedleEncryption.SealedBytes((int)Math.Min(bodyBytes, NeedleFormat.MaxDataBytes));

    /// <summary>How much of the body has room in so large a buffer.</summary>
    private int RoomBytes(int bufferBytes) =>
        _sealer is null ? bufferBytes : NeedleEncryption.RoomBytes(bufferBytes);

    private void Resize(int bytes)
    {
        var resized = _target.Buffers.Rent(bytes);
        _buffer.AsSpan(0, _filledBytes).CopyTo(resized);
        if (_rentedBytes > 0) _target.Buffers.Return(_buffer, _rentedBytes);
        (_buffer, _rentedBytes) = (resized, bytes);
    }

    private Task<NeedleLocation> SendChunkAsync(bool isLast)
    {
        var wasFull = _filledBytes == RoomBytes(_rentedBytes);
        var dataBytes = _sealer?.Seal(_buffer, _filledBytes) ?? _filledBytes;
        var needle = _pattern with
        {
            Id = _nextOrdinal == 0 ? _pattern.Id : _target.Ids.Next(),
            ChunkOrdinal = _nextOrdinal,
            IsLastChunk = isLast,
            Metadata = _nextOrdinal == 0 ? _pattern.Metadata : NoMetadata,
            Data = _buffer.AsMemory(0, dataBytes),
        };
        _nextOrdinal++;
        _allowedBytes = wasFull
            ? (int)Math.Min((long)GrowthFactor * _rentedBytes, _target.Buffers.ChunkBytes)
            : 0;
        var append = AppendAsync(needle, _buffer, _rentedBytes, _reservedBytes);
        (_buffer, _rentedBytes, _reservedBytes, _filledBytes) = ([], 0, 0, 0);
        return append;
    }

    private async Task<NeedleLocation> AppendAsync(Needle needle, byte[] buffer, int rentedBytes, int reservedBytes)
    {
        object answer;
        using var span = StoreTracing.Append(needle);
        try
        {
            answer = await _target.Volumes.Ask<object>(new VolumeProtocol.Append(needle), _target.Settings.AskTimeout);
        }
        catch (AskTimeoutException)
        {
            // The volume may still be about to read the buffer, so it is left to the garbage collector.
            _target.Budget.Release(reservedBytes);
            throw new UploadRejectedException(
                VolumeProtocol.RejectReason.DiskFailed,
                $"The volumes did not answer within {_target.Settings.AskTimeout}");
        }

        if (rentedBytes > 0) _target.Buffers.Return(buffer, rentedBytes);
        _target.Budget.Release(reservedBytes);
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
        if (_rentedBytes == 0) return;
        _target.Buffers.Return(_buffer, _rentedBytes);
        _target.Budget.Release(_reservedBytes);
        (_buffer, _rentedBytes, _reservedBytes, _filledBytes) = ([], 0, 0, 0);
    }
}

/// <summary>What all uploads of a node share.</summary>
internal sealed record UploadTarget(
    IActorRef Volumes, INeedleReader Needles, NeedleIds Ids, ChunkBuffers Buffers, UploadBudget Budget,
    StoreSettings Settings, DataKeys? Keys = null)
{
    public FillRandom Random =>
        Keys?.Random ?? throw new InvalidOperationException("A store without keys cannot encrypt");
}
