using Ciaos.Http.S3.Access;
using Ciaos.Http.S3.AccessLogs;
using Ciaos.Http.S3.Documents;
using Microsoft.AspNetCore.Http;

namespace Ciaos.Http.S3.Buckets;

/// <summary>The operations on buckets, and on the ACLs of objects.</summary>
internal sealed class BucketOperations
{
    private readonly S3Services _services;
    private readonly S3Operations _operations;

    private BucketOperations(S3Services services, S3Operations operations) =>
        (_services, _operations) = (services, operations);

    /// <summary>Adds them to the table.</summary>
    public static void AddTo(S3Operations operations, S3Services services)
    {
        var all = new BucketOperations(services, operations);
        all.AddBuckets();
        all.AddGuards();
        all.AddConfigs();
    }

    private void AddBuckets()
    {
        var buckets = new BucketHandlers(_services);
        _operations.Add(S3Scope.Service, "GET", null, "ListBuckets", buckets.ListAsync);
        _operations.Add(new S3Operation(S3Scope.Bucket, "PUT", null, "CreateBucket", buckets.CreateAsync)
        {
            MakesBucket = true,
        });
        _operations.Add(S3Scope.Bucket, "HEAD", null, "HeadBucket", buckets.HeadAsync);
        _operations.Add(S3Scope.Bucket, "DELETE", null, "DeleteBucket", buckets.DeleteAsync);
        _operations.Add(S3Scope.Bucket, "GET", "location", "GetBucketLocation", buckets.GetLocationAsync);
        var versions = new VersioningHandlers(_services);
        _operations.Add(S3Scope.Bucket, "GET", "versioning", "GetBucketVersioning", versions.GetAsync);
        _operations.Add(S3Scope.Bucket, "PUT", "versioning", "PutBucketVersioning", versions.PutAsync);
        _operations.Add(
            S3Scope.Bucket, "GET", "object-lock", "GetObjectLockConfiguration", versions.GetLockAsync);
        _operations.Add(
            S3Scope.Bucket, "PUT", "object-lock", "PutObjectLockConfiguration", versions.PutLockAsync);
    }

    private void AddGuards()
    {
        var acls = new AclHandlers(_services);
        _operations.Add(S3Scope.Bucket, "GET", "acl", "GetBucketAcl", acls.GetOfBucketAsync);
        _operations.Add(S3Scope.Bucket, "PUT", "acl", "PutBucketAcl", acls.PutOfBucketAsync);
        _operations.Add(S3Scope.Object, "GET", "acl", "GetObjectAcl", acls.GetOfObjectAsync);
        _operations.Add(S3Scope.Object, "PUT", "acl", "PutObjectAcl", acls.PutOfObjectAsync);
        var policies = new PolicyHandlers(_services);
        _operations.Add(S3Scope.Bucket, "GET", "policy", "GetBucketPolicy", policies.GetAsync);
        _operations.Add(S3Scope.Bucket, "PUT", "policy", "PutBucketPolicy", policies.PutAsync);
        _operations.Add(S3Scope.Bucket, "DELETE", "policy", "DeleteBucketPolicy", policies.DeleteAsync);
        _operations.Add(S3Scope.Bucket, "GET", "policyStatus", "GetBucketPolicyStatus", policies.GetStatusAsync);
    }

