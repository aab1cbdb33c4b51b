using System.Collections.Immutable;
using Ciaos.Actors.Objects;
using Ciaos.Storage.FlatBuffers;
using Ciaos.Storage.Volumes;

namespace Ciaos.Actors.Rebuild;

/// <summary>Finds the files in the body of an upload, as the front end did when it came.</summary>
internal static class UploadedFiles
{
    /// <summary>The segments of all files; empty where the body holds none, or is not what its format says.</summary>
    /// <param name="needles">Gives plaintext where the body is encrypted and a list of files.</param>
    /// <param name="isEncrypted">The needles have more than the body's bytes.</param>
    public static ImmutableArray<Segment> Segments(
        INeedleReader needles, ImmutableArray<NeedleLocation> chunks, BodyFormat format, bool isEncrypted = false)
    {
        var stored = new StoredBody(needles, chunks, isEncrypted);
        var segments = ImmutableArray.CreateBuilder<Segment>();
        if (format == BodyFormat.Raw) stored.AddSegments(segments, 0, stored.LengthBytes);
        else if (format == BodyFormat.FileDataList && !TryAddFiles(stored, segments)) return [];
        return segments.DrainToImmutable();
    }

    private static bool TryAddFiles(StoredBody stored, ImmutableArray<Segment>.Builder segments)
    {
        try
        {
            using var source = new PagedByteSource(stored.LengthBytes, stored.Read);
            var reader = FileDataListReader.Open(source);
            while (reader.TryReadNext(out var file)) stored.AddSegments(segments, file.OffsetBytes, file.LengthBytes);
            return true;
        }
        catch (Exception error) when (error is FlatBuffersParseException or VolumeCorruptException)
        {
            return false;
        }
    }
}
