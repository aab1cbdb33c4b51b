using System.Globalization;
using Ciaos.Actors.Check;
using Ciaos.Actors.Index;
using Ciaos.Actors.Index.Catalog;
using Ciaos.Actors.Journal;
using Ciaos.Host;
using Ciaos.Host.Settings;
using Ciaos.Specs.Storage.FlatBuffers;
using Ciaos.Storage.Disks;
using Ciaos.Storage.Volumes;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;
using static Ciaos.Actors.Index.IndexEvents;

namespace Ciaos.Specs.Check;

/// <summary>
/// The data folder of a node that has served every kind of operation, with several volumes, and was stopped in order.
/// Made once; specs harm copies of it.
/// </summary>
public sealed class StoredFixture : IAsyncLifetime
{
    /// <summary>One large file, in several chunks.</summary>
    public const string Large = "large";

    /// <summary>The first file of key <c>n</c> has n times this.</summary>
    public const int Step = 2000;

    private readonly string _data = Directory.CreateTempSubdirectory("ciaos-check-").FullName;

    public long LiveBytes { get; private set; }

    public int Keys { get; private set; }

    /// <summary>A catalog as it was before the last operations.</summary>
    internal string OldCatalog => Path.Combine(_data, "old-catalog");

    public async Task InitializeAsync()
    {
        await Serve(async client =>
        {
            await Send(client, HttpMethod.Put, $"/raw/{Large}", new byte[300_000]);
            for (var i = 0; i < 60; i++)
                await Send(client, HttpMethod.Post, $"/put/key{i}", FileLists.Write([new byte[i * Step], [], [1, 2]]));
            for (var i = 0; i < 20; i++)
                await Send(client, HttpMethod.Post, $"/append/key{i}", FileLists.Write([new byte[1000]]));
        });
        File.Copy(Path.Combine(_data, "catalog.db"), OldCatalog);
        await Serve(async client =>
        {
            for (var i = 0; i < 300; i++)
                await Send(client, HttpMethod.Post, "/append/key0", FileLists.Write([new byte[10]]));
            for (var i = 10; i < 20; i++)
                await Send(client, HttpMethod.Post, $"/update/key{i}", FileLists.Write([[9]]));
            for (var i = 20; i < 30; i++) await Send(client, HttpMethod.Put, $"/update_key/key{i}/new{i}", null);
            for (var i = 30; i < 40; i++) await Send(client, HttpMethod.Delete, $"/delete/key{i}", null);
            for (var i = 40; i < 45; i++) await Send(client, HttpMethod.Put, $"/raw/key{i}", new byte[2000]);

            // Until the shard knows to which volume its events go.
            while (NeedlePuts(_data).Count == 0)
                await Send(client, HttpMethod.Put, "/raw/key44", new byte[2000]);
        });
        Keys = 1 + 60 - 10;
        LiveBytes = 300_000 + (20 * 1000) + 3000 + (5 * 2000) + 10
            + Enumerable.Range(0, 60).Where(i => i is < 10 or (>= 20 and < 30) or >= 45).Sum(i => (i * Step) + 2)
            - (10 * 1000);
    }

    public Task DisposeAsync()
    {
        Directory.Delete(_data, recursive: true);
        return Task.CompletedTask;
    }

    /// <summary>A copy to be harmed.</summary>
    internal HarmedStore Copy()
    {
        var copy = Directory.CreateTempSubdirectory("ciaos-harmed-").FullName;
        Directory.CreateDirectory(Path.Combine(copy, "volumes"));
        foreach (var file in Directory.GetFiles(_data, "*", SearchOption.AllDirectories))
            File.Copy(file, Path.Combine(copy, Path.GetRelativePath(_data, file)));
        File.Delete(Path.Combine(copy, "old-catalog"));
        return new HarmedStore(copy);
    }

    /// <summary>All events in volumes that are told by their needles.</summary>
    internal static List<NeedlePut> NeedlePuts(string path)
    {
        using var disk = PhysicalDisk.WithoutLock(path);
        var folder = new VolumeFolder(disk, "volumes");
        var found = new List<NeedlePut>();
        foreach (var id in folder.List())
        {
            using var file = disk.Open(folder.FileOf(id), DiskAccess.Read);
            using var scanner = new VolumeScanner(file, Superblock.Read(file, id), Superblock.Bytes);
            while (scanner.MoveNext())
                if (scanner.Header.Kind == NeedleKind.Events)
                    found.AddRange(EventNeedle.Decode(scanner.ReadData())
                        .SelectMany(run => run.Events)
                        .Where(message => message.Manifest == EventNeedle.NeedlePutManifest)
                        .Select(message => NeedlePut.Decode(message.Payload)));
        }

        return found;
    }

