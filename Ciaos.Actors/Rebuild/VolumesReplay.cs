using Ciaos.Actors.Index;
using Ciaos.Storage;
using Ciaos.Storage.Volumes;
using static Ciaos.Actors.Volumes.VolumeEvents;

namespace Ciaos.Actors.Rebuild;

/// <summary>
/// Makes the journal of the volumes: each one that was found ends where its last needle does, and is not written to
/// again. Ids of volumes that are missing are never given out again.
/// </summary>
internal static class VolumesReplay
{
    private const string PersistenceId = "volumes";

    /// <summary>Before the journal tells what the volumes hold, that is durable, and nobody writes there any
    /// more.</summary>
    /// <exception cref="IOException">It cannot be made durable, or not be read any more.</exception>
    public static void End(VolumeFolder folder, IEnumerable<ScannedVolume> volumes)
    {
        foreach (var volume in volumes.Where(volume => volume is { WasMade: true, Unreadable: null }))
            if (!volume.IsSealed || !volume.Undurable.IsEmpty) VolumeFile.End(folder, volume.Id, volume.Undurable);
    }

    public static void Run(
        RebuiltJournal journal, IReadOnlyDictionary<long, ScannedVolume> volumes, IReadOnlyCollection<long> missing,
        DateTimeOffset now)
    {
        var number = 0L;
        foreach (var id in volumes.Keys.Concat(missing).Order())
        {
            volumes.TryGetValue(id, out var volume);
            var at = volume is not null && Micros.TryTime(volume.CreatedMicros, out var created) ? created : now;
            journal.Add(PersistenceId, ++number, new VolumeCreated(new VolumeId(id), at), at);
            journal.Add(PersistenceId, ++number, EndOf(new VolumeId(id), volume), now);
        }

        journal.Flush();
    }

    private static IVolumeEvent EndOf(VolumeId id, ScannedVolume? volume) => volume switch
    {
        null => new VolumeQuarantined(id, "It was missing when the index was rebuilt"),
        { Unreadable: { } detail } => new VolumeQuarantined(id, detail),
        _ => new VolumeSealed(
            id, volume.EndBytes, volume.IsSealed ? SealCause.Full : SealCause.WriteFailed, volume.Highest),
    };
}
