using System.Collections.Immutable;
using System.Globalization;
using Ciaos.Http.S3.Bodies;
using Ciaos.Http.S3.Documents;

namespace Ciaos.Http.S3.Multipart;

/// <summary>The document of CompleteMultipartUpload: which parts the object is made of.</summary>
internal static class CompleteRequest
{
    /// <summary>Of 10,000 parts with all that a part can have there is less than that.</summary>
    public const int MaxDocumentBytes = 4 * 1024 * 1024;

    private const string Root = "CompleteMultipartUpload";
    private const string ChecksumPrefix = "Checksum";

    /// <exception cref="S3Exception">MalformedXML; InvalidPartOrder.</exception>
    public static ImmutableArray<RequestedPart> Parse(ReadOnlyMemory<byte> document)
    {
        var root = XmlItem.Parse(document, Root).Only("Part");
        if (root.Children.Count is 0 or > PartList.MaxParts) throw XmlItem.Malformed(S3Error.MalformedXml.Message);
        var parts = ImmutableArray.CreateBuilder<RequestedPart>(root.Children.Count);
        foreach (var item in root.Children)
        {
            var part = Parse(item);
            if (parts.Count > 0 && parts[^1].Number >= part.Number) throw new S3Exception(S3Error.InvalidPartOrder);
            parts.Add(part);
        }

        return parts.MoveToImmutable();
    }

    private static RequestedPart Parse(XmlItem item)
    {
        var checksums = ImmutableArray.CreateBuilder<(ChecksumAlgorithm?, string)>();
        foreach (var child in item.Children)
        {
            if (child.Name is "PartNumber" or "ETag") continue;
            if (!child.Name.StartsWith(ChecksumPrefix, StringComparison.Ordinal))
                throw XmlItem.Malformed($"{item.Name} has no element {child.Name}.");
            checksums.Add((ChecksumAlgorithms.Parse(child.Name[ChecksumPrefix.Length..]), child.Leaf().Trim()));
        }

        var number = item.GetWord("PartNumber");
        if (!int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var parsed))
            throw XmlItem.Malformed($"A part number is a whole number, not '{number}'.");
        if (parsed is < 1 or > PartList.MaxParts)
            throw DocumentErrors.InvalidArgument(PartNumbers.Allowed, "partNumber", number);
        return new RequestedPart(parsed, item.GetWord("ETag").Trim('"'), checksums.DrainToImmutable());
    }
}

/// <summary>A part as its client names it.</summary>
/// <param name="ETag">Without its quotes.</param>
/// <param name="Checksums">In base64; an algorithm of null is one that we do not know.</param>
internal sealed record RequestedPart(
    int Number, string ETag, ImmutableArray<(ChecksumAlgorithm? Algorithm, string Value)> Checksums);
