using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using Ciaos.Actors.Index;
using Ciaos.Http.S3.Bodies;
using Ciaos.Http.S3.Objects;
using static Ciaos.Actors.Index.IndexProtocol;

namespace Ciaos.Http.S3.Multipart;

/// <summary>An object as it comes out of the parts that its client has named: judged and computed from what is known
/// of the parts, without their bytes.</summary>
/// <param name="Checksum">Of the object; null where there is none.</param>
internal sealed record Completion(
    ImmutableArray<PartRef> Parts, string ETag, PartList List, MultipartChecksum? Kind, string? Checksum)
{
    /// <summary>All parts but the last have at least this.</summary>
    public const long MinPartBytes = 5 * 1024 * 1024;

    /// <summary>In the object's metadata: the upload that it came from, so that completing it once more is answered
    /// alike.</summary>
    public const string UploadIdKey = "upload-id";

    private const int Md5Bytes = 16;

    /// <param name="requested">At least one, in ascending order.</param>
    /// <param name="stored">The upload's parts by their numbers.</param>
    /// <param name="kind">What the upload was begun with; null: nothing.</param>
    /// <param name="minPartBytes">Of all parts but the last.</param>
    /// <exception cref="S3Exception">InvalidPart, InvalidRequest, EntityTooSmall.</exception>
    public static Completion Of(
        ImmutableArray<RequestedPart> requested, IReadOnlyDictionary<int, PartRecord> stored, MultipartChecksum? kind,
        long minPartBytes = MinPartBytes)
    {
        var parts = new List<PartRecord>(requested.Length);
        foreach (var part in requested) parts.Add(Find(part, stored));
        for (var index = 0; index < parts.Count - 1; index++) CheckSize(parts[index], minPartBytes);

        // Those of the parts are told as long as the object is there, but not where nobody asked for any.
        var keepsThose = kind is not null;
        kind ??= CommonOf(parts);
        var checksums = kind is null ? [] : parts.Select(part => ChecksumOf(part, kind.Algorithm)).ToList();
        return new Completion(
            [.. parts.Select(part => new PartRef(part.Number, part.Sequence))],
            ETagOf(parts),
            new PartList(
                [.. parts.Select(part => part.SizeBytes)],
                keepsThose ? kind!.Algorithm.Name().ToLowerInvariant() : null,
                keepsThose ? [.. checksums.Select(Convert.ToBase64String)] : []),
            kind,
            kind?.Compose([.. checksums.Zip(parts, (checksum, part) => (checksum, part.SizeBytes))]));
    }

    public long SizeBytes => List.SizesBytes.Sum();

    /// <summary>Of the object: what the upload was begun with, and what only its parts could tell.</summary>
    public ImmutableSortedDictionary<string, string> ToMetadata(UploadRecord upload)
    {
        var metadata = upload.Metadata.ToBuilder();
        metadata.Remove(MultipartChecksum.AlgorithmKey);
        metadata.Remove(BegunWith.Key);
        metadata.Remove(MetadataKeys.ChecksumType);
        metadata[UploadIdKey] = upload.Id.ToString();
        metadata[ObjectMetadata.ETag] = ETag;
        metadata[ObjectMetadata.Parts] = List.Format();
        if (Kind is not null && Checksum is not null)
        {
            metadata[Kind.Algorithm.MetadataKey()] = Checksum;
            metadata[MetadataKeys.ChecksumType] = Kind.TypeName;
        }

        return metadata.ToImmutable();
    }

    private static PartRecord Find(
        RequestedPart requested, IReadOnlyDictionary<int, PartRecord> stored)
    {
        if (!stored.TryGetValue(requested.Number, out var part)
            || !requested.ETag.Equals(
                part.Metadata.GetValueOrDefault(ObjectMetadata.ETag), StringComparison.OrdinalIgnoreCase))
            throw InvalidPart(requested);
        foreach (var (algorithm, value) in requested.Checksums)
        {
            if (algorithm is null || part.Metadata.GetValueOrDefault(algorithm.Value.MetadataKey()) != value)
                throw InvalidPart(requested);
        }

        // What was sent with the part counts where it is not sent again: the ETag names these bytes already.
        return part;
    }

    private static S3Exception InvalidPart(RequestedPart part) => new(S3Error.InvalidPart)
    {
        Details =
        [
            new("PartNumber", part.Number.ToString(CultureInfo.InvariantCulture)), new("ETag", part.ETag),
        ],
    };

    private static void CheckSize(PartRecord part, long minPartBytes)
    {
        if (part.SizeBytes >= minPartBytes) return;
        throw new S3Exception(S3Error.EntityTooSmall)
        {
            Details =
            [
                new("ProposedSize", part.SizeBytes.ToString(CultureInfo.InvariantCulture)),
                new("MinSizeAllowed", minPartBytes.ToString(CultureInfo.InvariantCulture)),
                new("PartNumber", part.Number.ToString(CultureInfo.InvariantCulture)),
                new("ETag", part.Metadata.GetValueOrDefault(ObjectMetadata.ETag, "")),
            ],
        };
    }

    // Every part has the default one. Parts that were put by earlier versions may happen to have another in common.
    private static MultipartChecksum? CommonOf(List<PartRecord> parts)
    {
        if (parts.TrueForAll(part => part.Metadata.ContainsKey(MetadataKeys.PartChecksum)))
            return new MultipartChecksum(ChecksumAlgorithms.Default, IsOfWhole: true);
        foreach (var algorithm in ChecksumAlgorithms.All)
        {
            if (algorithm.CanCombine() && parts.TrueForAll(part => part.Metadata.ContainsKey(algorithm.MetadataKey())))
                return new MultipartChecksum(algorithm, IsOfWhole: true);
        }

        return null;
    }

    private static byte[] ChecksumOf(PartRecord part, ChecksumAlgorithm algorithm)
    {
        var text = part.Metadata.GetValueOrDefault(algorithm.MetadataKey());
        if (algorithm == ChecksumAlgorithms.Default)
            text ??= part.Metadata.GetValueOrDefault(MetadataKeys.PartChecksum);
        return algorithm.ParseValue(text ?? "")
            ?? throw new InvalidDataException($"Part {part.Number} has no {algorithm.Name()} checksum");
    }

    // The MD5 of the parts' MD5s, and how many they are.
    private static string ETagOf(List<PartRecord> parts)
    {
        var tags = new byte[parts.Count * Md5Bytes];
        for (var index = 0; index < parts.Count; index++)
            Convert.FromHexString(
                parts[index].Metadata[ObjectMetadata.ETag], tags.AsSpan(index * Md5Bytes, Md5Bytes), out _, out _);
        return string.Create(
            CultureInfo.InvariantCulture, $"{Convert.ToHexStringLower(MD5.HashData(tags))}-{parts.Count}");
    }
}