    private static async Task Send(HttpClient client, HttpMethod method, string path, byte[]? body)
    {
        using var request = new HttpRequestMessage(method, path);
        if (body is not null) request.Content = new ByteArrayContent(body);
        using var response = await client.SendAsync(request);
        Assert.True(response.IsSuccessStatusCode, $"{method} {path}: {response.StatusCode}");
    }

    private async Task Serve(Func<HttpClient, Task> use)
    {
        string[] settings =
        [
            $"ciaos.data={_data}", "ciaos.http.port=0", "ciaos.volumes.max-volume-bytes=1MiB",
            "ciaos.volumes.preallocation-bytes=0", "ciaos.objects.chunk-size=128KiB", "ciaos.durability=os",
        ];
        await using var node = await Node.StartAsync(
            NodeConfig.Load(null, [], settings), NullLoggerFactory.Instance, TimeProvider.System, default);
        using var client = new HttpClient { BaseAddress = new Uri(node.Address) };
        client.DefaultRequestHeaders.Add("User", "alice");
        await use(client);
    }
}

/// <summary>A store that something happens to, and its check.</summary>
internal sealed class HarmedStore(string path) : IDisposable
{
    private static int _scratches;

    public string CatalogPath => Path.Combine(path, "catalog.db");

    public string JournalPath => Path.Combine(path, "journal.db");

    public string VolumePath(long volume) => Path.Combine(
        path, "volumes", string.Create(CultureInfo.InvariantCulture, $"{volume:D8}.vol"));

    public CheckReport Check(bool isQuick = false)
    {
        var before = Contents();
        var config = NodeConfig.Load(null, [], [$"ciaos.data={path}"]);
        var settings = new CheckSettings(
            IndexSettings.From(config), JournalSettings.From(config.GetConfig("ciaos.journal")),
            $"file:check-spec-{Interlocked.Increment(ref _scratches)}?mode=memory&cache=shared", isQuick);
        CheckReport report;
        using (var disk = PhysicalDisk.Open(path))
            report = StoreCheck.Run(disk, settings, TimeProvider.System, _ => { });
        Assert.Equal(before, Contents());
        return report;
    }

    /// <summary>The kinds of what is wrong, each once.</summary>
    public List<CheckProblemKind> Kinds(bool isQuick = false) => [.. Check(isQuick).Counts.Keys];

    /// <summary>The first needle that a key lies in, as its put says.</summary>
    public NeedleLocation NeedleOf(string key) => Events()
        .Select(entry => entry.Decode(out _)).OfType<ObjectPut>()
        .Last(put => put.Key.Value == key).Segments[0].Needle;

    /// <summary>The last event that is told by its needle.</summary>
    public NeedlePut LastNeedlePut() => StoredFixture.NeedlePuts(path)[^1];

    public List<JournalEntry> Events()
    {
        var settings = new JournalSettings(JournalProvider.Sqlite, JournalPath);
        using var journal = new JournalInspection(settings, isAlone: true);
        return [.. journal.After(0, int.MaxValue)];
    }

    /// <summary>The row of the journal that puts this key.</summary>
    public JournalEvent PutOf(string key) => Events()
        .First(entry => entry.Decode(out _) is ObjectPut put && put.Key.Value == key).Row;

    public void Flip(string file, long offset)
    {
        using var stream = new FileStream(file, FileMode.Open);
        stream.Position = offset;
        var found = stream.ReadByte();
        stream.Position = offset;
        stream.WriteByte((byte)(found ^ 0x10));
    }

    public static int Change(string database, string sql, params (string Name, object Value)[] parameters)
    {
        using var connection = new SqliteConnection($"Data Source={database};Pooling=false");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        foreach (var (name, value) in parameters) command.Parameters.AddWithValue(name, value);
        return command.ExecuteNonQuery();
    }

    public void Dispose() => Directory.Delete(path, recursive: true);

    private SortedDictionary<string, string> Contents()
    {
        var contents = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var file in Directory.GetFiles(path, "*", SearchOption.AllDirectories))
            contents[file] = Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(file)));
        return contents;
    }
}
