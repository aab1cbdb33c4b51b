using Akka.Configuration;
using Ciaos.Actors.Backup;
using Ciaos.Actors.Index;
using Ciaos.Actors.Journal;
using Ciaos.Host;
using Ciaos.Host.Settings;
using Ciaos.Specs.Check;
using Ciaos.Storage.Disks;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Ciaos.Specs.Backup;

public sealed class StoreBackupSpec : IDisposable
{
    private readonly string _live = Directory.CreateTempSubdirectory("ciaos-live-").FullName;
    private readonly string _copy = Directory.CreateTempSubdirectory("ciaos-copy-").FullName;

    public void Dispose()
    {
        Directory.Delete(_live, recursive: true);
        if (Directory.Exists(_copy)) Directory.Delete(_copy, recursive: true);
    }

    [Fact]
    public async Task What_is_written_after_the_journal_was_copied_is_left_out()
    {
        var report = await BackUpAsync(
            before: client => PutAsync(client, "before", 30),
            meanwhile: client => PutAsync(client, "meanwhile", 30));

        Assert.Empty(report.Problems);
        var copied = new HarmedStore(_copy);
        Assert.True(copied.Check().IsClean, string.Join("; ", copied.Check().Problems.Select(p => p.Detail)));
        Assert.Equal(30, await CountAsync(_copy, "before"));
        Assert.Equal(0, await CountAsync(_copy, "meanwhile"));
    }

    [Fact]
    public async Task Volumes_that_were_sealed_while_it_was_copied_are_open_in_the_copy()
    {
        await BackUpAsync(
            before: client => PutAsync(client, "before", 5, bytes: 100_000),
            meanwhile: client => PutAsync(client, "meanwhile", 40, bytes: 100_000));

        Assert.True(new HarmedStore(_copy).Check().IsClean);
        Assert.Equal(5, await CountAsync(_copy, "before"));
    }

    [Fact]
    public async Task Bytes_that_the_disk_does_not_give_are_reported_and_the_rest_is_copied()
    {
        var report = await BackUpAsync(
            before: client => PutAsync(client, "before", 30, bytes: 100_000),
            meanwhile: _ => Task.CompletedTask,
            failingFile: "volumes/00000001.vol");

        Assert.Contains(report.Problems, problem => problem.Contains("cannot be read", StringComparison.Ordinal));
        Assert.InRange(await CountAsync(_copy, "before"), 30, 30);
    }

    private async Task<BackupReport> BackUpAsync(
        Func<HttpClient, Task> before, Func<HttpClient, Task> meanwhile, string? failingFile = null)
    {
        var config = ConfigOf(_live);
        await using var node = await Node.StartAsync(
            config, NullLoggerFactory.Instance, TimeProvider.System, default);
        using var client = ClientOf(node);
        await before(client);
        var source = new WatchedDisk(
            PhysicalDisk.WithoutLock(_live), () => Task.Run(() => meanwhile(client)).GetAwaiter().GetResult(),
            failingFile);
        var settings = new BackupSettings(
            IndexSettings.From(config), JournalSettings.From(config.GetConfig("ciaos.journal")), IsAlone: false);
        using var target = PhysicalDisk.Open(_copy);
        var report = new StoreBackup(source, target, settings, previous: null, _ => { }).Run();
        File.Copy(Path.Combine(_live, "identity.key"), Path.Combine(_copy, "identity.key"));
        return report;
    }

    private static async Task PutAsync(HttpClient client, string prefix, int count, int bytes = 10)
    {
        for (var i = 0; i < count; i++)
        {
            using var body = new ByteArrayContent(new byte[bytes]);
            using var answer = await client.PutAsync(new Uri($"/raw/{prefix}-{i}", UriKind.Relative), body);
            Assert.True(answer.IsSuccessStatusCode);
        }
    }

    private static async Task<int> CountAsync(string data, string prefix)
    {
        await using var node = await Node.StartAsync(
            ConfigOf(data), NullLoggerFactory.Instance, TimeProvider.System, default);
        using var client = ClientOf(node);
        var list = await client.GetStringAsync(new Uri($"/list?prefix={prefix}", UriKind.Relative));
        return list.Split("\"key\":").Length - 1;
    }

    private static HttpClient ClientOf(Node node)
    {
        var client = new HttpClient { BaseAddress = new Uri(node.Address) };
        client.DefaultRequestHeaders.Add("User", "alice");
        return client;
    }

    private static Config ConfigOf(string data) => NodeConfig.Load(null, [],
    [
        $"ciaos.data={data}", "ciaos.http.port=0", "ciaos.volumes.max-volume-bytes=1MiB",
        "ciaos.volumes.preallocation-bytes=0", "ciaos.objects.chunk-size=128KiB", "ciaos.durability=os",
    ]);

    /// <summary>Does something when the volumes are listed, which is after the journal was copied and before they are;
    /// and may fail in reading a file's beginning behind its superblock.</summary>
    private sealed class WatchedDisk(PhysicalDisk disk, Action listed, string? failingFile) : IDisk
    {
        private bool _isListed;

        public string Root => disk.Root;

        public long FreeBytes => disk.FreeBytes;

        public IDiskFile Create(string path) => disk.Create(path);

        public IDiskFile Open(string path, DiskAccess access)
        {
            var file = disk.Open(path, access);
            return path == failingFile ? new FailingFile(file) : file;
        }

        public bool Exists(string path) => disk.Exists(path);

        public IReadOnlyList<string> List(string folder)
        {
            if (folder == "volumes" && !_isListed)
            {
                _isListed = true;
                listed();
            }

            return disk.List(folder);
        }

        public void CreateFolder(string folder) => disk.CreateFolder(folder);

        public void Rename(string from, string to) => disk.Rename(from, to);

        public void Delete(string path) => disk.Delete(path);

        public void SyncFolder(string folder) => disk.SyncFolder(folder);
    }

    private sealed class FailingFile(IDiskFile file) : IDiskFile
    {
        public string Path => file.Path;

        public long LengthBytes => file.LengthBytes;

        public int Read(long offsetBytes, Span<byte> destination) =>
            offsetBytes >= 256 * 1024 || offsetBytes + destination.Length <= 192 * 1024
                ? file.Read(offsetBytes, destination)
                : throw new DiskFailedException(file.Path, "Read", offsetBytes, "input/output error");

        public void Write(long offsetBytes, IReadOnlyList<ReadOnlyMemory<byte>> buffers) =>
            throw new NotSupportedException();

        public void Flush() => throw new NotSupportedException();

        public void Preallocate(long upToBytes) => throw new NotSupportedException();

        public void SetLength(long lengthBytes) => throw new NotSupportedException();

        public void Dispose() => file.Dispose();
    }
}
