using System.Collections.Frozen;

namespace Ciaos.Http.S3;

/// <summary>One operation of the API.</summary>
/// <param name="Method">Of HTTP.</param>
/// <param name="SubResource">The parameter of the query that chooses it, such as <c>acl</c>; null where none
/// does.</param>
/// <param name="Name">As in the S3 API reference, such as <c>GetBucketAcl</c>.</param>
/// <param name="Handle">Answers it. It decides first whether the caller may (<see cref="S3Request"/>).</param>
internal sealed record S3Operation(
    S3Scope Scope, string Method, string? SubResource, string Name, Func<S3Request, Task> Handle)
{
    /// <summary>Its name in metrics and logs, beside those of the native API.</summary>
    public string Label { get; } = "s3:" + Name;

    /// <summary>The bucket need not exist.</summary>
    public bool MakesBucket { get; init; }
}

/// <summary>The table of operations.</summary>
internal sealed class S3Operations
{
    /// <summary>Parameters that choose an operation, the more particular first: where a request has several of them,
    /// the first one counts.</summary>
    private static readonly string[] SubResources =
    [
        "uploadId", "uploads", "acl", "tagging", "retention", "legal-hold", "attributes", "renameObject", "restore",
        "torrent", "select", "delete", "cors", "encryption", "lifecycle", "location", "logging", "notification",
        "object-lock", "ownershipControls", "policy", "policyStatus", "publicAccessBlock", "replication",
        "requestPayment", "versioning", "versions", "website", "accelerate", "analytics", "inventory", "metrics",
        "intelligent-tiering", "session", "abac", "metadataConfiguration", "metadataTable",
        "metadataInventoryTable", "metadataJournalTable",
    ];

    private static readonly FrozenDictionary<string, int> Ranks = SubResources
        .Select((name, rank) => KeyValuePair.Create(name, rank)).ToFrozenDictionary(StringComparer.Ordinal);

    private readonly Dictionary<(S3Scope Scope, string Method, string? SubResource), S3Operation> _operations = [];

    public IEnumerable<S3Operation> All => _operations.Values;

    public void Add(S3Operation operation) =>
        _operations.Add((operation.Scope, operation.Method, operation.SubResource), operation);

    public void Add(S3Scope scope, string method, string? subResource, string name, Func<S3Request, Task> handle) =>
        Add(new S3Operation(scope, method, subResource, name, handle));

    /// <exception cref="S3Exception">There is no such operation.</exception>
    public S3Operation Find(string method, S3Target target)
    {
        var rank = SubResources.Length;
        foreach (var (name, _) in target.Query.Parameters)
            if (Ranks.TryGetValue(name, out var found) && found < rank) rank = found;
        var chosen = rank < SubResources.Length ? SubResources[rank] : null;
        if (_operations.TryGetValue((target.Scope, method, chosen), out var operation)) return operation;
        var isKnown = _operations.Keys.Any(key => key.Scope == target.Scope && key.SubResource == chosen);
        throw new S3Exception(chosen is not null && !isKnown ? S3Error.NotImplemented : S3Error.MethodNotAllowed);
    }
}
