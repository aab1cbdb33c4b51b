using System.Runtime.CompilerServices;
using Ciaos.Actors.Identity.Policies;

namespace Ciaos.Actors.Identity;

/// <summary>What users and sessions may do by their own policies. Each policy is parsed once for as long as the user is
/// what it is.</summary>
internal sealed class IdentityPolicies
{
    private readonly ConditionalWeakTable<User, PolicyDocument?[]> _ofUsers = [];
    private readonly ConditionalWeakTable<AccessKey, PolicyDocument?[]> _ofSessions = [];

    /// <inheritdoc cref="IdentityDirectory.Evaluate"/>
    public PolicyDecision Evaluate(User user, AccessKey? key, PolicyRequest request, bool isOwner)
    {
        var decision = user.IsRoot
            ? PolicyDecision.Allow
            : Of(_ofUsers.GetValue(user, static user => [.. user.Policies.Values.Select(Parse)]), request);
        if (isOwner && decision == PolicyDecision.None) decision = PolicyDecision.Allow;
        if (key?.SessionPolicy is null || decision == PolicyDecision.Deny) return decision;
        var session = Of(_ofSessions.GetValue(key, static key => [Parse(key.SessionPolicy!)]), request);
        return session == PolicyDecision.Allow ? decision : session;
    }

    private static PolicyDecision Of(PolicyDocument?[] policies, PolicyRequest request)
    {
        var decision = PolicyDecision.None;
        foreach (var policy in policies)
        {
            // What cannot be understood may have been meant to deny.
            var one = policy?.Evaluate(request) ?? PolicyDecision.Deny;
            if (one == PolicyDecision.Deny) return one;
            if (one == PolicyDecision.Allow) decision = one;
        }

        return decision;
    }

    private static PolicyDocument? Parse(string document)
    {
        try
        {
            return PolicyDocument.Parse(document, PolicyKind.Identity);
        }
        catch (PolicyFormatException)
        {
            return null;
        }
    }
}
