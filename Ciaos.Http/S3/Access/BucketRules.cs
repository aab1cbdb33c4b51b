using System.Runtime.CompilerServices;
using Ciaos.Actors.Identity.Policies;
using Ciaos.Actors.Index;
using Ciaos.Http.S3.Documents;

namespace Ciaos.Http.S3.Access;

/// <summary>A bucket's configuration, read. Each part is read when it is first asked for, and kept as long as the
/// store keeps what it knows of the bucket. For any thread.</summary>
internal sealed class BucketRules
{
    private static readonly ConditionalWeakTable<BucketProtocol.BucketInfo, BucketRules> Known = [];

    private readonly BucketProtocol.BucketInfo _bucket;
    private readonly Lazy<PolicyDocument?> _policy;
    private readonly Lazy<PublicAccessBlock> _block;
    private readonly Lazy<string> _ownership;
    private readonly Lazy<GrantList?> _acl;
    private readonly Lazy<CorsConfiguration?> _cors;
    private readonly Lazy<ObjectLockConfiguration?> _lock;
    private readonly Lazy<EncryptionConfiguration?> _encryption;
    private readonly Lazy<LifecycleConfiguration?> _lifecycle;
    private readonly Lazy<bool> _isLogged;

    private BucketRules(BucketProtocol.BucketInfo bucket)
    {
        _bucket = bucket;
        _policy = new(() => Text(BucketConfig.Policy) is { } json
            ? PolicyDocument.Parse(json, PolicyKind.Resource)
            : null);
        _block = new(() => Read<PublicAccessBlock>(BucketConfig.PublicAccessBlock) ?? PublicAccessBlock.Nothing);
        _ownership = new(() =>
            Read<OwnershipControls>(BucketConfig.Ownership)?.ObjectOwnership ?? OwnershipControls.ObjectWriter);
        _acl = new(() => Text(BucketConfig.Acl) is { } text ? GrantList.FromText(text) : null);
        _cors = new(() => Read<CorsConfiguration>(BucketConfig.Cors));
        _lock = new(() => Read<ObjectLockConfiguration>(BucketConfig.ObjectLock));
        _encryption = new(() => Read<EncryptionConfiguration>(BucketConfig.Encryption));
        _lifecycle = new(() => Read<LifecycleConfiguration>(BucketConfig.Lifecycle));
        _isLogged = new(() => Read<LoggingStatus>(BucketConfig.Logging) is { TargetBucket: not null });
    }

    public PolicyDocument? Policy => _policy.Value;

    public PublicAccessBlock Block => _block.Value;

    /// <summary>One of the values of <see cref="OwnershipControls"/>; ObjectWriter where none was set.</summary>
    public string Ownership => _ownership.Value;

    /// <summary>ACLs do not count: the bucket's owner owns everything in it.</summary>
    public bool IsOwnerEnforced => Ownership == OwnershipControls.BucketOwnerEnforced;

    /// <summary>Null: private.</summary>
    public GrantList? Acl => _acl.Value;

    public CorsConfiguration? Cors => _cors.Value;

    /// <summary>Null: versions cannot be locked.</summary>
    public ObjectLockConfiguration? Lock => _lock.Value;

    public EncryptionConfiguration? Encryption => _encryption.Value;

    public LifecycleConfiguration? Lifecycle => _lifecycle.Value;

    /// <summary>Requests go to an access log.</summary>
    public bool IsLogged => _isLogged.Value;

    public static BucketRules Of(BucketProtocol.BucketInfo bucket) =>
        Known.GetValue(bucket, static known => new BucketRules(known));

    private string? Text(string key) => _bucket.Config.GetValueOrDefault(key);

    private T? Read<T>(string key)
        where T : class, IS3Document<T> => Text(key) is { } text ? S3Document.FromText<T>(text) : null;
}
