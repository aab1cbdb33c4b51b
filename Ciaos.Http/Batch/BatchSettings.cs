using Ciaos.Actors;

namespace Ciaos.Http.Batch;

/// <summary>Limits of <c>/batch/get</c> and <c>/batch/put</c>: the settings of <c>ciaos.http</c> with "batch" in their
/// names.</summary>
/// <param name="MaxKeys">Keys of one request.</param>
/// <param name="MaxRequestBytes">Of the list of keys that <c>/batch/get</c> is sent.</param>
/// <param name="MaxAtOnce">Requests of both kinds that are served at the same time.</param>
/// <param name="Window">Objects of one request that are looked up, and brought into the order of the disk,
/// together.</param>
/// <param name="LookupKeys">Keys that a shard is asked for in one message.</param>
/// <param name="Parallelism">Objects of one <c>/batch/put</c> that are being stored at the same time.</param>
public sealed record BatchSettings(
    int MaxKeys, int MaxRequestBytes, int MaxAtOnce, int Window, int LookupKeys, int Parallelism)
{
    private const int KiB = 1024;
    private const int GiB = 1024 * 1024 * KiB;
    private const int Million = 1_000_000;
    private const int MaxAllowedAtOnce = 10_000;
    private const int MaxAllowedInMessage = 10_000;
    private const int MaxAllowedParallelism = 4096;

    /// <exception cref="SettingsException">A value is missing, malformed or out of range.</exception>
    internal static BatchSettings From(SettingsSection http) => new(
        http.Int("max-batch-keys", 1, Million),
        (int)http.Bytes("max-batch-request", KiB, GiB),
        http.Int("max-batches", 1, MaxAllowedAtOnce),
        http.Int("batch-window", 1, Million),
        http.Int("batch-lookup-keys", 1, MaxAllowedInMessage),
        http.Int("batch-parallelism", 1, MaxAllowedParallelism));
}
