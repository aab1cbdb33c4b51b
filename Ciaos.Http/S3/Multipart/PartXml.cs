using System.Collections.Immutable;
using Ciaos.Actors.Index;
using Ciaos.Http.S3.Bodies;

namespace Ciaos.Http.S3.Multipart;

/// <summary>Elements that tell of parts and of checksums.</summary>
internal static class PartXml
{
    private static readonly ImmutableArray<(string Key, string Element)> Checksums =
        [.. ChecksumAlgorithms.All.Select(algorithm => (algorithm.MetadataKey(), "Checksum" + algorithm.Name()))];

    /// <summary>The entity tag of a part, and its checksum.</summary>
    public static void WriteTags(S3Xml xml, IndexProtocol.PartRecord part)
    {
        xml.Text("ETag", $"\"{part.Metadata.GetValueOrDefault(ObjectMetadata.ETag)}\"");
        WriteChecksum(xml, part.Metadata);
    }

    /// <summary>Such as ChecksumSHA256, where there is one.</summary>
    public static void WriteChecksum(S3Xml xml, ImmutableSortedDictionary<string, string> metadata)
    {
        foreach (var (key, element) in Checksums)
            if (metadata.TryGetValue(key, out var checksum)) xml.Text(element, checksum);
    }

    /// <summary>What checksum an upload was begun with, where it was with one.</summary>
    public static void WriteKind(S3Xml xml, IndexProtocol.UploadRecord upload)
    {
        if (MultipartChecksum.Of(upload.Metadata) is { } kind)
            xml.Text("ChecksumAlgorithm", kind.Algorithm.Name()).Text("ChecksumType", kind.TypeName);
    }
}
