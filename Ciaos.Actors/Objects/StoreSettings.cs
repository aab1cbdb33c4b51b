using Akka.Configuration;

namespace Ciaos.Actors.Objects;

/// <summary>How bodies travel between front ends and volumes: section <c>ciaos.objects</c> of
/// hocon/reference.conf.</summary>
/// <param name="ChunkBytes">Size of the needles of an upload, where its client fills them in time: 64 KiB to
/// 64 MiB.</param>
/// <param name="UploadWindowChunks">How many chunks of one upload may be on their way to disk, 1 to 64.</param>
/// <param name="UploadMemoryBytes">What the buffers of all uploads together may take, at least one chunk.</param>
/// <param name="UploadPatience">How long a slow client may keep a part of that while others wait for it.</param>
/// <param name="AskTimeout">How long an answer of a volume or of the index is waited for.</param>
public sealed record StoreSettings(
    int ChunkBytes, int UploadWindowChunks, long UploadMemoryBytes, TimeSpan UploadPatience, TimeSpan AskTimeout)
{
    private const int MinChunkBytes = 64 * 1024;
    private const int MaxChunkBytes = 64 * 1024 * 1024;
    private const int MaxWindowChunks = 64;

    public static StoreSettings From(Config config)
    {
        var section = new SettingsSection(config, "ciaos.objects");
        var chunkBytes = (int)section.Bytes("chunk-size", MinChunkBytes, MaxChunkBytes);
        return new StoreSettings(
            chunkBytes,
            section.Int("upload-window", 1, MaxWindowChunks),
            section.Bytes("upload-memory", chunkBytes, long.MaxValue),
            section.Duration("upload-patience", TimeSpan.FromMilliseconds(10), TimeSpan.FromMinutes(10)),
            section.Duration("ask-timeout", TimeSpan.FromMilliseconds(100), TimeSpan.FromHours(1)));
    }
}
