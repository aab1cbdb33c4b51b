using System.Collections.Immutable;

namespace Ciaos.Actors.Identity.Policies;

/// <summary>
/// A policy as AWS's IAM writes them, parsed and checked; for any thread. What is understood: docs/identity.md. An
/// element that is not understood is refused and never passed over: a policy means what it says, or is none.
/// </summary>
public sealed class PolicyDocument
{
    /// <summary>In UTF-8, as for policies of buckets in S3.</summary>
    public const int MaxBytes = 20 * 1024;

    private readonly ImmutableArray<PolicyStatement> _statements;

    internal PolicyDocument(string? id, ImmutableArray<PolicyStatement> statements) =>
        (Id, _statements) = (id, statements);

    public string? Id { get; }

    /// <summary>Whether it lets everybody in, or nearly so: a statement that allows something to everybody without a
    /// condition that ties it to fixed addresses, accounts or users.</summary>
    public bool IsPublic => _statements.Any(PublicStatement.Is);

    /// <summary>The resources that statements name, as they are written.</summary>
    public IEnumerable<string> Resources =>
        _statements.SelectMany(statement => statement.Resources).Select(resource => resource.Text);

    /// <summary>The actions that statements name, as they are written.</summary>
    public IEnumerable<string> Actions =>
        _statements.SelectMany(statement => statement.Actions).Select(action => action.Text);

    /// <summary>The users that statements name, as they are written, but for those who are named by canonical
    /// id.</summary>
    public IEnumerable<string> Users => _statements.SelectMany(statement => statement.Principals?.Users ?? []);

    /// <summary>The users that statements name by canonical id.</summary>
    public IEnumerable<string> CanonicalUsers =>
        _statements.SelectMany(statement => statement.Principals?.CanonicalUsers ?? []);

    /// <summary>For a policy that is about to become a bucket's. Those that are kept already were judged when they
    /// came, and count as they are.</summary>
    /// <exception cref="PolicyFormatException">An action or condition key that S3 does not have, or NotPrincipal with
    /// Allow.</exception>
    public void RequireSenseForBucket()
    {
        foreach (var statement in _statements) BucketPolicyCheck.Require(statement);
    }

    /// <exception cref="PolicyFormatException">It is no such policy; the message says why.</exception>
    public static PolicyDocument Parse(string json, PolicyKind kind) => PolicyReader.Read(json, kind);

    /// <summary>What the policy says: a statement that denies outweighs all that allow.</summary>
    public PolicyDecision Evaluate(PolicyRequest request)
    {
        var decision = PolicyDecision.None;
        foreach (var statement in _statements)
        {
            if ((statement.IsAllow && decision == PolicyDecision.Allow) || !statement.Applies(request)) continue;
            if (!statement.IsAllow) return PolicyDecision.Deny;
            decision = PolicyDecision.Allow;
        }

        return decision;
    }
}
