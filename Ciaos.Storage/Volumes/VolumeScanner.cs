using System.Buffers.Binary;
using System.Text;
using Ciaos.Storage.Disks;

namespace Ciaos.Storage.Volumes;

/// <summary>
/// Goes through a volume's needles in the order of their places, for recovery, checks and rebuilding the index.
/// A needle counts when its head and all its blocks hold. Everything between is reported as <see cref="Damage"/>:
/// behind it the scan looks for the next head whose checksum holds, which a byte that only looks like one cannot pass.
/// Takes the memory of one <see cref="ReadWindow"/>, whatever the file holds.
/// </summary>
public sealed class VolumeScanner : IDisposable
{
    private readonly IDiskFile _file;
    private readonly Superblock _superblock;
    private readonly ReadWindow _window;
    private readonly List<DamagedRange> _damage = [];

    // A crash may cut off zeros, of a needle's padding or at the end of its data. When writing goes on, at the next
    // multiple of eight, the file has them again: were the needle not taken for whole now, it would be so later.
    private readonly long _fileBytes;
    private readonly bool _verifiesData;
    private long _next;

    /// <param name="file">Stays open when the scanner is disposed.</param>
    /// <param name="fromBytes">Start of a needle, or the volume's end; elsewhere the scan first looks for a
    /// needle.</param>
    /// <param name="verifiesData">False: of data needles only the head and the last block are read, and damage before
    /// that block is not found. The last block must be: a needle that a crash cut short has other needles, written
    /// since, where it claims to have data.</param>
    public VolumeScanner(IDiskFile file, Superblock superblock, long fromBytes, bool verifiesData = true)
    {
        _file = file;
        _superblock = superblock;
        _verifiesData = verifiesData;
        _fileBytes = NeedleFormat.Align(file.LengthBytes);
        _window = new ReadWindow(file, _fileBytes);
        _next = fromBytes;
        EndBytes = fromBytes;
    }

    public NeedleHeader Header { get; private set; }

    public NeedleLocation Location { get; private set; }

    /// <summary>Where the last whole needle ends, its padding included. Zeros among the last seven bytes up to there
    /// may be missing in the file.</summary>
    public long EndBytes { get; private set; }

    /// <summary>Where the scan has got to.</summary>
    public long PositionBytes => _next;

    /// <summary>Called where a head is whole, and its data is not: header, location and key are those of that needle
    /// then.</summary>
    public Action<VolumeScanner>? Spoilt { get; init; }

    /// <summary>What was found so far that is no whole needle, in order. Neighbours are one range.</summary>
    public IReadOnlyList<DamagedRange> Damage => _damage;

    /// <summary>False at the end of the file.</summary>
    public bool MoveNext()
    {
        while (_next < _fileBytes)
        {
            if (TryReadHead(_next, out var header) && Fits(header))
            {
                var holds = DataHolds(header);
                Header = header;
                Location = new NeedleLocation(_superblock.Volume, _next, header.DataStartBytes, header.DataBytes);
                if (holds)
                {
                    _next += header.TotalBytes;
                    EndBytes = _next;
                    return true;
                }

                Spoilt?.Invoke(this);
            }

            var start = _next;
            _next = FindHead(start + NeedleFormat.AlignmentBytes);
            AddDamage(new DamagedRange(start, Math.Min(_next, _file.LengthBytes)));
        }

        return false;
    }

    /// <summary>The key of the current needle; empty where it has none.</summary>
    public string ReadKey() =>
        Encoding.UTF8.GetString(_window.Get(Location.OffsetBytes + Header.HeaderBytes, Header.KeyBytes));

    /// <exception cref="VolumeCorruptException">It was written by a program that does not keep to the
    /// format.</exception>
    public IReadOnlyDictionary<string, string> ReadMetadata()
    {
        var offset = Location.OffsetBytes + Header.HeaderBytes + Header.KeyBytes;
        return NeedleMetadata.TryRead(_window.Get(offset, Header.MetadataBytes), out var entries)
            ? entries
            : throw new VolumeCorruptException(_file.Path, offset, "metadata fields", "bytes that are none");
    }

    /// <summary>The data of the current needle, which was verified before.</summary>
    public byte[] ReadData()
    {
        var data = new byte[Header.DataBytes];
        _file.Read(Location.OffsetBytes + Location.DataStartBytes, data);
        return data;
    }

    /// <summary>Of a gap needle: the ranges that it says hold no needle.</summary>
    public IEnumerable<DamagedRange> ReadGaps() => GapNeedle.Read(ReadData());

    public void Dispose() => _window.Dispose();

    private bool TryReadHead(long offset, out NeedleHeader header)
    {
        if (!NeedleHeader.TryRead(_superblock.Version, _window.Get(offset, NeedleHeader.MaxBytes), out header)
            || header.BatchBytes > offset - Superblock.Bytes)
        {
            return false;
        }

        var head = _window.Get(offset, header.HeadBytes);
        return head.Length == header.HeadBytes
            && NeedleHeader.ReadCrc(head) == NeedleHeader.HeadCrc(_superblock.Salt, offset, head);
    }

    private bool Fits(NeedleHeader header) => _next + header.DataStartBytes + header.DataBytes <= _fileBytes;

    private bool DataHolds(NeedleHeader header)
    {
        var blocks = NeedleFormat.BlockCount(header.DataBytes);
        var first = _verifiesData || header.Kind != NeedleKind.Data ? 0 : Math.Max(0, blocks - 1);
        var dataStart = _next + header.DataStartBytes;
        Span<byte> crcs = stackalloc byte[NeedleFormat.MaxDataBytes / NeedleFormat.BlockBytes * NeedleFormat.CrcBytes];
        crcs = crcs[..(blocks * NeedleFormat.CrcBytes)];
        _window.Get(dataStart - crcs.Length, crcs.Length).CopyTo(crcs);
        for (var block = first; block < blocks; block++)
        {
            var at = (long)block * NeedleFormat.BlockBytes;
            var count = (int)Math.Min(NeedleFormat.BlockBytes, header.DataBytes - at);
            var crc = BinaryPrimitives.ReadUInt32LittleEndian(crcs[(block * NeedleFormat.CrcBytes)..]);
            if (Crc32C.Compute(_window.Get(dataStart + at, count)) != crc) return false;
        }

        return true;
    }

    private long FindHead(long from)
    {
        var magic = NeedleHeader.Magic(_superblock.Version);
        while (from < _fileBytes)
        {
            var seen = _window.GetRest(from, magic.Length);
            var at = seen.IndexOf(magic);
            if (at < 0)
            {
                // The first letters of the magic could stand at the very end.
                from += Math.Max(1, seen.Length - magic.Length + 1);
                continue;
            }

            from += at;
            if (from % NeedleFormat.AlignmentBytes == 0 && TryReadHead(from, out _)) return from;
            from++;
        }

        return _fileBytes;
    }

    private void AddDamage(DamagedRange range)
    {
        if (_damage.Count > 0 && _damage[^1].EndBytes == range.StartBytes)
        {
            range = range with { StartBytes = _damage[^1].StartBytes };
            _damage.RemoveAt(_damage.Count - 1);
        }

        _damage.Add(range);
    }
}
