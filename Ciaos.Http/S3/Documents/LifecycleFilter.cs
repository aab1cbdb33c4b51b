using System.Collections.Immutable;

namespace Ciaos.Http.S3.Documents;

/// <summary>Which objects a lifecycle rule is about: those that meet everything that is given.</summary>
/// <param name="Prefix">Null: any key.</param>
/// <param name="IsLegacy">The rule has a Prefix in place of a Filter, as older clients write it.</param>
/// <param name="IsCombined">Written with And.</param>
internal sealed record LifecycleFilter(
    string? Prefix, ImmutableArray<Tag> Tags, long? LargerThanBytes, long? SmallerThanBytes, bool IsLegacy,
    bool IsCombined)
{
    public static LifecycleFilter FromRule(XmlItem rule)
    {
        var prefix = rule.FindText("Prefix");
        var filter = rule.Find("Filter");
        if (prefix is null == filter is null) throw XmlItem.Malformed("A rule has either a Filter or a Prefix.");
        return filter is null ? new LifecycleFilter(prefix, [], null, null, true, false) : From(filter);
    }

    /// <summary>Tags are those of the object.</summary>
    public bool Matches(string key, long sizeBytes, TagSet tags) =>
        (Prefix is null || key.StartsWith(Prefix, StringComparison.Ordinal))
        && !(sizeBytes <= LargerThanBytes)
        && !(sizeBytes >= SmallerThanBytes)
        && Tags.All(tag => tags.Tags.Contains(tag));

    public void WriteTo(S3Xml xml)
    {
        if (IsLegacy)
        {
            xml.Text("Prefix", Prefix);
            return;
        }

        xml.Open("Filter");
        if (IsCombined) xml.Open("And");
        xml.Text("Prefix", Prefix);
        foreach (var tag in Tags) tag.WriteTo(xml);
        if (LargerThanBytes is { } larger) xml.Number("ObjectSizeGreaterThan", larger);
        if (SmallerThanBytes is { } smaller) xml.Number("ObjectSizeLessThan", smaller);
        if (IsCombined) xml.Close();
        xml.Close();
    }

    // Several conditions belong into And. Some clients write them beside it: then all of them count.
    private static LifecycleFilter From(XmlItem filter)
    {
        filter.Only("Prefix", "Tag", "ObjectSizeGreaterThan", "ObjectSizeLessThan", "And");
        var and = filter.Find("And")?.Only("Prefix", "Tag", "ObjectSizeGreaterThan", "ObjectSizeLessThan");
        ImmutableArray<Tag> tags =
        [
            .. filter.All("Tag").Select(Tag.From),
            .. (and?.All("Tag") ?? []).Select(Tag.From),
        ];
        var larger = SizeOf(filter, and, "ObjectSizeGreaterThan");
        var smaller = SizeOf(filter, and, "ObjectSizeLessThan");
        if (larger >= smaller)
        {
            throw new S3Exception(
                S3Error.InvalidRequest, "ObjectSizeLessThan has to be a value greater than ObjectSizeGreaterThan.");
        }

        if (tags.DistinctBy(tag => tag.Key, StringComparer.Ordinal).Count() < tags.Length)
            throw new S3Exception(S3Error.InvalidRequest, "Duplicate Tag Keys are not allowed.");
        var prefix = PrefixOf(filter.FindText("Prefix"), and?.FindText("Prefix"));
        return new LifecycleFilter(
            prefix, tags, larger, smaller, IsLegacy: false, and is not null || filter.Children.Count > 1);
    }

    private static string? PrefixOf(string? outer, string? inner)
    {
        if (outer is null || inner is null) return outer ?? inner;
        if (outer.StartsWith(inner, StringComparison.Ordinal)) return outer;
        return inner.StartsWith(outer, StringComparison.Ordinal)
            ? inner
            : throw XmlItem.Malformed("The two prefixes of the Filter exclude each other.");
    }

    private static long? SizeOf(XmlItem filter, XmlItem? and, string name)
    {
        var size = filter.FindNumber(name) ?? and?.FindNumber(name);
        return size is < 0 ? throw LifecycleRule.Refuse($"{name} must not be negative.") : size;
    }
}
