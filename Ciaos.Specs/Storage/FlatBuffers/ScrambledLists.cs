using System.Buffers.Binary;

namespace Ciaos.Specs.Storage.FlatBuffers;

/// <summary>
/// Valid lists as no decent builder would write them: the parts lie in any order with anything between them, vtables
/// are shared or not and have fields that nobody knows, files share their data.
/// </summary>
internal sealed class ScrambledLists
{
    private const int OffsetBytes = 4;

    private readonly Random _random;
    private readonly List<byte> _bytes = [.. new byte[OffsetBytes]];
    private readonly Dictionary<bool, int> _vtables = [];

    private ScrambledLists(Random random) => _random = random;

    /// <param name="files">Null: a file without data.</param>
    public static byte[] Write(Random random, IReadOnlyList<byte[]?> files) =>
        new ScrambledLists(random).Write(files);

    private byte[] Write(IReadOnlyList<byte[]?> files)
    {
        var listTable = Table(hasField: true);
        var list = Vector(new byte[OffsetBytes * files.Count], files.Count);
        var (tables, vectors) = (new int[files.Count], new int[files.Count]);
        foreach (var i in Shuffled(files.Count)) tables[i] = Table(files[i] is not null);
        var known = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var i in Shuffled(files.Count))
        {
            if (files[i] is not { } data) continue;
            var name = Convert.ToBase64String(data);
            if (!known.TryGetValue(name, out vectors[i]) || _random.Next(2) == 0)
                known[name] = vectors[i] = Vector(data, data.Length);
        }

        Noise();
        var body = _bytes.ToArray();
        Point(body, 0, listTable);
        Point(body, listTable + OffsetBytes, list);
        for (var i = 0; i < files.Count; i++)
        {
            Point(body, list + OffsetBytes + (OffsetBytes * i), tables[i]);
            if (files[i] is not null) Point(body, tables[i] + OffsetBytes, vectors[i]);
        }

        return body;
    }

    /// <summary>A table lies behind its vtable, which it may share with those of its kind; its field, where it has one,
    /// behind its first four bytes.</summary>
    private int Table(bool hasField)
    {
        Noise();
        if (!_vtables.TryGetValue(hasField, out var vtable) || _random.Next(3) == 0)
        {
            var unknown = _random.Next(3);
            var entries = hasField || unknown > 0 ? 1 + unknown : 0;
            vtable = _vtables[hasField] = _bytes.Count;
            Short(OffsetBytes + (sizeof(ushort) * entries));
            Short(hasField ? 2 * OffsetBytes : OffsetBytes);
            for (var i = 0; i < entries; i++) Short(i == 0 && hasField ? OffsetBytes : 0);
            Align();
        }

        var table = _bytes.Count;
        _bytes.AddRange(BitConverter.GetBytes(table - vtable));
        if (hasField) _bytes.AddRange(new byte[OffsetBytes]);
        return table;
    }

    private int Vector(byte[] data, int count)
    {
        Noise();
        var at = _bytes.Count;
        _bytes.AddRange(BitConverter.GetBytes(count));
        _bytes.AddRange(data);
        Align();
        return at;
    }

    private void Noise()
    {
        var noise = new byte[_random.Next(3) * OffsetBytes];
        _random.NextBytes(noise);
        _bytes.AddRange(noise);
    }

    private void Short(int value) => _bytes.AddRange(BitConverter.GetBytes((ushort)value));

    private void Align() => _bytes.AddRange(new byte[-_bytes.Count & (OffsetBytes - 1)]);

    private int[] Shuffled(int count) => [.. Enumerable.Range(0, count).OrderBy(_ => _random.Next())];

    private static void Point(byte[] body, int at, int to) =>
        BinaryPrimitives.WriteInt32LittleEndian(body.AsSpan(at), to - at);
}
