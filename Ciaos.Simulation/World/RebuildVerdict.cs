using Ciaos.Actors.Rebuild;

namespace Ciaos.Simulation.World;

/// <summary>What a rebuild of the index must not miss on a disk that is well.</summary>
internal static class RebuildVerdict
{
    /// <summary>Null where nothing is wrong. A volume that a crash kept from being made is told as missing or damaged,
    /// and nothing was ever in it.</summary>
    public static string? Objection(RebuildReport report)
    {
        var missing = report.MissingEvents + report.DroppedEvents + report.UnreadableEvents
            + report.ConflictingEvents + report.LostCount + report.SalvagedCount
            + report.RecoveredBuckets.Count;
        return missing == 0 ? null
            : $"The rebuilt index is not complete: {report.MissingEvents} events missing, "
            + $"{report.DroppedEvents} dropped, {report.UnreadableEvents} unreadable, "
            + $"{report.ConflictingEvents} conflicting, {report.LostCount} lost, {report.SalvagedCount} salvaged, "
            + $"volumes missing: [{string.Join(' ', report.MissingVolumes)}], "
            + $"holes: [{string.Join(' ', report.Holes)}], damage: [{string.Join(' ', report.Damage)}]";
    }
}
