using System.Collections.Immutable;
using Ciaos.Actors.Objects;
using Ciaos.Storage.FlatBuffers;
using Ciaos.Storage.Volumes;
using Microsoft.AspNetCore.Http;

namespace Ciaos.Http.Native;

/// <summary>What the body of an upload has to be: a FlatBuffers list with at least one file, not too many.</summary>
internal static class FileListBody
{
    /// <summary>Where the files of a body lie.</summary>
    /// <exception cref="FlatBuffersParseException">It is no such list.</exception>
    /// <exception cref="RequestRefusedException">It is one, but of no use.</exception>
    public static List<FileExtent> ReadFiles(IByteSource body, int maxFiles, CancellationToken cancellation)
    {
        if (body.LengthBytes == 0) throw Refuse("No data was uploaded");
        var reader = FileDataListReader.Open(body);
        if (!reader.HasFiles) throw Refuse("No files found in FlatBuffers data");
        if (reader.EntryCount > maxFiles) throw TooMany($"The list has {reader.EntryCount} files", maxFiles);
        var files = new List<FileExtent>();
        while (reader.TryReadNext(out var file))
        {
            cancellation.ThrowIfCancellationRequested();
            files.Add(file);
        }

        return files.Count > 0 ? files : throw Refuse("No data in data list");
    }

    /// <summary>The segments of all files. Files that share their data may have more of them than the body has chunks,
    /// so that their number is bounded as that of the files is.</summary>
    public static ImmutableArray<Segment> Segments(StoredBody stored, List<FileExtent> files, int maxSegments)
    {
        var segments = ImmutableArray.CreateBuilder<Segment>(files.Count);
        foreach (var file in files)
        {
            stored.AddSegments(segments, file.OffsetBytes, file.LengthBytes);
            if (segments.Count > files.Count + maxSegments)
                throw TooMany("The files of the list share their data in too many pieces", maxSegments);
        }

        return segments.DrainToImmutable();
    }

    private static RequestRefusedException Refuse(string text) => new(StatusCodes.Status400BadRequest, text);

    private static RequestRefusedException TooMany(string what, int max) => new(
        StatusCodes.Status413PayloadTooLarge, $"{what}, at most {max} are allowed in one request");
}
