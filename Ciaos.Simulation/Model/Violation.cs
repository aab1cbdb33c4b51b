namespace Ciaos.Simulation.Model;

/// <summary>An answer that no order of operations explains.</summary>
/// <param name="Reason">What was possible and what was got, in several lines.</param>
internal sealed record Violation(int Id, Operation Operation, Outcome Outcome, string Reason)
{
    public override string ToString() => $"#{Id} {Operation}\n  was answered: {Outcome}\n{Reason}";
}

/// <summary>More histories are possible than the checker may follow: nothing is known to be wrong, but the workload
/// must leave fewer operations open at once.</summary>
internal sealed class HistoryTooWideException(string message) : Exception(message);
