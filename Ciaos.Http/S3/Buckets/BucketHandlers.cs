using System.Collections.Immutable;
using System.Text;
using Ciaos.Actors.Identity;
using Ciaos.Actors.Index;
using Ciaos.Http.S3.Access;
using Ciaos.Http.S3.Documents;
using Ciaos.Http.S3.Multipart;
using Microsoft.AspNetCore.Http;

namespace Ciaos.Http.S3.Buckets;

/// <summary>Buckets come and go, and are listed.</summary>
internal sealed class BucketHandlers(S3Services services)
{
    private const int MaxPage = 10_000;
    private const string DefaultRegion = "us-east-1";

    private readonly UnfinishedUploads _uploads = new(services);

    /// <summary>The caller's own buckets. Somebody without a user has none.</summary>
    public async Task ListAsync(S3Request request)
    {
        var user = request.User;
        var query = request.Query;
        var limit = query.Int("max-buckets", MaxPage, 1, MaxPage);
        var prefix = query.Text("prefix");
        var after = TokenToName(query.Text("continuation-token"));
        var region = query.Text("bucket-region");
        using var xml = new S3Xml("ListAllMyBucketsResult");
        if (user is not null)
        {
            services.Access.DemandOfService(request, "s3:ListAllMyBuckets", "arn:aws:s3:::*");
            xml.Open("Owner").Text("ID", user.CanonicalId).Text("DisplayName", user.DisplayName).Close();
        }

        var page = user is null || (region.Length > 0 && region != services.Settings.Region)
            ? new BucketPage([], HasMore: false)
            : await services.Store.ListBucketsAsync(user.Name, prefix, after, limit, request.Aborted);
        xml.Open("Buckets");
        foreach (var bucket in page.Buckets)
        {
            xml.Open("Bucket").Text("Name", bucket.Name).Time("CreationDate", bucket.Created);
            xml.Text("BucketRegion", services.Settings.Region).Close();
        }

        xml.Close();
        if (page.HasMore) xml.Text("ContinuationToken", NameToToken(page.Buckets[^1].Name));
        if (prefix.Length > 0) xml.Text("Prefix", prefix);
        await xml.SendAsync(request.Http);
    }

    public async Task CreateAsync(S3Request request)
    {
        var name = request.BucketName;
        var user = request.User ?? throw new S3Exception(S3Error.AccessDenied);
        services.Access.DemandOfService(request, "s3:CreateBucket", $"arn:aws:s3:::{name}");
        if (!BucketName.IsValid(name))
            throw new S3Exception(S3Error.InvalidBucketName) { Details = [new("BucketName", name)] };
        var body = await request.ReadBodyAsync();
        var asked = body.Length == 0
            ? CreateBucketConfiguration.Default
            : S3Document.Parse<CreateBucketConfiguration>(body);
        var config = ConfigOf(request, user, asked);
        await RequireRoomAsync(request, user);
        switch (await services.Store.CreateBucketAsync(name, user.Name, config, request.By, request.Aborted))
        {
            case BucketProtocol.Created:
                break;
            case BucketProtocol.Exists exists:
                RequireSame(exists.Bucket, user, config);
                break;
            case var answer:
                throw new InvalidOperationException($"The keeper of buckets answered {answer}");
        }

        request.Response.Headers.Location = "/" + name;
        await request.SendStatus(StatusCodes.Status200OK);
    }

    public Task HeadAsync(S3Request request)
    {
        services.Access.Demand(request, "s3:ListBucket");
        request.Response.Headers["x-amz-bucket-region"] = services.Settings.Region;
        request.Response.Headers["x-amz-access-point-alias"] = "false";
        request.Response.ContentType = "application/xml";
        return request.SendStatus(StatusCodes.Status200OK);
    }

    public async Task DeleteAsync(S3Request request)
    {
        services.Access.Demand(request, "s3:DeleteBucket");
        var answer = await RemoveAsync(request);
        if (answer is BucketProtocol.NotEmpty
            && await _uploads.TryAbortAllAsync(request.Bucket.Id, request.Aborted))
            answer = await RemoveAsync(request);
        switch (answer)
        {
            case BucketProtocol.Removed:
                await request.SendStatus(StatusCodes.Status204NoContent);
                return;
            case BucketProtocol.NotEmpty:
                throw new S3Exception(S3Error.BucketNotEmpty)
                {
                    Details = [new("BucketName", request.BucketName)],
                };
            case BucketProtocol.NoSuchBucket:
                throw new S3Exception(S3Error.NoSuchBucket);
            default:
                throw new InvalidOperationException($"The keeper of buckets answered {answer}");
        }
    }

