using System.Buffers.Binary;
using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Text;

namespace Ciaos.Storage.Volumes;

/// <summary>
/// A needle's metadata as fields: tag (2 bytes), length of the value (2 bytes), value. Readers skip the tags that they
/// do not know. Spec: docs/formats.md.
/// <code>
/// tag  value
///   1  Entry: length of the name (1 byte), name, text; both UTF-8
/// </code>
/// </summary>
public static class NeedleMetadata
{
    /// <summary>A name has 1 byte to this many, in UTF-8.</summary>
    public const int MaxNameBytes = 255;

    private const ushort Entry = 1;
    private const int FieldHeadBytes = 4;

    private static readonly FrozenDictionary<string, string> None = FrozenDictionary<string, string>.Empty;

    internal static bool IsName(string name) => Encoding.UTF8.GetByteCount(name) is >= 1 and <= MaxNameBytes;

    public static int SizeBytes(IReadOnlyDictionary<string, string> entries)
    {
        var total = 0;
        foreach (var (name, text) in entries)
        {
            total += FieldHeadBytes + 1 + Encoding.UTF8.GetByteCount(name) + Encoding.UTF8.GetByteCount(text);
        }

        return total;
    }

    /// <returns>How many bytes were written. Entries are ordered by name: equal metadata has equal bytes.</returns>
    /// <exception cref="ArgumentException">A name is too long.</exception>
    public static int Write(IReadOnlyDictionary<string, string> entries, Span<byte> destination)
    {
        if (entries.Count == 0) return 0;

        // Nearly all of it is in this order already.
        if (entries is not ImmutableSortedDictionary<string, string> sorted
            || sorted.KeyComparer != StringComparer.Ordinal)
            sorted = entries.ToImmutableSortedDictionary(StringComparer.Ordinal);
        var at = 0;
        foreach (var (name, text) in sorted)
        {
            var field = destination[at..];
            var nameBytes = Encoding.UTF8.GetBytes(name, field[(FieldHeadBytes + 1)..]);
            if (nameBytes is 0 or > MaxNameBytes)
            {
                throw new ArgumentException($"The metadata name '{name}' is empty or too long", nameof(entries));
            }

            var valueBytes = 1 + nameBytes + Encoding.UTF8.GetBytes(text, field[(FieldHeadBytes + 1 + nameBytes)..]);
            BinaryPrimitives.WriteUInt16LittleEndian(field, Entry);
            BinaryPrimitives.WriteUInt16LittleEndian(field[2..], checked((ushort)valueBytes));
            field[FieldHeadBytes] = (byte)nameBytes;
            at += FieldHeadBytes + valueBytes;
        }

        return at;
    }

    /// <summary>False where the bytes are no metadata, though they are what was written: another program wrote
    /// them.</summary>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out IReadOnlyDictionary<string, string> entries)
    {
        entries = None;
        if (bytes.IsEmpty) return true;
        var found = new Dictionary<string, string>(StringComparer.Ordinal);
        while (!bytes.IsEmpty)
        {
            if (bytes.Length < FieldHeadBytes) return false;
            var tag = BinaryPrimitives.ReadUInt16LittleEndian(bytes);
            var valueBytes = BinaryPrimitives.ReadUInt16LittleEndian(bytes[2..]);
            if (bytes.Length < FieldHeadBytes + valueBytes) return false;
            if (tag == Entry && !TryReadEntry(bytes.Slice(FieldHeadBytes, valueBytes), found)) return false;
            bytes = bytes[(FieldHeadBytes + valueBytes)..];
        }

        entries = found;
        return true;
    }

    private static bool TryReadEntry(ReadOnlySpan<byte> value, Dictionary<string, string> found)
    {
        if (value.IsEmpty || value.Length < 1 + value[0]) return false;
        found[Encoding.UTF8.GetString(value.Slice(1, value[0]))] = Encoding.UTF8.GetString(value[(1 + value[0])..]);
        return true;
    }
}
