using System.Collections.Immutable;
using Ciaos.Actors.Index;
using Ciaos.Http.S3.Access;
using Ciaos.Http.S3.Bodies;
using Ciaos.Http.S3.Objects;

namespace Ciaos.Http.S3.Listing;

/// <summary>Elements that listings have in common.</summary>
internal static class ListXml
{
    private static readonly ImmutableArray<(string Key, string Name)> Checksums =
        [.. ChecksumAlgorithms.All.Select(algorithm => (algorithm.MetadataKey(), algorithm.Name()))];

    /// <summary>What an object and a version of one have in common.</summary>
    public static void WriteContent(S3Xml xml, IndexProtocol.ObjectRecord found)
    {
        xml.Time("LastModified", found.Modified).Text("ETag", $"\"{found.ETag}\"");
        foreach (var (key, name) in Checksums)
        {
            if (!found.Metadata.ContainsKey(key)) continue;
            xml.Text("ChecksumAlgorithm", name).Text(
                "ChecksumType", found.Metadata.GetValueOrDefault(MetadataKeys.ChecksumType, MetadataKeys.FullObject));
            break;
        }

        xml.Number("Size", found.SizeBytes).Text("StorageClass", ObjectHeaders.StorageClassOf(found));
    }

    public static void WriteCommonPrefix(S3Xml xml, string prefix, ListEncoding encoding) =>
        xml.Open("CommonPrefixes").Text("Prefix", encoding.Apply(prefix)).Close();
}

/// <summary>Elements that name users, for one answer: each user is looked up once.</summary>
internal sealed class ListOwners(S3Services services, BucketProtocol.BucketInfo bucket)
{
    private readonly Dictionary<string, string?> _displayNames = new(StringComparer.Ordinal);
    private readonly string _bucketOwner = services.Access.OwnerIdOf(bucket);
    private readonly bool _isOwnerEnforced = BucketRules.Of(bucket).IsOwnerEnforced;

    /// <summary>The owner of an object, or of one that is to be; the bucket's owner where it has none of its
    /// own.</summary>
    public void WriteOwner(S3Xml xml, ImmutableSortedDictionary<string, string> metadata) => Write(
        xml, "Owner",
        _isOwnerEnforced ? _bucketOwner : metadata.GetValueOrDefault(MetadataKeys.Owner, _bucketOwner));

    public void WriteInitiator(S3Xml xml, string canonicalId) => Write(xml, "Initiator", canonicalId);

    private void Write(S3Xml xml, string element, string canonicalId)
    {
        if (!_displayNames.TryGetValue(canonicalId, out var displayName))
        {
            displayName = canonicalId == _bucketOwner
                ? services.Access.OwnerNameOf(bucket)
                : services.Identity.FindByCanonicalId(canonicalId)?.DisplayName;
            _displayNames[canonicalId] = displayName;
        }

        xml.Open(element).Text("ID", canonicalId).Text("DisplayName", displayName).Close();
    }
}
