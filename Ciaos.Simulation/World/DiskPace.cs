using Ciaos.Storage.Disks.Simulated;

namespace Ciaos.Simulation.World;

/// <summary>How long the operations of a disk take that is well.</summary>
internal static class DiskPace
{
    private const int SlowOneIn = 3;
    private const int SlowestMs = 60;
    private const int FastMs = 3;

    /// <summary>A disk is as slow as that with chunks of this size or more.</summary>
    private const int SlowChunkBytes = 4096;

    /// <summary>On a slow disk many requests meet. It is not so slow that calls time out which read hundreds of
    /// chunks.</summary>
    public static DiskFaults Choose(Random random, int chunkBytes)
    {
        var delayMs = random.Next(SlowOneIn) == 0
            ? random.Next(SlowestMs) * Math.Min(1, chunkBytes / (double)SlowChunkBytes)
            : random.Next(FastMs);
        return DiskFaults.None with { MaxDelay = TimeSpan.FromMilliseconds(delayMs) };
    }
}
