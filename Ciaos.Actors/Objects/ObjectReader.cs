using System.Collections.Immutable;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using Ciaos.Actors.Encryption;
using Ciaos.Actors.Index;
using Ciaos.Storage.Volumes;

namespace Ciaos.Actors.Objects;

/// <summary>
/// Reads one object as it was when it was looked up, whatever happens to its key meanwhile. Bytes go from the volume
/// straight into the response's pipe, verified on the way. Used by one request; dispose it to let the segments go.
/// </summary>
public sealed class ObjectReader : IAsyncDisposable
{
    /// <summary>A multiple of the blocks in which needles are checksummed, so that no block is read twice.</summary>
    private const int PieceBytes = 4 * NeedleFormat.BlockBytes;

    private readonly IndexProtocol.Found _found;
    private readonly ObjectStore _store;
    private readonly SealedNeedles? _sealed;

    /// <param name="key">Null: the object is not encrypted.</param>
    internal ObjectReader(ObjectStore store, IndexProtocol.Found found, DataKey? key)
    {
        (_store, _found) = (store, found);
        if (key is not null) _sealed = new SealedNeedles(store.Needles, key);
        Object = found.Object;
    }

    public IndexProtocol.ObjectRecord Object { get; }

    /// <summary>Gives the object's bytes as they were stored, decrypted where they are encrypted.</summary>
    private INeedleReader Needles => _sealed ?? _store.Needles;

    /// <summary>All segments in order, page by page. May be enumerated again.</summary>
    /// <exception cref="IndexFailedException">The index did not give them.</exception>
    public async IAsyncEnumerable<ImmutableArray<Segment>> SegmentsAsync(
        [EnumeratorCancellation] CancellationToken cancellation)
    {
        if (!_found.Segments.IsEmpty) yield return _found.Segments;
        long next = _found.Segments.Length;
        while (_found.Ticket is { } ticket && next < Object.SegmentCount)
        {
            var command = new IndexProtocol.ReadSegments(Object.Bucket, Object.Key, ticket, next);
            var page = Trim(await PageAsync(command, cancellation));
            next += page.Segments.Length;
            yield return page.Segments;
        }
    }

    /// <summary>Writes a range of the object's bytes, all its files taken together.</summary>
    /// <exception cref="VolumeCorruptException">The disk does not hold what was written. Bytes before it are
    /// out.</exception>
    public async Task CopyAsync(long offsetBytes, long lengthBytes, PipeWriter output, CancellationToken cancellation)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offsetBytes);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(offsetBytes + lengthBytes, Object.SizeBytes);
        if (lengthBytes == 0) return;
        var page = await FirstPageAsync(offsetBytes, cancellation);
        var position = page.FirstOffsetBytes;
        var endBytes = offsetBytes + lengthBytes;
        while (position < endBytes)
        {
            foreach (var segment in page.Segments)
            {
                var from = Math.Max(offsetBytes - position, 0);
                var to = Math.Min(endBytes - position, segment.LengthBytes);
                if (from < to) await CopyPartAsync(segment, (int)from, (int)to, output, cancellation);
                position += segment.LengthBytes;
                if (position >= endBytes) return;
            }

            page = await NextPageAsync(page, cancellation);
        }
    }

    /// <summary>Writes all bytes of one segment.</summary>
    public ValueTask CopySegmentAsync(Segment segment, PipeWriter output, CancellationToken cancellation) =>
        CopyPartAsync(segment, 0, segment.LengthBytes, output, cancellation);

    public ValueTask DisposeAsync()
    {
        _sealed?.Dispose();
        _store.EndRead(_found);
        return ValueTask.CompletedTask;
    }

    private async ValueTask CopyPartAsync(
        Segment segment, int from, int to, PipeWriter output, CancellationToken cancellation)
    {
        var (next, end) = (segment.OffsetBytes + from, segment.OffsetBytes + to);
        while (next < end)
        {
            // Pieces end where the needle's checksummed blocks end.
            var length = Math.Min(end, (next / PieceBytes + 1) * PieceBytes) - next;
            Needles.Read(segment.Needle, next, output.GetSpan(length)[..length]);
            output.Advance(length);
            next += length;
            var flushed = await output.FlushAsync(cancellation);
            if (flushed.IsCompleted) throw new OperationCanceledException("The client has gone");
        }
    }

    private async ValueTask<IndexProtocol.SegmentPage> FirstPageAsync(long offsetBytes, CancellationToken cancellation)
    {
        var firstPageBytes = _found.Segments.Sum(segment => (long)segment.LengthBytes);
        if (_found.Ticket is not { } ticket || offsetBytes < firstPageBytes)
            return new IndexProtocol.SegmentPage(0, 0, _found.Segments);
        var command = new IndexProtocol.SeekSegments(Object.Bucket, Object.Key, ticket, offsetBytes);
        return Trim(await PageAsync(command, cancellation));
    }

    private async ValueTask<IndexProtocol.SegmentPage> NextPageAsync(
        IndexProtocol.SegmentPage page, CancellationToken cancellation)
    {
        var next = page.FirstOrdinal + page.Segments.Length;
        if (_found.Ticket is not { } ticket || next >= Object.SegmentCount)
            throw Broken($"The segments of {Object.Key} end before its {Object.SizeBytes} bytes do");
        var command = new IndexProtocol.ReadSegments(Object.Bucket, Object.Key, ticket, next);
        return Trim(await PageAsync(command, cancellation));
    }

    private async Task<IndexProtocol.SegmentPage> PageAsync(
        IndexProtocol.IKeyCommand command, CancellationToken cancellation) =>
        await _store.SendAsync(command, cancellation) switch
        {
            IndexProtocol.SegmentPage { Segments.IsEmpty: false } page => page,
            IndexProtocol.Failed failed => throw new IndexFailedException(failed),
            var other => throw Broken($"Segments of {Object.Key} were asked for, {other.GetType().Name} came"),
        };

    private static IndexFailedException Broken(string detail) =>
        new(new IndexProtocol.Failed(IndexProtocol.FailReason.Unavailable, detail));

    /// <summary>Leaves out what was appended after the look-up.</summary>
    private IndexProtocol.SegmentPage Trim(IndexProtocol.SegmentPage page)
    {
        var known = Object.SegmentCount - page.FirstOrdinal;
        return page.Segments.Length <= known ? page : page with { Segments = page.Segments[..(int)known] };
    }
}

/// <summary>The index could not answer.</summary>
public sealed class IndexFailedException(IndexProtocol.Failed failed) : Exception(failed.Detail)
{
    public IndexProtocol.Failed Failed { get; } = failed;
}
