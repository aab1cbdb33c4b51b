using Ciaos.Http.S3.Documents;
using Microsoft.AspNetCore.Http;

namespace Ciaos.Http.S3.Buckets;

/// <summary>The parts of a bucket's configuration that are documents: set, returned and removed, each in the same
/// way.</summary>
internal sealed class ConfigOperations(S3Services services, S3Operations operations)
{
    /// <summary>A document that is missing where it was not set.</summary>
    /// <param name="subResource">Of the query, such as <c>cors</c>.</param>
    /// <param name="name">Of the operations, behind Get, Put and Delete.</param>
    /// <param name="action">Of policies, behind <c>s3:Get</c> and <c>s3:Put</c>.</param>
    /// <param name="deleteAction">Of policies; null: who may put may delete.</param>
    public void Add<T>(
        string subResource, string key, string name, string action, S3Error missing,
        Func<S3Request, T, Task>? check = null, int putStatus = StatusCodes.Status200OK, string? deleteAction = null)
        where T : class, IS3Document<T>
    {
        AddGet<T>(subResource, key, name, action, request => throw new S3Exception(missing)
        {
            Details = [new("BucketName", request.BucketName)],
        });
        AddPut(subResource, key, name, action, check, putStatus);
        AddDelete(subResource, key, name, deleteAction ?? "s3:Put" + action);
    }

    /// <summary>A document that is never missing, and cannot be removed.</summary>
    public void Add<T>(
        string subResource, string key, string name, string action, T unset, Func<S3Request, T, Task>? check = null)
        where T : class, IS3Document<T>
    {
        AddGet(subResource, key, name, action, _ => unset);
        AddPut(subResource, key, name, action, check, StatusCodes.Status200OK);
    }

    public void AddGet<T>(string subResource, string key, string name, string action, Func<S3Request, T> unset)
        where T : class, IS3Document<T> =>
        operations.Add(S3Scope.Bucket, "GET", subResource, "Get" + name, async request =>
        {
            services.Access.Demand(request, "s3:Get" + action);
            var text = request.Bucket.Config.GetValueOrDefault(key);
            await request.SendDocumentAsync(text is null ? unset(request) : S3Document.FromText<T>(text));
        });

    public void AddDelete(string subResource, string key, string name, string action) =>
        operations.Add(S3Scope.Bucket, "DELETE", subResource, "Delete" + name, async request =>
        {
            services.Access.Demand(request, action);
            if (request.Bucket.Config.ContainsKey(key)) await services.Store.ConfigureAsync(request, key, null);
            await request.SendStatus(StatusCodes.Status204NoContent);
        });

    private void AddPut<T>(
        string subResource, string key, string name, string action, Func<S3Request, T, Task>? check, int status)
        where T : class, IS3Document<T> =>
        operations.Add(S3Scope.Bucket, "PUT", subResource, "Put" + name, async request =>
        {
            services.Access.Demand(request, "s3:Put" + action);
            var document = await request.ReadDocumentAsync<T>();
            if (check is not null) await check(request, document);
            await services.Store.ConfigureAsync(request, key, document.ToText());
            await request.SendStatus(status);
        });
}
