using System.Collections.Immutable;
using Ciaos.Actors.Index;
using Ciaos.Actors.Lifecycle;
using Ciaos.Http.S3.Access;
using Ciaos.Http.S3.Documents;
using Ciaos.Http.S3.Objects;
using LifecycleRule = Ciaos.Actors.Lifecycle.LifecycleRule;

namespace Ciaos.Http.S3.Lifecycle;

/// <summary>A bucket's lifecycle configuration as the rules that <see cref="LifecycleActor"/> carries out.</summary>
public static class LifecycleReader
{
    /// <summary>Only those that are in force, and end something: transitions end nothing.</summary>
    public static ImmutableArray<LifecycleRule> Read(BucketProtocol.BucketInfo bucket) =>
        BucketRules.Of(bucket).Lifecycle is { } configuration
            ? [.. configuration.Rules.Where(rule => rule.IsEnabled && Ends(rule)).Select(Map)]
            : [];

    /// <summary>Whether a rule is about an object or version.</summary>
    internal static bool Matches(LifecycleFilter filter, IndexProtocol.ObjectRecord found) => filter.Matches(
        found.Key.Value, found.SizeBytes,
        filter.Tags.IsEmpty ? TagSet.Empty : TagSet.FromMetadata(found.Metadata.GetValueOrDefault(MetadataKeys.Tags)));

    private static bool Ends(Documents.LifecycleRule rule) =>
        rule.Expiration is not null || rule.Noncurrent is not null || rule.AbortUploadsAfterDays is not null;

    private static LifecycleRule Map(Documents.LifecycleRule rule) => new(
        rule.Filter.Prefix ?? "",
        found => Matches(rule.Filter, found),
        rule.Expiration?.Days,
        rule.Expiration?.Date,
        rule.Expiration?.OfLoneMarkers ?? false,
        rule.Noncurrent?.Days,
        rule.Noncurrent?.Keep ?? 0,
        rule.AbortUploadsAfterDays);
}
