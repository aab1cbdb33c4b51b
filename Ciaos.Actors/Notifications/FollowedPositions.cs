using System.Globalization;
using System.Text;
using Ciaos.Storage;
using Ciaos.Storage.Disks;

namespace Ciaos.Actors.Notifications;

/// <summary>Up to which event of each shard a bucket's webhooks have been told: a file for each bucket, of a line for
/// each shard. It is always there as a whole: a new one takes the old one's place when it is durable.</summary>
internal sealed class FollowedPositions(IDisk disk)
{
    private const string Folder = "notifications";
    private const string DraftEnding = ".new";
    private const int MaxFileBytes = 1024 * 1024;

    /// <summary>Copies them all, durably. One that is removed meanwhile is left out.</summary>
    public static void Copy(IDisk from, IDisk to)
    {
        foreach (var name in from.List(Folder).Where(name => !name.EndsWith(DraftEnding, StringComparison.Ordinal)))
        {
            try
            {
                using var file = from.Open($"{Folder}/{name}", DiskAccess.Read);
                var bytes = new byte[(int)Math.Min(file.LengthBytes, MaxFileBytes)];
                var count = file.Read(0, bytes);
                to.CreateFolder(Folder);
                using var copy = to.Create($"{Folder}/{name}");
                copy.Write(0, [bytes.AsMemory(0, count)]);
                copy.Flush();
            }
            catch (FileNotFoundException)
            {
                continue;
            }
        }

        if (to.List(Folder).Count > 0) to.SyncFolder(Folder);
    }

    /// <summary>Null where there is none, or not for so many shards.</summary>
    public long[]? Read(BucketId bucket, int shards)
    {
        var path = PathOf(bucket);
        if (!disk.Exists(path)) return null;
        using var file = disk.Open(path, DiskAccess.Read);
        var bytes = new byte[(int)Math.Min(file.LengthBytes, MaxFileBytes)];
        var count = file.Read(0, bytes);
        var lines = Encoding.ASCII.GetString(bytes, 0, count).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        var positions = new long[shards];
        if (lines.Length != shards) return null;
        for (var shard = 0; shard < shards; shard++)
        {
            if (!long.TryParse(lines[shard], NumberStyles.None, CultureInfo.InvariantCulture, out positions[shard]))
                return null;
        }

        return positions;
    }

    public void Write(BucketId bucket, long[] positions)
    {
        var path = PathOf(bucket);
        var draft = path + DraftEnding;
        disk.CreateFolder(Folder);
        disk.Delete(draft);
        using (var file = disk.Create(draft))
        {
            var text = string.Concat(
                positions.Select(position => position.ToString(CultureInfo.InvariantCulture) + "\n"));
            file.Write(0, [Encoding.ASCII.GetBytes(text)]);
            file.Flush();
        }

        disk.Rename(draft, path);
        disk.SyncFolder(Folder);
    }

    /// <summary>The bucket has no webhooks any more: if it gets some again, they are told what happens then.</summary>
    public void Forget(BucketId bucket)
    {
        var path = PathOf(bucket);
        if (!disk.Exists(path)) return;
        disk.Delete(path);
        disk.SyncFolder(Folder);
    }

    private static string PathOf(BucketId bucket) =>
        string.Create(CultureInfo.InvariantCulture, $"{Folder}/{bucket.Value}");
}
