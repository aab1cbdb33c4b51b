using System.Text;
using Ciaos.Client;

namespace Ciaos.Host.Client.Folders;

/// <summary>A line of a folder: an object, or a folder in it.</summary>
/// <param name="Name">The whole key; of a folder with a slash at its end.</param>
/// <param name="Object">Null: a folder.</param>
internal readonly record struct FolderEntry(string Name, ObjectInfo? Object);

/// <summary>Keys seen as paths: those with a slash behind the prefix are told once, as the folder up to it.</summary>
internal static class FolderView
{
    /// <summary>So many keys of one folder are passed over one by one, then the list begins anew behind it.</summary>
    public const int Patience = 500;

    private const int MaxKeyBytes = 1024;
    private const string LastCharacter = "\U0010FFFF";
    private const int LastCharacterBytes = 4;

    /// <param name="list">All objects with the prefix, behind a key, in the order of their UTF-8 bytes.</param>
    public static async IAsyncEnumerable<FolderEntry> OfAsync(
        Func<string, IAsyncEnumerable<ObjectInfo>> list, string prefix)
    {
        string? folder = null;
        var after = "";
        var isThrough = false;
        while (!isThrough)
        {
            var passed = 0;
            isThrough = true;
            await foreach (var found in list(after))
            {
                if (folder is not null && found.Key.StartsWith(folder, StringComparison.Ordinal))
                {
                    // Where even that is not behind all its keys, the rest is passed over one by one.
                    if (++passed < Patience || after == EndOf(folder)) continue;
                    after = EndOf(folder);
                    isThrough = false;
                    break;
                }

                var slash = found.Key.IndexOf('/', prefix.Length);
                folder = slash < 0 ? null : found.Key[..(slash + 1)];
                passed = 0;
                yield return folder is null ? new FolderEntry(found.Key, found) : new FolderEntry(folder, null);
            }
        }
    }

    /// <summary>A key behind (nearly) all that begin with the folder's name.</summary>
    public static string EndOf(string folder)
    {
        var room = MaxKeyBytes - Encoding.UTF8.GetByteCount(folder);
        return folder + string.Concat(Enumerable.Repeat(LastCharacter, Math.Max(0, room / LastCharacterBytes)));
    }
}
