using System.Collections.Immutable;
using System.Globalization;
using static Ciaos.Actors.Index.IndexProtocol;

namespace Ciaos.Actors.Index;

/// <summary>The names of metadata that the index itself understands. All others are the front ends'.</summary>
public static class ObjectMetadata
{
    /// <summary>The entity tag, without quotes, in place of the index's own.</summary>
    public const string ETag = "etag";

    /// <summary>Sizes and checksums of the parts that the object was made of.</summary>
    public const string Parts = "parts";

    /// <summary>How the content is encrypted.</summary>
    public const string Encryption = "sse";

    /// <summary><see cref="Governance"/> or <see cref="Compliance"/>.</summary>
    public const string RetentionMode = "retention-mode";

    /// <summary>RFC 3339, UTC.</summary>
    public const string RetentionUntil = "retention-until";

    /// <summary><see cref="HoldOn"/>, or absent.</summary>
    public const string LegalHold = "legal-hold";

    public const string Governance = "GOVERNANCE";
    public const string Compliance = "COMPLIANCE";
    public const string HoldOn = "ON";

    private const string ChecksumPrefix = "checksum-";

    public static readonly ImmutableSortedDictionary<string, string> None =
        ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal);

    /// <summary>It speaks of the content's bytes, and is not true any more when those change.</summary>
    public static bool OfBytes(string name) =>
        name is ETag or Parts || name.StartsWith(ChecksumPrefix, StringComparison.Ordinal);

    /// <summary>Whether this version must not be deleted or changed now.</summary>
    /// <param name="bypassesGovernance">Retention in governance mode does not count.</param>
    public static bool IsLocked(ObjectRecord version, DateTimeOffset now, bool bypassesGovernance)
    {
        var metadata = version.Metadata;
        if (metadata.IsEmpty) return false;
        if (metadata.GetValueOrDefault(LegalHold) == HoldOn) return true;
        if (!metadata.TryGetValue(RetentionMode, out var mode)) return false;
        if (mode == Governance && bypassesGovernance) return false;

        // What cannot be read is no proof that the time is over.
        return !DateTimeOffset.TryParse(
                metadata.GetValueOrDefault(RetentionUntil), CultureInfo.InvariantCulture,
                DateTimeStyles.AssumeUniversal, out var until)
            || until > now;
    }
}
