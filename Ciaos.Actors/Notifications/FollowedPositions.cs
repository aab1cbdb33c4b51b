using System.Globalization;
using System.Text;
using Ciaos.Storage;
using Ciaos.Storage.Disks;

namespace Ciaos.Actors.Notifications;

/// <summary>Up to which event of each shard a webhook has been told: a file for each webhook, of a line for each shard.
/// It is always there as a whole: a new one takes the old one's place when it is durable. Earlier versions had one file
/// for all webhooks of a bucket.</summary>
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

    /// <summary>Where an earlier version has left one file for all webhooks of a bucket, each gets one of its own that
    /// says the same. To be called before anything is written for them; may be broken off and called again.</summary>
    /// <param name="targets">Ids of the bucket's webhooks.</param>
    public void Split(BucketId bucket, IEnumerable<string> targets)
    {
        var shared = string.Create(CultureInfo.InvariantCulture, $"{Folder}/{bucket.Value}");
        if (!disk.Exists(shared)) return;
        var bytes = ReadAll(shared);
        foreach (var path in targets.Select(target => PathOf(new WebhookId(bucket, target))))
            if (!disk.Exists(path)) Replace(path, bytes);
        disk.Delete(shared);
        disk.SyncFolder(Folder);
    }

    /// <summary>Null where there is none, or not for so many shards.</summary>
    public long[]? Read(WebhookId webhook, int shards)
    {
        var path = PathOf(webhook);
        if (!disk.Exists(path)) return null;
        var lines = Encoding.ASCII.GetString(ReadAll(path)).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        var positions = new long[shards];
        if (lines.Length != shards) return null;
        for (var shard = 0; shard < shards; shard++)
        {
            if (!long.TryParse(lines[shard], NumberStyles.None, CultureInfo.InvariantCulture, out positions[shard]))
                return null;
        }

        return positions;
    }

    public void Write(WebhookId webhook, long[] positions)
    {
        var text = string.Concat(positions.Select(position => position.ToString(CultureInfo.InvariantCulture) + "\n"));
        Replace(PathOf(webhook), Encoding.ASCII.GetBytes(text));
    }

    /// <summary>The bucket does not have the webhook any more: if it gets it again, that is told what happens
    /// then.</summary>
    public void Forget(WebhookId webhook)
    {
        var path = PathOf(webhook);
        if (!disk.Exists(path)) return;
        disk.Delete(path);
        disk.SyncFolder(Folder);
    }

    private static string PathOf(WebhookId webhook) => $"{Folder}/{webhook.FileName}";

    private byte[] ReadAll(string path)
    {
        using var file = disk.Open(path, DiskAccess.Read);
        var bytes = new byte[(int)Math.Min(file.LengthBytes, MaxFileBytes)];
        return bytes[..file.Read(0, bytes)];
    }

    private void Replace(string path, byte[] bytes)
    {
        var draft = path + DraftEnding;
        disk.CreateFolder(Folder);
        disk.Delete(draft);
        using (var file = disk.Create(draft))
        {
            file.Write(0, [bytes]);
            file.Flush();
        }

        disk.Rename(draft, path);
        disk.SyncFolder(Folder);
    }
}