    private void AddConfigs()
    {
        var configs = new ConfigOperations(_services, _operations);
        configs.Add<CorsConfiguration>(
            "cors", BucketConfig.Cors, "BucketCors", "BucketCORS", S3Error.NoSuchCorsConfiguration,
            RequireHeaderNamesAsync);
        configs.Add<TagSet>(
            "tagging", BucketConfig.Tagging, "BucketTagging", "BucketTagging", S3Error.NoSuchTagSet,
            putStatus: StatusCodes.Status204NoContent);
        configs.Add<LifecycleConfiguration>(
            "lifecycle", BucketConfig.Lifecycle, "BucketLifecycleConfiguration", "LifecycleConfiguration",
            S3Error.NoSuchLifecycleConfiguration, RequireOrderAsync);
        configs.Add<OwnershipControls>(
            "ownershipControls", BucketConfig.Ownership, "BucketOwnershipControls", "BucketOwnershipControls",
            S3Error.OwnershipControlsNotFound, RequirePrivateAclAsync);
        configs.Add<PublicAccessBlock>(
            "publicAccessBlock", BucketConfig.PublicAccessBlock, "PublicAccessBlock", "BucketPublicAccessBlock",
            S3Error.NoSuchPublicAccessBlockConfiguration);
        configs.Add<EncryptionConfiguration>(
            "encryption", BucketConfig.Encryption, "BucketEncryption", "EncryptionConfiguration",
            S3Error.ServerSideEncryptionConfigurationNotFound);
        configs.Add<WebsiteConfiguration>(
            "website", BucketConfig.Website, "BucketWebsite", "BucketWebsite", S3Error.NoSuchWebsiteConfiguration,
            deleteAction: "s3:DeleteBucketWebsite");
        configs.Add(
            "notification", BucketConfig.Notification, "BucketNotificationConfiguration", "BucketNotification",
            NotificationConfiguration.Empty, RequireAllowedWebhooksAsync);
        configs.Add(
            "logging", BucketConfig.Logging, "BucketLogging", "BucketLogging", LoggingStatus.Off, RequireTargetAsync);
        configs.Add(
            "requestPayment", BucketConfig.RequestPayment, "BucketRequestPayment", "BucketRequestPayment",
            RequestPayment.Default);
        configs.Add(
            "accelerate", BucketConfig.Accelerate, "BucketAccelerateConfiguration", "AccelerateConfiguration",
            new AccelerateConfiguration(Status: null));
        new MissingConfigs(_services, _operations).Add();
    }

    private static Task RequireHeaderNamesAsync(S3Request request, CorsConfiguration cors)
    {
        foreach (var rule in cors.Rules) rule.RequireHeaderNames();
        return Task.CompletedTask;
    }

    private static Task RequireOrderAsync(S3Request request, LifecycleConfiguration lifecycle)
    {
        foreach (var rule in lifecycle.Rules) LifecycleOrder.Require(rule);
        return Task.CompletedTask;
    }

    private Task RequirePrivateAclAsync(S3Request request, OwnershipControls controls)
    {
        var acl = BucketRules.Of(request.Bucket).Acl;
        return controls.ObjectOwnership == OwnershipControls.BucketOwnerEnforced && acl is not null
            && !acl.IsPrivateTo(_services.Access.OwnerIdOf(request.Bucket))
            ? throw new S3Exception(DocumentErrors.InvalidBucketAclWithObjectOwnership)
            : Task.CompletedTask;
    }

    private Task RequireAllowedWebhooksAsync(S3Request request, NotificationConfiguration notifications)
    {
        var allowed = _services.Settings.WebhookHosts;
        return notifications.Targets.FirstOrDefault(target => target.Webhook is { } url && !allowed.MayAllow(url))
            is { } refused
            ? throw DocumentErrors.InvalidArgument(
                $"This server does not call webhooks on {refused.Webhook!.Host}: its administrator chooses which hosts "
                + "it may call (ciaos.notifications.allowed-hosts).", refused.Kind, refused.Arn)
            : Task.CompletedTask;
    }

    private async Task RequireTargetAsync(S3Request request, LoggingStatus status)
    {
        if (status.TargetBucket is not { } name) return;
        var target = await _services.Store.FindBucketInfoAsync(name, request.Aborted);
        if (target?.Owner != request.Bucket.Owner)
            throw new S3Exception(DocumentErrors.InvalidTargetBucketForLogging);
        if (!AccessLogRights.MayDeliver(_services.Access, request.Bucket, target, status.TargetPrefix))
            throw new S3Exception(
                DocumentErrors.InvalidTargetBucketForLogging,
                $"The policy of the target bucket has to allow {AccessLogRights.Service} s3:PutObject on "
                + $"arn:aws:s3:::{name}/{status.TargetPrefix}*, or its ACL the log-delivery group to write.");
        _services.Access.Users.Resolve(status.TargetGrants);
    }
}
