namespace Ciaos.Storage.Volumes;

/// <param name="PreallocationStepBytes">Space is reserved in steps of this many bytes, 0 for not at all. A larger step
/// keeps the file in fewer pieces; what is reserved counts as used until the volume is sealed.</param>
/// <param name="CheckpointIntervalBytes">How much may be appended before a checkpoint is due. Recovery reads at most
/// this much, and one batch.</param>
public sealed record VolumeFileSettings(long PreallocationStepBytes, long CheckpointIntervalBytes)
{
    private const long Mebibyte = 1024 * 1024;

    public static readonly VolumeFileSettings Default = new(64 * Mebibyte, 64 * Mebibyte);
}
