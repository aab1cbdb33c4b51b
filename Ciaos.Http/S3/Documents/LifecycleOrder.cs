namespace Ciaos.Http.S3.Documents;

/// <summary>Whether the actions of a lifecycle rule can all come about, one after the other. Asked when rules are put:
/// what is kept already was judged when it came.</summary>
internal static class LifecycleOrder
{
    /// <exception cref="S3Exception">Something is to change its storage class after it has ended, or twice to the same
    /// class, or days and dates are mixed.</exception>
    public static void Require(LifecycleRule rule)
    {
        var current = rule.Transitions.Where(transition => !transition.OfNoncurrent).ToList();
        var noncurrent = rule.Transitions.Where(transition => transition.OfNoncurrent).ToList();
        RequireOneMeasure(rule.Expiration, current);
        RequireClasses(current, "Transition");
        RequireClasses(noncurrent, "NoncurrentVersionTransition");
        if (rule.Expiration?.Days <= current.Max(transition => transition.Days))
        {
            throw LifecycleRule.Refuse(
                "'Days' in the Expiration action must be greater than 'Days' in the Transition action");
        }

        if (rule.Expiration?.Date <= current.Max(transition => transition.Date))
        {
            throw LifecycleRule.Refuse(
                "'Date' in the Expiration action must be later than 'Date' in the Transition action");
        }

        if (rule.Noncurrent?.Days <= noncurrent.Max(transition => transition.Days))
        {
            throw LifecycleRule.Refuse(
                "'NoncurrentDays' in the NoncurrentVersionExpiration action must be greater than 'NoncurrentDays' in "
                + "the NoncurrentVersionTransition action");
        }
    }

    private static void RequireOneMeasure(LifecycleExpiration? expiration, List<LifecycleTransition> transitions)
    {
        var hasDays = expiration?.Days is not null || transitions.Any(transition => transition.Days is not null);
        var hasDate = expiration?.Date is not null || transitions.Any(transition => transition.Date is not null);
        if (hasDays && hasDate)
        {
            throw new S3Exception(
                S3Error.InvalidRequest,
                "Found mixed 'Date' and 'Days' based Expiration and Transition actions in lifecycle rule.");
        }
    }

    private static void RequireClasses(List<LifecycleTransition> transitions, string name)
    {
        var classes = transitions.Select(transition => transition.StorageClass).Distinct(StringComparer.Ordinal);
        if (classes.Count() == transitions.Count) return;
        throw new S3Exception(
            S3Error.InvalidRequest, $"'StorageClass' must be different for '{name}' actions in same 'Rule'.");
    }
}
