using Ciaos.Actors.Index;
using Ciaos.Actors.Objects;
using Ciaos.Http.S3.Access;
using Ciaos.Http.S3.AccessLogs;
using Ciaos.Http.S3.Bodies;
using Ciaos.Http.S3.Documents;
using Ciaos.Storage;
using Microsoft.AspNetCore.Http;
using static Ciaos.Actors.Index.IndexProtocol;

namespace Ciaos.Http.S3.Objects;

/// <summary>DeleteObjects: up to 1,000 objects with one request. Each is decided on by itself, and has its own line in
/// the answer.</summary>
internal sealed class MultiDelete(S3Services services)
{
    /// <summary>1,000 keys of 1,024 characters, each as long as a character reference, and what stands around
    /// them.</summary>
    private const int MaxDocumentBytes = 16 * 1024 * 1024;

    /// <summary>How many deletes are under way at once: enough to share flushes, few enough to let others in.</summary>
    private const int BatchSize = 64;

    private readonly ObjectDeletes _deletes = new(services);

    public void Register(S3Operations operations) =>
        operations.Add(S3Scope.Bucket, HttpMethods.Post, "delete", "DeleteObjects", HandleAsync);

    private async Task HandleAsync(S3Request request)
    {
        services.Access.DemandExpectedOwner(request, request.Bucket, S3Access.ExpectedOwner);
        // The conditions of this operation stand in its document.
        S3Conditions.ReadOfWrite(request.Headers);
        var document = await ReadAsync(request);
        var lines = new List<Line>(document.Items.Length);
        foreach (var batch in document.Items.Chunk(BatchSize))
            lines.AddRange(await Task.WhenAll(batch.Select(item => DeleteAsync(request, item))));
        foreach (var line in lines) request.Log(line.ToLog(request.Bucket));
        using var xml = new S3Xml("DeleteResult");
        foreach (var line in lines) line.WriteTo(xml, document.Quiet);
        await xml.SendAsync(request.Http);
    }

    private static async Task<DeleteRequest> ReadAsync(S3Request request)
    {
        using var body = S3Bodies.Open(request.Http, request.Caller, new S3BodyOptions(MaxDocumentBytes));
        return S3Document.Parse<DeleteRequest>(await S3Bodies.ReadAllAsync(body, request.Aborted));
    }

    private async Task<Line> DeleteAsync(S3Request request, DeleteItem item)
    {
        try
        {
            if (!ObjectKey.TryCreate(item.Key, out var key, out var error))
                return new Line(item, null, new S3Exception(S3Error.KeyTooLong, error));
            VersionId? version = item.VersionId is { } text ? ObjectVersions.Parse(text) : null;
            var condition = new Precondition(S3Conditions.TagsOf(item.ETag), null, item.LastModified, item.SizeBytes);
            return new Line(item, await _deletes.DeleteAsync(request, key, version, condition), null);
        }
        catch (S3Exception refused)
        {
            return new Line(item, null, refused);
        }
        catch (IndexFailedException failed)
        {
            return new Line(item, null, S3Failures.Of(failed.Failed));
        }
    }

    private sealed record Line(DeleteItem Item, DeleteOutcome? Outcome, S3Exception? Error)
    {
        public AccessLogItem ToLog(BucketProtocol.BucketInfo bucket) => new(
            bucket, AccessLogOperations.BatchDelete, Item.Key, Outcome?.Version?.ToString() ?? Item.VersionId, null,
            Error?.Error);

        public void WriteTo(S3Xml xml, bool isQuiet)
        {
            if (Error is not null)
            {
                xml.Open("Error").Text("Key", Item.Key).Text("VersionId", Item.VersionId)
                    .Text("Code", Error.Error.Code).Text("Message", Error.Message).Close();
            }
            else if (!isQuiet && Outcome is not null)
            {
                xml.Open("Deleted").Text("Key", Item.Key).Text("VersionId", Item.VersionId);
                if (Outcome.IsMarker)
                    xml.Flag("DeleteMarker", true).Text("DeleteMarkerVersionId", Outcome.Version?.ToString());
                xml.Close();
            }
        }
    }
}
