using System.Globalization;
using Ciaos.Actors.Index;
using Ciaos.Http.Raw;
using Ciaos.Http.S3.Multipart;
using Microsoft.AspNetCore.Http;

namespace Ciaos.Http.S3.Objects;

/// <summary>Which bytes of an object a read is about: all, a range, or one of the parts it was uploaded in.</summary>
/// <param name="Parts">What the object was completed from; null where it came at once.</param>
/// <param name="PartNumber">Null where no part is asked for.</param>
internal sealed record ReadSelection(ByteRange Range, PartList? Parts, int? PartNumber)
{
    private const string PartParameter = "partNumber";

    public bool IsWhole => Range.Kind == RangeKind.Whole;

    /// <exception cref="S3Exception">There are no such bytes, or a range and a part are asked for.</exception>
    public static ReadSelection Of(S3Query query, IHeaderDictionary headers, IndexProtocol.ObjectRecord found)
    {
        var parts = PartsOf(found);
        if (query.Has(PartParameter)) return OfPart(query, headers, found, parts);
        var whole = new ByteRange(RangeKind.Whole, 0, found.SizeBytes);
        var header = headers.Range.Count == 1 ? headers.Range.ToString() : "";
        var range = ByteRange.Applies(headers, found) ? ByteRange.Parse(header, found.SizeBytes) ?? whole : whole;
        if (range.Kind != RangeKind.Unsatisfiable) return new ReadSelection(range, parts, null);
        throw new S3Exception(S3Error.InvalidRange)
        {
            Details = [new("RangeRequested", header), new("ActualObjectSize", Text(found.SizeBytes))],
            Headers = [new("Content-Range", $"bytes */{Text(found.SizeBytes)}")],
        };
    }

    public static PartList? PartsOf(IndexProtocol.ObjectRecord found) =>
        found.Metadata.TryGetValue(ObjectMetadata.Parts, out var text) && PartList.TryParse(text, out var parts)
            ? parts
            : null;

    /// <summary>Length, range, and what there is to say of parts and checksums.</summary>
    public void Write(HttpResponse response, IndexProtocol.ObjectRecord found, bool withChecksums)
    {
        response.ContentLength = Range.LengthBytes;
        if (PartNumber is not null && Parts is not null) response.Headers["x-amz-mp-parts-count"] = Text(Parts.Count);
        if (withChecksums) WriteChecksums(response, found);
        if (IsWhole) return;
        response.StatusCode = StatusCodes.Status206PartialContent;
        var last = Range.OffsetBytes + Range.LengthBytes - 1;
        response.Headers.ContentRange = $"bytes {Text(Range.OffsetBytes)}-{Text(last)}/{Text(found.SizeBytes)}";
    }

    // Clients check the bytes that they get against the checksum that they get: one of other bytes must not be sent.
    private void WriteChecksums(HttpResponse response, IndexProtocol.ObjectRecord found)
    {
        if (Range.LengthBytes == found.SizeBytes && (PartNumber is null || Parts is null))
        {
            ObjectHeaders.WriteChecksums(response, found.Metadata);
        }
        else if (PartNumber is { } number && Parts is { Algorithm: { } algorithm }
            && Parts.ChecksumOf(number) is { } part)
        {
            response.Headers[$"x-amz-{MetadataKeys.ChecksumPrefix}{algorithm}"] = part;
            if (found.Metadata.TryGetValue(MetadataKeys.ChecksumType, out var type))
                response.Headers["x-amz-checksum-type"] = type;
        }
    }

    private static ReadSelection OfPart(
        S3Query query, IHeaderDictionary headers, IndexProtocol.ObjectRecord found, PartList? parts)
    {
        var text = query.Text(PartParameter);
        if (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            || number is < 1 or > PartList.MaxParts)
            throw ObjectErrors.InvalidArgument(
                $"Part number must be an integer between 1 and {PartList.MaxParts}, inclusive", PartParameter, text);
        if (headers.Range.Count > 0)
            throw new S3Exception(
                S3Error.InvalidRequest, "Cannot specify both Range header and partNumber query parameter");
        if (number > (parts?.Count ?? 1))
            throw new S3Exception(S3Error.InvalidPart, "The requested part number is not satisfiable.");
        var (offset, size) = parts?.Find(number) ?? (0, found.SizeBytes);

        // A range of no bytes cannot be told in an answer.
        var kind = size == 0 ? RangeKind.Whole : RangeKind.Part;
        return new ReadSelection(new ByteRange(kind, offset, size), parts, number);
    }

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
