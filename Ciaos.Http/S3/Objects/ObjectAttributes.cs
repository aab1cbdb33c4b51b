using System.Globalization;
using Ciaos.Actors.Index;
using Ciaos.Http.Raw;
using Ciaos.Http.S3.Bodies;
using Ciaos.Http.S3.Multipart;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace Ciaos.Http.S3.Objects;

/// <summary>GetObjectAttributes: what HeadObject tells, and the parts, as XML.</summary>
internal sealed class ObjectAttributes(S3Services services)
{
    private const string NamesHeader = "x-amz-object-attributes";
    private const string MaxPartsHeader = "x-amz-max-parts";
    private const string MarkerHeader = "x-amz-part-number-marker";
    private const int MaxPartsOnPage = 1_000;

    private static readonly string[] Names = ["ETag", "Checksum", "ObjectParts", "StorageClass", "ObjectSize"];

    private readonly ObjectFinder _finder = new(services);

    public void Register(S3Operations operations) =>
        operations.Add(S3Scope.Object, HttpMethods.Get, "attributes", "GetObjectAttributes", GetAsync);

    private async Task GetAsync(S3Request request)
    {
        var wanted = NamesOf(request.Headers[NamesHeader]);
        var found = (await _finder.FindAsync(request, "s3:GetObject")).Object;
        services.Access.Demand(request, "s3:GetObjectAttributes", found);
        services.Encryption.CheckRead(request, found);
        ObjectVersions.Write(request.Response, request.Bucket.Versioning, found);
        request.Response.Headers.LastModified = Conditions.LastModified(found).ToString("R");
        using var xml = new S3Xml("GetObjectAttributesResponse");
        if (wanted.Contains("ETag")) xml.Text("ETag", found.ETag);
        if (wanted.Contains("Checksum") && HasChecksum(found))
        {
            xml.Open("Checksum");
            ObjectHeaders.WriteChecksums(xml, found.Metadata);
            xml.Close();
        }

        if (wanted.Contains("ObjectParts") && ReadSelection.PartsOf(found) is { } parts)
            WriteParts(xml, request, parts);
        if (wanted.Contains("StorageClass")) xml.Text("StorageClass", ObjectHeaders.StorageClassOf(found));
        if (wanted.Contains("ObjectSize")) xml.Number("ObjectSize", found.SizeBytes);
        await xml.SendAsync(request.Http);
    }

    private static HashSet<string> NamesOf(StringValues header)
    {
        const StringSplitOptions Options = StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries;
        var names = header.SelectMany(line => (line ?? "").Split(',', Options)).ToHashSet(StringComparer.Ordinal);
        if (names.Count == 0)
            throw new S3Exception(
                S3Error.InvalidRequest,
                $"The {NamesHeader} header specifying the attributes to be retrieved is either missing or empty");
        return names.FirstOrDefault(name => !Names.Contains(name)) is { } unknown
            ? throw ObjectErrors.InvalidArgument("Invalid attribute name specified.", NamesHeader, unknown)
            : names;
    }

    private static bool HasChecksum(IndexProtocol.ObjectRecord found) =>
        ChecksumAlgorithms.All.Any(algorithm => found.Metadata.ContainsKey(algorithm.MetadataKey()));

    private static void WriteParts(S3Xml xml, S3Request request, PartList parts)
    {
        var max = NumberOf(request, MaxPartsHeader, MaxPartsOnPage, MaxPartsOnPage);
        var marker = NumberOf(request, MarkerHeader, 0, int.MaxValue);
        var last = (int)Math.Min((long)marker + max, parts.Count);
        xml.Open("ObjectParts").Number("PartsCount", parts.Count).Number("PartNumberMarker", marker);
        xml.Number("NextPartNumberMarker", Math.Max(last, marker)).Number("MaxParts", max);
        xml.Flag("IsTruncated", last < parts.Count);
        for (var number = marker + 1; number <= last; number++)
        {
            xml.Open("Part").Number("PartNumber", number).Number("Size", parts.Find(number).SizeBytes);
            if (parts is { Algorithm: { } algorithm })
                xml.Text($"Checksum{algorithm.ToUpperInvariant()}", parts.ChecksumOf(number));
            xml.Close();
        }

        xml.Close();
    }

    private static int NumberOf(S3Request request, string header, int missing, int max)
    {
        if (request.Header(header) is not { Length: > 0 } text) return missing;
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? Math.Min(number, max)
            : throw ObjectErrors.InvalidArgument("This is no whole number.", header, text);
    }
}
