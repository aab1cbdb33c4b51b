using System.Buffers.Binary;

namespace Ciaos.Storage.FlatBuffers;

/// <summary>
/// Reads a FlatBuffers <c>FileDataList</c> (docs/formats-wire.md) one file at a time, and believes nothing: every
/// offset, length, alignment and vtable is checked before it is followed. Whatever the bytes are, a read ends with a
/// file, with the end, or with a <see cref="FlatBuffersParseException"/>.
/// </summary>
/// <remarks>
/// The schema nests two levels deep and nothing here recurses, so there is no depth to exhaust. Tables, vtables and
/// data may be shared or overlap, as the format allows: the files together may be longer than the body, but there are
/// never more of them than a quarter of its bytes. Memory is constant. Not safe for many threads.
/// </remarks>
public sealed class FileDataListReader
{
    /// <summary>A table's way to its vtable has 31 bits and a sign: nothing longer can be addressed.</summary>
    public const long MaxBytes = int.MaxValue;

    private const int OffsetBytes = 4;
    private const int VTableHeadBytes = 4;

    // The only field of both tables is field 0; its entry follows the vtable's head.
    private const int FieldEntryBytes = 2;
    private readonly IByteSource _source;
    private readonly long _lengthBytes;
    private long _nextEntryBytes;
    private int _entriesLeft;

    // Builders share one vtable among all files: what was found for the last one is kept.
    private long _knownVTable = long.MinValue;
    private int _knownTableBytes;
    private int _knownFieldBytes;

    private FileDataListReader(IByteSource source, long lengthBytes)
    {
        _source = source;
        _lengthBytes = lengthBytes;
    }

    /// <summary>The list has its <c>files</c> vector, be it empty.</summary>
    public bool HasFiles { get; private set; }

    /// <summary>Entries of the <c>files</c> vector, those without data among them.</summary>
    public int EntryCount { get; private set; }

    /// <summary>Checks all that leads to the vector of files.</summary>
    /// <exception cref="FlatBuffersParseException">The bytes are not a list of files.</exception>
    public static FileDataListReader Open(IByteSource source)
    {
        var reader = new FileDataListReader(source, source.LengthBytes);
        reader.OpenRoot();
        return reader;
    }

    /// <summary>What the first bytes of a body that is still on its way tell: most bodies that are no list at all are
    /// known by them.</summary>
    /// <param name="start">Its first 4 bytes or more.</param>
    /// <param name="lengthBytes">How long it will be, or null where nobody knows.</param>
    /// <exception cref="FlatBuffersParseException">The body cannot become a list of files.</exception>
    public static void CheckStart(ReadOnlyMemory<byte> start, long? lengthBytes)
    {
        var reader = new FileDataListReader(new MemoryByteSource(start), lengthBytes ?? MaxBytes);
        reader.Follow(0, "the offset of the root");
    }

    /// <summary>The next file that has data; an entry without any is passed over.</summary>
    /// <returns>False: there is none left.</returns>
    /// <exception cref="FlatBuffersParseException">The bytes are not a list of files.</exception>
    public bool TryReadNext(out FileExtent file)
    {
        while (_entriesLeft > 0)
        {
            var table = Follow(_nextEntryBytes, "the offset of a file");
            _nextEntryBytes += OffsetBytes;
            _entriesLeft--;
            if (!TryFindField(table, out var field)) continue;
            var vector = Follow(field, "the offset of a file's data");
            file = new FileExtent(vector + OffsetBytes, CheckedVectorLength(vector, elementBytes: 1, "a file's data"));
            return true;
        }

        file = default;
        return false;
    }

    private void OpenRoot()
    {
        if (_lengthBytes > MaxBytes) throw Bad($"the body has {_lengthBytes} bytes, {MaxBytes} are possible", 0);
        if (_lengthBytes < OffsetBytes) throw Bad($"the body has only {_lengthBytes} bytes", 0);
        var root = Follow(0, "the offset of the root");
        HasFiles = TryFindField(root, out var field);
        if (!HasFiles) return;
        var vector = Follow(field, "the offset of the list of files");
        EntryCount = (int)CheckedVectorLength(vector, OffsetBytes, "the list of files");
        _entriesLeft = EntryCount;
        _nextEntryBytes = vector + OffsetBytes;
    }

    /// <summary>Where an offset leads. What it names begins on a multiple of 4 and has room for 4 bytes.</summary>
    private long Follow(long at, string what)
    {
        var offset = ReadUInt32(at);
        if (offset == 0) throw Bad($"{what} is 0", at);
        var target = at + offset;
        if (target > _lengthBytes - OffsetBytes) throw Bad($"{what} is {offset} and leads outside the body", at);
        if (target % OffsetBytes != 0) throw Bad($"{what} is {offset} and leads to a place that is not aligned", at);
        return target;
    }

    /// <summary>The place of a table's field 0. False: the table does not have it.</summary>
    private bool TryFindField(long table, out long field)
    {
        var vtable = table - (int)ReadUInt32(table);
        if (vtable != _knownVTable) ReadVTable(vtable, table);
        if (_knownTableBytes > _lengthBytes - table)
            throw Bad($"a table of {_knownTableBytes} bytes reaches beyond the body", table);
        field = table + _knownFieldBytes;
        if (_knownFieldBytes == 0) return false;
        if (field % OffsetBytes != 0) throw Bad("the field of a table is not aligned", field);
        return true;
    }

    private void ReadVTable(long vtable, long table)
    {
        if (vtable < 0 || vtable > _lengthBytes - VTableHeadBytes)
            throw Bad("a table's vtable lies outside the body", table);
        if (vtable % sizeof(ushort) != 0) throw Bad("a table's vtable is not aligned", table);
        var vtableBytes = ReadUInt16(vtable);
        if (vtableBytes < VTableHeadBytes || vtableBytes % sizeof(ushort) != 0 || vtableBytes > _lengthBytes - vtable)
            throw Bad($"a vtable cannot have {vtableBytes} bytes here", vtable);
        var tableBytes = ReadUInt16(vtable + sizeof(ushort));
        if (tableBytes < OffsetBytes) throw Bad($"a table cannot have {tableBytes} bytes", vtable + sizeof(ushort));
        var fieldBytes = vtableBytes >= VTableHeadBytes + FieldEntryBytes ? ReadUInt16(vtable + VTableHeadBytes) : 0;
        if (fieldBytes != 0 && (fieldBytes < OffsetBytes || fieldBytes > tableBytes - OffsetBytes))
            throw Bad($"a field cannot lie at {fieldBytes} in a table of {tableBytes} bytes", vtable + VTableHeadBytes);
        _knownVTable = vtable;
        _knownTableBytes = tableBytes;
        _knownFieldBytes = fieldBytes;
    }

    private long CheckedVectorLength(long vector, int elementBytes, string what)
    {
        var count = ReadUInt32(vector);
        if (count > (_lengthBytes - vector - OffsetBytes) / elementBytes)
            throw Bad($"{what} would have {count} entries and reach beyond the body", vector);
        return count;
    }

    private uint ReadUInt32(long at)
    {
        Span<byte> bytes = stackalloc byte[sizeof(uint)];
        _source.Read(at, bytes);
        return BinaryPrimitives.ReadUInt32LittleEndian(bytes);
    }

    private ushort ReadUInt16(long at)
    {
        Span<byte> bytes = stackalloc byte[sizeof(ushort)];
        _source.Read(at, bytes);
        return BinaryPrimitives.ReadUInt16LittleEndian(bytes);
    }

    private FlatBuffersParseException Bad(string problem, long at) => new(problem, at);
}
