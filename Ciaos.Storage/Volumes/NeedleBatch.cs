using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace Ciaos.Storage.Volumes;

/// <summary>
/// Needles laid out for one gather write: heads, checksums and padding lie in one pooled buffer, and the data is
/// written from where its owner put it. Only data so short that its own entry in the list would cost more than a copy
/// is copied.
/// </summary>
internal sealed class NeedleBatch : IDisposable
{
    private const int CopiedBelowBytes = 1024;

    private readonly List<ReadOnlyMemory<byte>> _buffers = [];
    private readonly byte[] _scratch;
    private readonly Superblock _superblock;
    private readonly long _batchStart;
    private int _used;
    private int _handedOut;

    /// <param name="offsetBytes">Where the first needle will lie.</param>
    /// <param name="batchStartBytes">All bytes before this are durable.</param>
    public NeedleBatch(IReadOnlyList<Needle> needles, Superblock superblock, long offsetBytes, long batchStartBytes)
    {
        _superblock = superblock;
        _batchStart = batchStartBytes;
        _scratch = ArrayPool<byte>.Shared.Rent(needles.Sum(needle => ScratchBytes(needle, superblock.Version)));
        Locations = new NeedleLocation[needles.Count];
        EndBytes = offsetBytes;
        for (var i = 0; i < needles.Count; i++) Locations[i] = Add(needles[i]);
        HandOutScratch();
    }

    public IReadOnlyList<ReadOnlyMemory<byte>> Buffers => _buffers;

    /// <summary>Where the needles will lie.</summary>
    public NeedleLocation[] Locations { get; }

    /// <summary>Where the next needle can begin.</summary>
    public long EndBytes { get; private set; }

    public void Dispose() => ArrayPool<byte>.Shared.Return(_scratch);

    private static int ScratchBytes(Needle needle, int version) =>
        NeedleFormat.DataStartBytes(needle, version)
        + NeedleFormat.AlignmentBytes
        + (needle.Data.Length < CopiedBelowBytes ? needle.Data.Length : 0);

    private NeedleLocation Add(Needle needle)
    {
        var head = _scratch.AsSpan(_used);
        var version = _superblock.Version;
        var (keyBytes, metadataBytes) =
            (NeedleFormat.KeyBytes(needle), NeedleMetadata.SizeBytes(needle.Metadata));
        var header = new NeedleHeader(
            NeedleHeader.SizeBytes(version, needle, keyBytes, metadataBytes),
            needle.Kind, needle.IsLastChunk, needle.Operation, needle.Format,
            needle.Data.Length, keyBytes, metadataBytes,
            checked((uint)(EndBytes - _batchStart)), needle.Id, needle.Bucket, needle.Object, needle.ChunkOrdinal);
        header.Write(version, head);
        Encoding.UTF8.GetBytes(needle.Key.Value ?? "", head[header.HeaderBytes..]);
        NeedleMetadata.Write(needle.Metadata, head[(header.HeaderBytes + keyBytes)..]);
        var crc = NeedleHeader.HeadCrc(_superblock.Salt, EndBytes, head[..header.HeadBytes]);
        BinaryPrimitives.WriteUInt32LittleEndian(head[NeedleHeader.CrcOffset..], crc);
        WriteBlockCrcs(needle.Data.Span, head[header.HeadBytes..]);
        _used += header.DataStartBytes;
        AddData(needle.Data);
        var padding = (int)(header.TotalBytes - header.DataStartBytes - header.DataBytes);
        _scratch.AsSpan(_used, padding).Clear();
        _used += padding;
        var location = new NeedleLocation(_superblock.Volume, EndBytes, header.DataStartBytes, header.DataBytes);
        EndBytes += header.TotalBytes;
        return location;
    }

    private static void WriteBlockCrcs(ReadOnlySpan<byte> data, Span<byte> table)
    {
        while (!data.IsEmpty)
        {
            var block = data[..Math.Min(NeedleFormat.BlockBytes, data.Length)];
            BinaryPrimitives.WriteUInt32LittleEndian(table, Crc32C.Compute(block));
            table = table[NeedleFormat.CrcBytes..];
            data = data[block.Length..];
        }
    }

    private void AddData(ReadOnlyMemory<byte> data)
    {
        if (data.Length < CopiedBelowBytes)
        {
            data.Span.CopyTo(_scratch.AsSpan(_used));
            _used += data.Length;
            return;
        }

        HandOutScratch();
        _buffers.Add(data);
    }

    private void HandOutScratch()
    {
        if (_used > _handedOut) _buffers.Add(_scratch.AsMemory(_handedOut, _used - _handedOut));
        _handedOut = _used;
    }
}
