using System.Collections.Immutable;
using System.Globalization;
using System.Text;

namespace Ciaos.Http.S3.Documents;

/// <summary>Tags of an object or a bucket, each key once.</summary>
internal sealed record TagSet(ImmutableArray<Tag> Tags) : IS3Document<TagSet>
{
    public const int MaxOfObject = 10;
    public const int MaxOfBucket = 50;

    private const int MaxKeyLength = 128;
    private const int MaxValueLength = 256;

    /// <summary>What a key or value may hold besides letters, digits and space.</summary>
    private const string Signs = "_.:/=+-@";

    public static readonly TagSet Empty = new(ImmutableArray<Tag>.Empty);

    public static string Root => "Tagging";

    /// <summary>Of a bucket: an object may have less.</summary>
    public static TagSet From(XmlItem root) => From(root, MaxOfBucket);

    /// <summary>Of an object.</summary>
    public static TagSet ParseOfObject(ReadOnlyMemory<byte> body) => From(XmlItem.Parse(body, Root), MaxOfObject);

    public static TagSet From(XmlItem root, int max) => FromItems(root.Only("TagSet").Get("TagSet"), max);

    public static TagSet FromItems(XmlItem items, int max)
    {
        items.Only("Tag");
        return Checked([.. items.All("Tag").Select(Tag.From)], max);
    }

    /// <summary>From the header x-amz-tagging, which is written like a query: <c>a=b&amp;c=d</c>. Sorted by
    /// key.</summary>
    public static TagSet ParseHeader(string header)
    {
        var tags = new List<Tag>();
        foreach (var part in header.Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var equals = part.IndexOf('=');
            if (equals != part.LastIndexOf('=')) throw NotAQuery(header);
            tags.Add(equals < 0
                ? new Tag(Decode(part), "")
                : new Tag(Decode(part[..equals]), Decode(part[(equals + 1)..])));
        }

        tags.Sort((left, right) => string.CompareOrdinal(left.Key, right.Key));
        for (var at = 1; at < tags.Count; at++)
            if (tags[at].Key == tags[at - 1].Key) throw NotAQuery(header);
        return Checked([.. tags], MaxOfObject);
    }

    /// <summary>As the metadata key <c>tags</c> of an object keeps them.</summary>
    public string ToHeader() =>
        string.Join('&', Tags.Select(tag => Uri.EscapeDataString(tag.Key) + "=" + Uri.EscapeDataString(tag.Value)));

    /// <summary>From what <see cref="ToHeader"/> wrote: in the order in which it was written.</summary>
    public static TagSet FromMetadata(string? text)
    {
        if (string.IsNullOrEmpty(text)) return Empty;
        return new TagSet([.. text.Split('&').Select(part => part.Split('=', 2))
            .Select(pair => new Tag(Uri.UnescapeDataString(pair[0]), Uri.UnescapeDataString(pair[1])))]);
    }

    public void WriteTo(S3Xml xml)
    {
        xml.Open("TagSet");
        WriteItems(xml);
        xml.Close();
    }

    public void WriteItems(S3Xml xml)
    {
        foreach (var tag in Tags) tag.WriteTo(xml);
    }

    private static TagSet Checked(ImmutableArray<Tag> tags, int max)
    {
        if (tags.Length > max)
        {
            throw max == MaxOfBucket
                ? new S3Exception(DocumentErrors.BadRequest, $"Bucket tag count cannot be greater than {max}")
                : Refuse($"Object tags cannot be greater than {max}");
        }

        var keys = new HashSet<string>(StringComparer.Ordinal);
        foreach (var tag in tags)
        {
            if (tag.Key.Length is 0 or > MaxKeyLength) throw Refuse($"A tag's key has 1 to {MaxKeyLength} characters.");
            if (tag.Value.Length > MaxValueLength)
                throw Refuse($"A tag's value has at most {MaxValueLength} characters.");
            if (tag.Key.StartsWith("aws:", StringComparison.OrdinalIgnoreCase))
                throw Refuse("Keys that begin with aws: belong to the system.");
            if (!IsAllowed(tag.Key) || !IsAllowed(tag.Value))
                throw Refuse($"A tag has letters, digits, spaces and {Signs} only.");
            if (!keys.Add(tag.Key)) throw Refuse("Cannot provide multiple tags with the same key.");
        }

        return new TagSet(tags);
    }

    private static bool IsAllowed(string text)
    {
        foreach (var rune in text.EnumerateRunes())
        {
            var isAllowed = Rune.IsLetterOrDigit(rune) || Rune.IsWhiteSpace(rune)
                || Rune.GetUnicodeCategory(rune) is
                    UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark
                || (rune.IsAscii && Signs.Contains((char)rune.Value));
            if (!isAllowed) return false;
        }

        return true;
    }

    private static S3Exception Refuse(string text) => new(S3Error.InvalidTag, text);

    private static string Decode(string encoded) =>
        RequestTarget.TryDecode(encoded.Replace('+', ' '), out var text, out _)
            ? text
            : throw NotAQuery(encoded);

    private static S3Exception NotAQuery(string header) => DocumentErrors.InvalidArgument(
        "The header 'x-amz-tagging' must be UTF-8, encoded like the query of a URL, with each tag once.",
        "x-amz-tagging", header);
}

internal readonly record struct Tag(string Key, string Value)
{
    public static Tag From(XmlItem item)
    {
        item.Only("Key", "Value");
        return new Tag(item.GetText("Key"), item.GetText("Value"));
    }

    public void WriteTo(S3Xml xml) => xml.Open("Tag").Text("Key", Key).Text("Value", Value).Close();
}
