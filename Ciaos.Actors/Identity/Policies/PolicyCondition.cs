using System.Collections.Immutable;

namespace Ciaos.Actors.Identity.Policies;

/// <summary>How the values that a request has under a key are taken together.</summary>
internal enum ConditionSet
{
    /// <summary>Without a prefix: a key is expected to have one value.</summary>
    One,

    /// <summary><c>ForAnyValue:</c></summary>
    Any,

    /// <summary><c>ForAllValues:</c> a request without values has none that does not fit.</summary>
    All,
}

/// <summary>One key of a condition: whether what the request has under it fits one of the values here.</summary>
/// <param name="Operator">Without prefix and suffix, such as <c>StringEquals</c>.</param>
/// <param name="IsNegated">It holds where no value fits.</param>
/// <param name="IfExists">It holds where the request has nothing under the key.</param>
/// <param name="MustBeMissing">Of the operator <c>Null</c>, which looks at no value: whether the request must have
/// nothing under the key. Null: of another operator.</param>
internal sealed record PolicyCondition(
    string Operator,
    ConditionSet Set,
    bool IsNegated,
    bool IfExists,
    string Key,
    ImmutableArray<ConditionValue> Values,
    bool? MustBeMissing = null)
{
    public bool Holds(PolicyRequest request)
    {
        var isMissing = !request.TryFind(Key, out var found) || found.Count == 0;
        if (MustBeMissing is { } mustBeMissing) return isMissing == mustBeMissing;
        if (isMissing)
            return IfExists || Set == ConditionSet.All || (IsNegated && Set == ConditionSet.One);
        return Set switch
        {
            ConditionSet.Any => found!.Any(value => Fits(value, request) != IsNegated),
            ConditionSet.All => found!.All(value => Fits(value, request) != IsNegated),
            _ => found!.Any(value => Fits(value, request)) != IsNegated,
        };
    }

    private bool Fits(string value, PolicyRequest request) => Values.Any(allowed => allowed.Fits(value, request));
}
