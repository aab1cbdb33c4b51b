using Ciaos.Actors.Check;
using Ciaos.Actors.Rebuild;

namespace Ciaos.Simulation.World;

/// <summary>What <c>ciaos fsck</c> says of a machine's store, while no node runs.</summary>
internal static class CheckedStore
{
    private static int _checks;

    public static CheckReport Check(Machine machine, RebuildSettings settings)
    {
        // Databases in memory are the whole process's.
        var scratch = $"file:check-{Interlocked.Increment(ref _checks)}?mode=memory&cache=shared";
        return StoreCheck.Run(
            machine.Disk, new CheckSettings(settings.Index, settings.Journal, scratch, IsQuick: false), machine.Clock,
            _ => { });
    }
}
