using System.Text;
using Ciaos.Actors.Identity.Policies;
using Ciaos.Http.S3.Access;
using Ciaos.Http.S3.Documents;
using Microsoft.AspNetCore.Http;

namespace Ciaos.Http.S3.Buckets;

/// <summary>Policies of buckets.</summary>
internal sealed class PolicyHandlers(S3Services services)
{
    public async Task GetAsync(S3Request request)
    {
        services.Access.Demand(request, "s3:GetBucketPolicy");
        var policy = request.Bucket.Config.GetValueOrDefault(BucketConfig.Policy)
            ?? throw new S3Exception(S3Error.NoSuchBucketPolicy)
            {
                Details = [new("BucketName", request.BucketName)],
            };
        var bytes = Encoding.UTF8.GetBytes(policy);
        request.Response.ContentType = "application/json";
        request.Response.ContentLength = bytes.Length;
        await request.Response.Body.WriteAsync(bytes, request.Aborted);
    }

    public async Task PutAsync(S3Request request)
    {
        services.Access.Demand(request, "s3:PutBucketPolicy");
        var json = TextOf(await request.ReadBodyAsync());
        var policy = Parse(json);
        foreach (var resource in policy.Resources)
        {
            if (!IsOf(request.BucketName, resource))
                throw new S3Exception(S3Error.MalformedPolicy, $"Policy has invalid resource: {resource}");
        }

        RequireKnownUsers(policy);
        if (policy.IsPublic && BucketRules.Of(request.Bucket).Block.BlockPublicPolicy)
            throw new S3Exception(S3Error.AccessDenied);
        await services.Store.ConfigureAsync(request, BucketConfig.Policy, json);
        await request.SendStatus(StatusCodes.Status204NoContent);
    }

    public async Task DeleteAsync(S3Request request)
    {
        services.Access.Demand(request, "s3:DeleteBucketPolicy");
        await services.Store.ConfigureAsync(request, BucketConfig.Policy, null);
        await request.SendStatus(StatusCodes.Status204NoContent);
    }

    /// <summary>Whether everybody may do something, by the policy or by the ACL.</summary>
    public async Task GetStatusAsync(S3Request request)
    {
        services.Access.Demand(request, "s3:GetBucketPolicyStatus");
        var rules = BucketRules.Of(request.Bucket);
        var isPublic = (rules.Policy is { IsPublic: true } && !rules.Block.RestrictPublicBuckets)
            || (services.Access.AclOf(request.Bucket).IsPublic && !rules.Block.IgnorePublicAcls);
        using var xml = new S3Xml("PolicyStatus");
        await xml.Flag("IsPublic", isPublic).SendAsync(request.Http);
    }

    /// <summary>A policy is about its own bucket; patterns that would fit others too are taken.</summary>
    internal static bool IsOf(string bucket, string resource)
    {
        const int partsOfArn = 6;
        if (resource == "*") return true;
        // The key may hold colons of its own, and variables do.
        if (resource.Split(':', partsOfArn) is not ["arn", "aws", "s3", _, _, var path]) return false;
        var slash = path.IndexOf('/', StringComparison.Ordinal);
        var pattern = slash < 0 ? path : path[..slash];
        return pattern == bucket
            || (pattern.AsSpan().ContainsAny('*', '?')
                && System.IO.Enumeration.FileSystemName.MatchesSimpleExpression(pattern, bucket, ignoreCase: false));
    }

    // Users of other systems, who have ARNs and numbers, cannot be known here; what is neither is a slip.
    private void RequireKnownUsers(PolicyDocument policy)
    {
        var wrong = policy.Users.FirstOrDefault(name => !MayBeUser(name))
            ?? policy.CanonicalUsers.FirstOrDefault(id => !IsCanonicalId(id));
        if (wrong is not null) throw new S3Exception(S3Error.MalformedPolicy, $"Invalid principal in policy: {wrong}");
    }

    private bool MayBeUser(string name)
    {
        const int accountDigits = 12;
        return name == "*" || name.StartsWith("arn:", StringComparison.Ordinal) || IsCanonicalId(name)
            || (name.Length == accountDigits && name.All(char.IsAsciiDigit))
            || services.Identity.FindUser(name) is not null;
    }

    private static bool IsCanonicalId(string id)
    {
        const int hexDigits = 64;
        return id.Length == hexDigits && id.All(char.IsAsciiHexDigit);
    }

    private static string TextOf(byte[] body)
    {
        if (body.Length > PolicyDocument.MaxBytes)
        {
            throw new S3Exception(
                S3Error.MalformedPolicy, $"The policy has {body.Length} bytes, {PolicyDocument.MaxBytes} are allowed.");
        }

        try
        {
            return new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(body);
        }
        catch (DecoderFallbackException)
        {
            throw new S3Exception(S3Error.MalformedPolicy, "The policy is no UTF-8.");
        }
    }

    private static PolicyDocument Parse(string json)
    {
        try
        {
            var policy = PolicyDocument.Parse(json, PolicyKind.Resource);
            policy.RequireSenseForBucket();
            return policy;
        }
        catch (PolicyFormatException error)
        {
            throw new S3Exception(S3Error.MalformedPolicy, error.Message);
        }
    }
}
