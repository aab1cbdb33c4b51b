using System.Collections.Immutable;
using System.Globalization;

namespace Ciaos.Simulation.Model;

/// <summary>What a key holds.</summary>
internal sealed class StoredObject
{
    public StoredObject(int version, ImmutableArray<Content> files, string? contentType)
    {
        (Version, Files, ContentType) = (version, files, contentType);
        SizeBytes = files.Sum(file => (long)file.LengthBytes);
        Hash = files.Aggregate(
            Hashing.Combine((ulong)version, Hashing.Of(contentType)),
            (hash, file) => Hashing.Combine(hash, ((ulong)(uint)file.Seed << 32) + (uint)file.LengthBytes));
    }

    /// <summary>The operation that last changed it. Each version has an entity tag of its own.</summary>
    public int Version { get; }

    public ImmutableArray<Content> Files { get; }

    /// <summary>Null where none was given.</summary>
    public string? ContentType { get; }

    public long SizeBytes { get; }

    public ulong Hash { get; }

    public StoredObject Append(int version, ImmutableArray<Content> files) =>
        new(version, Files.AddRange(files), ContentType);

    public StoredObject Moved(int version) => new(version, Files, ContentType);

    /// <summary>Where <paramref name="actual"/> first differs from the object's bytes that begin at
    /// <paramref name="offsetBytes"/>, or -1. It must not reach beyond the end.</summary>
    public long FirstDifference(long offsetBytes, ReadOnlySpan<byte> actual)
    {
        long position = 0, compared = 0;
        foreach (var file in Files)
        {
            var from = Math.Max(offsetBytes - position, 0);
            var length = Math.Min(file.LengthBytes - from, actual.Length - compared);
            position += file.LengthBytes;
            if (length <= 0) continue;
            var different = file.FirstDifference((int)from, actual.Slice((int)compared, (int)length));
            if (different >= 0) return compared + different;
            compared += length;
        }

        return -1;
    }

    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"[{string.Join(',', Files)}] by #{Version}");
}
