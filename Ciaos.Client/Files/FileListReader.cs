using System.Buffers.Binary;

namespace Ciaos.Client.Files;

/// <summary>
/// Finds the files in a FlatBuffers <c>FileDataList</c> (docs/formats-wire.md). Every offset, length and vtable is
/// checked before it is followed: whatever the bytes are, it ends with files inside them or with
/// <see cref="InvalidDataException"/>. Nothing is copied.
/// </summary>
internal static class FileListReader
{
    private const int OffsetBytes = 4;
    private const int VTableHeadBytes = 4;
    private const int FirstFieldEnd = VTableHeadBytes + sizeof(ushort);

    public static ReadOnlyMemory<byte>[] Read(ReadOnlyMemory<byte> body)
    {
        var bytes = body.Span;
        if (!TryFindField(bytes, Follow(bytes, 0), out var field)) return [];
        var vector = Follow(bytes, field);
        var count = VectorLength(bytes, vector, OffsetBytes);
        var files = new List<ReadOnlyMemory<byte>>(count);
        for (var i = 0; i < count; i++)
        {
            var table = Follow(bytes, vector + OffsetBytes + (OffsetBytes * (long)i));
            if (!TryFindField(bytes, table, out var dataField)) continue;
            var data = Follow(bytes, dataField);
            files.Add(body.Slice((int)data + OffsetBytes, VectorLength(bytes, data, elementBytes: 1)));
        }

        return [.. files];
    }

    /// <summary>Where an offset leads: forward, to 4 bytes that are there.</summary>
    private static long Follow(ReadOnlySpan<byte> bytes, long at)
    {
        var offset = UInt32(bytes, at);
        if (offset == 0) throw Bad("an offset is 0", at);
        if (at + offset > bytes.Length - OffsetBytes) throw Bad("an offset leads outside", at);
        return at + offset;
    }

    /// <summary>The place of a table's only field. False: the table is without it.</summary>
    private static bool TryFindField(ReadOnlySpan<byte> bytes, long table, out long field)
    {
        field = 0;
        var vtable = table - (int)UInt32(bytes, table);
        if (vtable < 0 || vtable > bytes.Length - VTableHeadBytes) throw Bad("a vtable lies outside", table);
        var (vtableBytes, tableBytes) = (UInt16(bytes, vtable), UInt16(bytes, vtable + sizeof(ushort)));
        if (vtableBytes < VTableHeadBytes || vtableBytes > bytes.Length - vtable) throw Bad("a vtable is cut", vtable);
        if (tableBytes < OffsetBytes || tableBytes > bytes.Length - table) throw Bad("a table is cut", table);
        var place = vtableBytes >= FirstFieldEnd ? UInt16(bytes, vtable + VTableHeadBytes) : 0;
        if (place == 0) return false;
        if (place < OffsetBytes || place > tableBytes - OffsetBytes)
            throw Bad("a field lies outside its table", vtable);
        field = table + place;
        return true;
    }

    private static int VectorLength(ReadOnlySpan<byte> bytes, long vector, int elementBytes)
    {
        var count = UInt32(bytes, vector);
        if (count > (bytes.Length - vector - OffsetBytes) / elementBytes) throw Bad("a vector is cut", vector);
        return (int)count;
    }

    private static uint UInt32(ReadOnlySpan<byte> bytes, long at) => at >= 0 && at <= bytes.Length - sizeof(uint)
        ? BinaryPrimitives.ReadUInt32LittleEndian(bytes[(int)at..])
        : throw Bad("4 bytes are wanted where there are none", at);

    private static ushort UInt16(ReadOnlySpan<byte> bytes, long at) => at >= 0 && at <= bytes.Length - sizeof(ushort)
        ? BinaryPrimitives.ReadUInt16LittleEndian(bytes[(int)at..])
        : throw Bad("2 bytes are wanted where there are none", at);

    private static InvalidDataException Bad(string what, long at) => new($"No list of files: {what}, at byte {at}");
}
