using Ciaos.Actors.Index;
using Ciaos.Http.S3.Access;
using Ciaos.Http.S3.Bodies;
using Ciaos.Http.S3.Lifecycle;
using Ciaos.Http.S3.Objects;
using Ciaos.Storage.Volumes;
using Microsoft.AspNetCore.Http;

namespace Ciaos.Http.S3.Post;

/// <summary><c>PostObject</c>: a form of a browser that uploads one file. Who sends it is told by the form, not by the
/// request, and it may be nobody where the bucket lets everybody write.</summary>
internal sealed class PostObjects(S3Services services)
{
    private readonly ObjectWriter _writer = new(services);
    private readonly BodyStore _bodies = new(services.Store);

    public void Register(S3Operations operations) =>
        operations.Add(S3Scope.Bucket, HttpMethods.Post, null, "PostObject", HandleAsync);

    private async Task HandleAsync(S3Request posted)
    {
        var form = await PostForm.ReadAsync(posted.Http);
        var options = new S3BodyOptions(
            services.Settings.MaxObjectBytes, WithMd5: true, Checksum: ChecksumAlgorithms.Default);
        var grant = services.Callers.Forms.Authenticate(form, posted.BucketName, options.MaxBytes);
        var (key, user) = services.Callers.Identify(grant.Caller);
        var target = posted.Target with { Key = PostFields.KeyOf(form) };
        var request = new S3Request(posted.Http, target, posted.Operation, grant.Caller, key, user)
        {
            Bucket = posted.Bucket,
        };
        var fields = PostFields.ToHeaders(form);
        PostFields.Replace(request.Headers, fields);
        _writer.Authorize(request, fields);
        var metadata = _writer.Describe(request, fields, AclHeaders.From(request.Headers));
        var condition = new WriteCondition(S3Conditions.None, IndexProtocol.Precondition.None);
        using var body = S3Bodies.OpenForm(form, grant, options);
        using var hold = await services.Quotas.HoldAsync(request.Bucket, body.Length, objects: 1, request.Aborted);
        var dataKey = services.Encryption.KeyOfWrite(request, fields, metadata);
        var stored = await _bodies.StoreAsync(
            request.Bucket.Id, request.Key, body, UploadOperation.Replace, metadata, dataKey, hold,
            request.Aborted);
        var made = await _writer.PutAsync(request.Bucket, request.Key, condition, stored, metadata);
        hold?.Keep();
        LifecycleHeaders.Write(request, services.Settings.Calendar, made);
        await PostAnswer.SendAsync(request, form, made);
    }
}