    public async Task GetLocationAsync(S3Request request)
    {
        services.Access.Demand(request, "s3:GetBucketLocation");
        var location = request.Bucket.Config.GetValueOrDefault(BucketConfig.Location, services.Settings.Region);
        // The first region of S3 has no name here.
        using var xml = new S3Xml("LocationConstraint").Value(location == DefaultRegion ? "" : location);
        await xml.SendAsync(request.Http);
    }

    private Task<object> RemoveAsync(S3Request request) =>
        services.Store.RemoveBucketAsync(request.BucketName, request.By, request.Aborted);

    private ImmutableSortedDictionary<string, string> ConfigOf(
        S3Request request, User user, CreateBucketConfiguration asked)
    {
        if (asked.Location.Length > 0 && asked.Location != services.Settings.Region)
        {
            throw new S3Exception(S3Error.InvalidLocationConstraint)
            {
                Details = [new("LocationConstraint", asked.Location)],
            };
        }

        var config = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        if (asked.Location.Length > 0) config[BucketConfig.Location] = asked.Location;
        if (asked.Tags.Tags.Length > 0) config[BucketConfig.Tagging] = asked.Tags.ToText();
        var acl = AclHeaders.From(request.Headers).Resolve(user.CanonicalId, user.CanonicalId, services.Access.Users);
        if (!acl.IsPrivateTo(user.CanonicalId)) config[BucketConfig.Acl] = acl.ToText();
        if (request.Header("x-amz-object-ownership") is { } ownership)
        {
            config[BucketConfig.Ownership] = OwnershipControls.FromHeader(ownership).ToText();
            if (ownership == OwnershipControls.BucketOwnerEnforced && config.ContainsKey(BucketConfig.Acl))
                throw new S3Exception(DocumentErrors.InvalidBucketAclWithObjectOwnership);
        }

        if (IsLockAsked(request))
        {
            config[BucketConfig.ObjectLock] = new ObjectLockConfiguration(Default: null).ToText();
            config[BucketConfig.Versioning] = "enabled";
        }

        return config.ToImmutable();
    }

    private static bool IsLockAsked(S3Request request)
    {
        const string header = "x-amz-bucket-object-lock-enabled";
        return request.Header(header) is { } text
            && (bool.TryParse(text, out var isAsked) ? isAsked
                : throw DocumentErrors.InvalidArgument("It must be true or false.", header, text));
    }

    private async Task RequireRoomAsync(S3Request request, User user)
    {
        var max = services.Settings.MaxBuckets;
        var own = await services.Store.ListBucketsAsync(user.Name, "", "", max, request.Aborted);
        if (own.Buckets.Count >= max && own.Buckets.All(bucket => bucket.Name != request.BucketName))
            throw new S3Exception(S3Error.TooManyBuckets);
    }

    // Making one's own bucket once more is no error in the first region of S3, unless it were to be another one.
    private void RequireSame(
        BucketProtocol.BucketInfo bucket, User user, ImmutableSortedDictionary<string, string> config)
    {
        var error = bucket.Owner != user.Name ? S3Error.BucketAlreadyExists
            : services.Settings.Region != DefaultRegion ? S3Error.BucketAlreadyOwnedByYou
            : bucket.Config.GetValueOrDefault(BucketConfig.Acl) != config.GetValueOrDefault(BucketConfig.Acl)
                ? S3Error.BucketAlreadyExists
                : null;
        if (error is not null) throw new S3Exception(error) { Details = [new("BucketName", bucket.Name)] };
    }

    private static string NameToToken(string name) => Convert.ToBase64String(Encoding.UTF8.GetBytes(name));

    private static string TokenToName(string token)
    {
        try
        {
            return Encoding.UTF8.GetString(Convert.FromBase64String(token));
        }
        catch (FormatException)
        {
            throw DocumentErrors.InvalidArgument(
                "The continuation token provided is incorrect", "continuation-token", token);
        }
    }
}
