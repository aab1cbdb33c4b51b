using System.Collections.Immutable;
using static Ciaos.Actors.Index.BucketProtocol;

namespace Ciaos.Actors.Notifications;

/// <summary>Whom to tell of which changes of a bucket.</summary>
/// <param name="Id">Of the target in the bucket's configuration.</param>
/// <param name="Url">http or https.</param>
/// <param name="Events">Names as <c>s3:ObjectCreated:Put</c>; a last part that is <c>*</c> stands for any.</param>
/// <param name="Prefix">Of the keys; empty: any.</param>
/// <param name="Suffix">Likewise.</param>
public sealed record WebhookTarget(
    string Id, Uri Url, ImmutableArray<string> Events, string Prefix = "", string Suffix = "")
{
    internal bool Wants(ObjectChange change) =>
        change.Key.Value.StartsWith(Prefix, StringComparison.Ordinal)
        && change.Key.Value.EndsWith(Suffix, StringComparison.Ordinal)
        && Events.Any(wanted => wanted.EndsWith('*')
            ? ("s3:" + change.Name).StartsWith(wanted[..^1], StringComparison.Ordinal)
            : wanted == "s3:" + change.Name);
}

/// <summary>Reads a bucket's targets out of its configuration: only front ends know how they are written.</summary>
public delegate ImmutableArray<WebhookTarget> WebhookTargets(BucketInfo bucket);

/// <summary>Calls a webhook, and says whether it has taken what it was sent (2xx).</summary>
public delegate Task<bool> WebhookCall(Uri url, ReadOnlyMemory<byte> json, CancellationToken cancellation);
