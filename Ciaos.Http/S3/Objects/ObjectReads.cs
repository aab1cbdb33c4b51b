using System.Globalization;
using Ciaos.Actors.Index;
using Ciaos.Http.Raw;
using Ciaos.Http.S3.Encryption;
using Ciaos.Http.S3.Lifecycle;
using Microsoft.AspNetCore.Http;

namespace Ciaos.Http.S3.Objects;

/// <summary>GetObject and HeadObject.</summary>
internal sealed class ObjectReads(S3Services services)
{
    private readonly ObjectFinder _finder = new(services);
    private readonly BodyStore _bodies = new(services.Store);

    public void Register(S3Operations operations)
    {
        operations.Add(S3Scope.Object, HttpMethods.Get, null, "GetObject", GetAsync);
        operations.Add(S3Scope.Object, HttpMethods.Head, null, "HeadObject", GetAsync);
    }

    private async Task GetAsync(S3Request request)
    {
        var customerKey = services.Encryption.CustomerOfRead(request);
        var found = await _finder.FindAsync(request, "s3:GetObject", forReading: !request.IsHead);
        if (customerKey is null && SmallReads.Allow(found))
        {
            var range = Begin(request, found.Object).Range;
            if (!request.IsHead)
                SmallReads.Write(
                    services.Store, found, range.OffsetBytes, range.LengthBytes, request.Response.BodyWriter);
            return;
        }

        await using var reader = _bodies.OpenRead(found, customerKey);
        var selection = Begin(request, found.Object);
        if (request.IsHead) return;
        using var output = new ReplyWriter(request.Response.BodyWriter);
        await _bodies.CopyAsync(
            reader, selection.Range.OffsetBytes, selection.Range.LengthBytes, output, request.Aborted);
        await output.FinishAsync(request.Aborted);
    }

    private ReadSelection Begin(S3Request request, IndexProtocol.ObjectRecord found)
    {
        S3Conditions.CheckRead(S3Conditions.Read(request.Headers), found);
        var selection = ReadSelection.Of(request.Query, request.Headers, found);
        WriteHead(request, found, selection);
        return selection;
    }

    private void WriteHead(S3Request request, IndexProtocol.ObjectRecord found, ReadSelection selection)
    {
        var response = request.Response;
        response.Headers.AcceptRanges = "bytes";
        response.Headers.ETag = found.QuotedETag;
        response.Headers.LastModified = Conditions.LastModified(found).ToString("R", CultureInfo.InvariantCulture);
        ObjectVersions.Write(response, request.Bucket.Versioning, found);
        ObjectHeaders.Write(response, found);
        ObjectHeaders.Override(response, request.Query, request.Caller.IsAnonymous);
        ObjectLock.Write(response, found);
        var wantsChecksums = "ENABLED".Equals(
            request.Header("x-amz-checksum-mode"), StringComparison.OrdinalIgnoreCase);
        selection.Write(response, found, wantsChecksums);
        EncryptionHeaders.Write(request, found.Metadata);
        LifecycleHeaders.Write(request, services.Settings.Calendar, found);
    }
}
