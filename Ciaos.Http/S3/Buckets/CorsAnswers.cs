using Ciaos.Http.S3.Access;
using Ciaos.Http.S3.Documents;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace Ciaos.Http.S3.Buckets;

/// <summary>
/// What browsers want to know before they let a page of another origin use a bucket: answers to preflight requests, and
/// headers on every answer, errors included. Comes before authentication: a preflight is never signed.
/// </summary>
internal sealed class CorsAnswers(S3Services services)
{
    private const string OfBucket = "BUCKET";
    private const string OfObject = "OBJECT";
    private const string VaryOn = "Origin, Access-Control-Request-Headers, Access-Control-Request-Method";

    /// <summary>Adds the headers to the answer, when it begins, if the request comes from a page that the bucket's
    /// rules allow it to.</summary>
    public async ValueTask PrepareAsync(HttpContext context, S3Target target)
    {
        var request = context.Request;
        if (request.Headers.Origin.ToString() is not { Length: > 0 } origin || target.Bucket is not { } name) return;
        var bucket = await services.Store.FindBucketInfoAsync(name, context.RequestAborted);
        if (bucket is null || BucketRules.Of(bucket).Cors is not { } cors) return;
        var asked = request.Headers.AccessControlRequestMethod.ToString();
        var method = asked.Length > 0 ? asked : request.Method;
        var rule = cors.Find(origin, method, NamesOf(request.Headers.AccessControlRequestHeaders));
        context.Response.OnStarting(() =>
        {
            Add(context.Response.Headers, origin, rule);
            return Task.CompletedTask;
        });
    }

    /// <summary>Answers an OPTIONS request.</summary>
    /// <exception cref="S3Exception">It is no preflight (BadRequest), or the page is not allowed to
    /// (AccessForbidden).</exception>
    public async Task AnswerPreflightAsync(HttpContext context, S3Target target)
    {
        var headers = context.Request.Headers;
        var (origin, method) = (headers.Origin.ToString(), headers.AccessControlRequestMethod.ToString());
        if (origin.Length == 0)
            throw new S3Exception(DocumentErrors.BadRequest, "Insufficient information. Origin request header needed.");
        if (method.Length > 0 && !CorsRule.IsMethod(method))
            throw new S3Exception(DocumentErrors.BadRequest, $"Invalid Access-Control-Request-Method: {method}");
        var wanted = NamesOf(headers.AccessControlRequestHeaders);
        if (wanted.Find(header => !CorsRule.IsHeader(header)) is { } wrong)
            throw new S3Exception(
                DocumentErrors.BadRequest, $"Access-Control-Request-Header \"{wrong}\" contains invalid character.");
        var bucket = target.Bucket is { } name
            ? await services.Store.FindBucketInfoAsync(name, context.RequestAborted)
            : null;
        if (bucket is null) throw Forbidden("CORSResponse: Bucket not found", method, OfBucket);
        if (BucketRules.Of(bucket).Cors is not { } cors)
            throw Forbidden("CORSResponse: CORS is not enabled for this bucket.", method, OfBucket);
        if (method.Length == 0)
            throw new S3Exception(DocumentErrors.BadRequest, "Invalid Access-Control-Request-Method: null");
        var rule = cors.Find(origin, method, wanted) ?? throw Forbidden(
            DocumentErrors.AccessForbidden.Message, method, target.Key is null ? OfBucket : OfObject);
        var answer = context.Response;
        Add(answer.Headers, origin, rule);
        if (wanted.Count > 0) answer.Headers.AccessControlAllowHeaders = string.Join(", ", wanted);
        answer.StatusCode = StatusCodes.Status200OK;
        answer.ContentLength = 0;
    }

    private static S3Exception Forbidden(string text, string method, string resourceType) =>
        new(DocumentErrors.AccessForbidden, text)
        {
            Details = [new("Method", method.Length > 0 ? method : "OPTIONS"), new("ResourceType", resourceType)],
        };

    private static void Add(IHeaderDictionary answer, string origin, CorsRule? rule)
    {
        // Whether there is such a header depends on the origin: a cache must not give one's answer to another.
        answer.Append("Vary", VaryOn);
        if (rule is null) return;
        var isForAll = rule.Origins.Contains("*", StringComparer.Ordinal);
        answer.AccessControlAllowOrigin = isForAll ? "*" : origin;
        if (!isForAll) answer.AccessControlAllowCredentials = "true";
        answer.AccessControlAllowMethods = string.Join(", ", rule.Methods);
        if (rule.ExposedHeaders.Length > 0)
            answer.AccessControlExposeHeaders = string.Join(", ", rule.ExposedHeaders);
        if (rule.MaxAgeSeconds is { } seconds) answer.AccessControlMaxAge = $"{seconds}";
    }

    private static List<string> NamesOf(StringValues headers) =>
    [
        .. headers.SelectMany(text => (text ?? "").Split(
            ',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        .Select(name => name.ToLowerInvariant()),
    ];
}
