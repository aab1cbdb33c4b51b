using Ciaos.Client;
using Ciaos.Host.Client.Folders;

namespace Ciaos.Host.Client.Sync;

internal enum SyncStep
{
    Nothing,

    /// <summary>The target gets what the source has.</summary>
    Transfer,

    /// <summary>As long as the source, so the bytes must tell.</summary>
    Compare,

    /// <summary>The source has no such name.</summary>
    Remove,
}

/// <summary>
/// What is to be done about one name of a folder and of the keys below a prefix. The size tells first, then the time:
/// a file is sent when it was written after the object; an object is fetched when the file does not bear its time,
/// which fetching gives it.
/// </summary>
/// <param name="IsUpload">From the folder to the node.</param>
/// <param name="ByContent">The bytes tell, in place of the times.</param>
/// <param name="ClockLead">How far the node's clock is ahead of ours.</param>
internal sealed record SyncRule(bool IsUpload, bool ByContent, TimeSpan ClockLead)
{
    /// <summary>The node tells times in whole milliseconds.</summary>
    private static readonly TimeSpan Exact = TimeSpan.FromMilliseconds(1);

    /// <summary>Some file systems and archives keep whole seconds, or even ones only.</summary>
    private static readonly TimeSpan Coarse = TimeSpan.FromSeconds(2);

    public SyncStep Decide(LocalFile? file, ObjectInfo? found)
    {
        if ((IsUpload ? file is null : found is null)) return SyncStep.Remove;
        if (file is null || found is null || file.SizeBytes != found.SizeBytes) return SyncStep.Transfer;
        if (ByContent) return SyncStep.Compare;
        var modified = found.Modified ?? DateTimeOffset.MinValue;
        var isSame = IsUpload
            ? file.Modified <= modified - ClockLead + Exact
            : (file.Modified - modified).Duration() <= ToleranceOf(file.Modified);
        return isSame ? SyncStep.Nothing : SyncStep.Transfer;
    }

    private static TimeSpan ToleranceOf(DateTimeOffset time) =>
        time.Ticks % TimeSpan.TicksPerSecond == 0 ? Coarse : Exact;
}
