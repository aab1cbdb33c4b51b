using System.Collections.Immutable;
using Ciaos.Actors.Index;
using Ciaos.Actors.Notifications;
using Ciaos.Http.S3.Access;
using Ciaos.Http.S3.Documents;

namespace Ciaos.Http.S3.Notifications;

/// <summary>A bucket's notification configuration as the webhooks that <see cref="NotificationSource"/>
/// serves.</summary>
public static class NotificationReader
{
    /// <summary>Only webhooks: other targets are kept, and nothing is sent to them.</summary>
    public static ImmutableArray<WebhookTarget> Read(BucketProtocol.BucketInfo bucket) =>
        bucket.Config.TryGetValue(BucketConfig.Notification, out var text)
            ? Parse(text)
            : [];

    private static ImmutableArray<WebhookTarget> Parse(string text) =>
    [
        .. from target in S3Document.FromText<NotificationConfiguration>(text).Targets
           let url = target.Webhook
           where url is not null
           select new WebhookTarget(target.Id, url, target.Events, target.Prefix ?? "", target.Suffix ?? ""),
    ];
}
