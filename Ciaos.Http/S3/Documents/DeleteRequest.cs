using System.Collections.Immutable;

namespace Ciaos.Http.S3.Documents;

/// <summary>Objects to delete with one request.</summary>
/// <param name="Quiet">The answer names only what failed.</param>
internal sealed record DeleteRequest(ImmutableArray<DeleteItem> Items, bool Quiet) : IS3Document<DeleteRequest>
{
    public const int MaxItems = 1_000;

    public static string Root => "Delete";

    public static DeleteRequest From(XmlItem root)
    {
        root.Only("Object", "Quiet");
        var items = root.All("Object").Select(DeleteItem.From).ToImmutableArray();
        return items.Length is > 0 and <= MaxItems
            ? new DeleteRequest(items, root.FindFlag("Quiet") ?? false)
            : throw XmlItem.Malformed($"1 to {MaxItems} objects can be deleted at once.");
    }

    public void WriteTo(S3Xml xml)
    {
        foreach (var item in Items)
        {
            xml.Open("Object").Text("Key", item.Key).Text("VersionId", item.VersionId).Text("ETag", item.ETag);
            if (item.LastModified is { } time) xml.Text("LastModifiedTime", time.ToString("R"));
            if (item.SizeBytes is { } size) xml.Number("Size", size);
            xml.Close();
        }

        xml.Flag("Quiet", Quiet);
    }
}

/// <summary>One object to delete; what follows the version id are conditions on it.</summary>
/// <param name="ETag">As it was given, with or without quotes.</param>
internal sealed record DeleteItem(
    string Key, string? VersionId, string? ETag, DateTimeOffset? LastModified, long? SizeBytes)
{
    public static DeleteItem From(XmlItem item)
    {
        item.Only("Key", "VersionId", "ETag", "LastModifiedTime", "Size");
        var key = item.GetText("Key");
        if (key.Length == 0) throw XmlItem.Malformed("A key is empty.");
        var version = item.FindWord("VersionId");
        return new DeleteItem(
            key,
            version is "" ? null : version,
            item.FindWord("ETag"),
            ModifiedOf(item),
            item.FindNumber("Size"));
    }

    // SDKs write this one as HTTP writes dates.
    private static DateTimeOffset? ModifiedOf(XmlItem item)
    {
        if (item.FindWord("LastModifiedTime") is not { } text) return null;
        return DocumentTime.TryParse(text, out var time)
            || DateTimeOffset.TryParseExact(
                text, "R", System.Globalization.CultureInfo.InvariantCulture,
                System.Globalization.DateTimeStyles.AssumeUniversal, out time)
            ? time
            : throw XmlItem.Malformed("LastModifiedTime is no time.");
    }
}
