using System.Collections.Immutable;
using System.Globalization;
using Ciaos.Actors.Index;
using static Ciaos.Actors.Identity.IdentityProtocol;
using static Ciaos.Actors.Index.IndexEvents;

namespace Ciaos.Actors.Identity;

/// <summary>Events of the keeper of buckets as entries of the audit log.</summary>
internal static class BucketAudits
{
    /// <summary>Of changes that were made before events told it. No user is called so.</summary>
    private static readonly Origin Unknown = new("(unknown)");

    public static string Stream => ShardContext.PersistenceIdOf(0);

    public static AuditEntry Describe(long number, IIndexEvent done)
    {
        var action = IndexEventCodec.ManifestOf(done);
        return done switch
        {
            IndexCreated created => Entry(created.At, Origin.Node, ""),
            BucketEventLost lost => Entry(lost.At, Unknown, ""),

            // A native user's own bucket comes with its first write.
            BucketCreated created => Entry(
                created.At, new Origin(created.Owner), created.Owner, Id(created), ("owner", created.Owner)),
            BucketMade made => Entry(
                made.At, made.Audit?.By, made.Name, Id(made), ("owner", made.Owner), Names("set", made.Config.Keys)),
            BucketConfigured changed => Entry(
                changed.At, changed.Audit?.By, changed.Audit?.Name ?? "", Id(changed),
                Names("set", changed.Changes.Where(change => change.Value is not null).Select(change => change.Key)),
                Names("removed", changed.Changes.Where(change => change.Value is null).Select(change => change.Key))),
            BucketDeleted deleted => Entry(deleted.At, deleted.Audit?.By, deleted.Audit?.Name ?? "", Id(deleted)),
            _ => throw new InvalidOperationException($"{done.GetType()} is no event of the keeper of buckets"),
        };

        AuditEntry Entry(DateTimeOffset at, Origin? by, string subject, params (string Name, string Value)[] detail) =>
            new(number, at, by ?? Unknown, action, subject, detail.Where(item => item.Value.Length > 0)
                .ToImmutableSortedDictionary(item => item.Name, item => item.Value, StringComparer.Ordinal));
    }

    private static (string Name, string Value) Id(IBucketEvent done) =>
        ("bucket_id", done.Bucket.Value.ToString(CultureInfo.InvariantCulture));

    // Not the values: there may be addresses with passwords among them. The journal has them.
    private static (string Name, string Value) Names(string name, IEnumerable<string> parts) =>
        (name, string.Join(' ', parts));
}
