using System.Collections.Immutable;

namespace Ciaos.Actors.Identity.Policies;

/// <summary>One statement of a policy.</summary>
/// <param name="Principals">Null: it names none.</param>
/// <param name="ExceptPrincipals">It is about everybody but those.</param>
/// <param name="ExceptActions">It is about all actions but those.</param>
/// <param name="ExceptResources">It is about all resources but those.</param>
internal sealed record PolicyStatement(
    string? Sid,
    bool IsAllow,
    PrincipalSet? Principals,
    bool ExceptPrincipals,
    ImmutableArray<PolicyPattern> Actions,
    bool ExceptActions,
    ImmutableArray<PolicyPattern> Resources,
    bool ExceptResources,
    ImmutableArray<PolicyCondition> Conditions)
{
    public bool Applies(PolicyRequest request) =>
        IsAbout(request.Principal)
        && Actions.Any(action => action.Matches(request.Action, request, ignoreCase: true)) != ExceptActions
        && Resources.Any(resource => resource.Matches(request.Resource, request)) != ExceptResources
        && Conditions.All(condition => condition.Holds(request));

    private bool IsAbout(Principal? principal) =>
        Principals is null || Principals.Contains(principal, IsAllow) != ExceptPrincipals;
}
