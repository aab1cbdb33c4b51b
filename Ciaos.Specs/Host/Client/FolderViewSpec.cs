using System.Text;
using Ciaos.Client;
using Ciaos.Host.Client;
using Ciaos.Host.Client.Folders;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace Ciaos.Specs.Host.Client;

/// <summary>Keys seen as folders, and what is stored below each.</summary>
public sealed class FolderViewSpec
{
    [Fact]
    public async Task Keys_with_a_slash_behind_the_prefix_are_told_once_as_a_folder() =>
        Assert.Equal(
            ["a", "a/", "a0", "b/", "c"],
            (await ViewAsync(["a", "a/1", "a/2/3", "a0", "b/", "c"], "")).Names);

    [Fact]
    public async Task A_prefix_may_end_within_a_name()
    {
        string[] keys = ["photos/1", "photos/x/2", "phone", "phones/3"];
        Assert.Equal(["phone", "phones/", "photos/"], (await ViewAsync(keys, "pho")).Names);
        Assert.Equal(["photos/1", "photos/x/"], (await ViewAsync(keys, "photos/")).Names);
    }

    [Fact]
    public async Task Of_a_large_folder_not_all_keys_are_read()
    {
        var keys = Enumerable.Range(0, 100_000).Select(i => $"large/{i:D6}").Append("large/sub/x").Append("z");
        var view = await ViewAsync([.. keys], "");
        Assert.Equal(["large/", "z"], view.Names);
        Assert.InRange(view.KeysRead, 1, FolderView.Patience + 10);
    }

    [Fact]
    public async Task Keys_behind_the_end_that_is_asked_for_belong_to_the_folder_all_the_same()
    {
        // They sort behind all that a key of this length may hold after the folder's name.
        var end = FolderView.EndOf("a/");
        Assert.InRange(Encoding.UTF8.GetByteCount(end), 1021, 1024);
        var keys = Enumerable.Range(0, FolderView.Patience * 3).Select(i => $"a/{i:D6}")
            .Concat(Enumerable.Range(0, FolderView.Patience * 3).Select(i => $"{end}{i:D6}"))
            .Append("b");
        Assert.Equal(["a/", "b"], (await ViewAsync([.. keys], "")).Names);
    }

    [Fact]
    public void A_view_is_what_a_walk_over_all_keys_gives()
    {
        var name = Gen.Elements("a", "b", "a/", "b/", "//", "a/b", "é", "0", "/");
        var keys = Gen.Select(Gen.ArrayOf(name, 4), parts => string.Concat(parts)).ArrayOf();
        Prop.ForAll(Arb.From(keys), Arb.From(Gen.Elements("", "a", "a/", "b", "/")), (all, prefix) =>
        {
            var expected = all.Distinct().Where(key => key.StartsWith(prefix, StringComparison.Ordinal))
                .Select(key => key.IndexOf('/', prefix.Length) is >= 0 and var slash ? key[..(slash + 1)] : key)
                .Distinct().Order(StringComparer.Ordinal);

            // A folder comes where its first key does; only its name may sort before that.
            Assert.Equal(
                expected, ViewAsync(all, prefix).GetAwaiter().GetResult().Names.Order(StringComparer.Ordinal));
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Usage_is_summed_up_to_the_depth_that_is_asked_for()
    {
        (string Key, long Size)[] objects = [("p/a/b/1", 1), ("p/a/2", 20), ("p/c/3", 300), ("p/4", 4000)];
        foreach (var (depth, expected) in new[]
        {
            (0, Array.Empty<string>()),
            (1, ["p/a/ 2 21", "p/c/ 1 300"]),
            (2, ["p/a/ 2 21", "p/a/b/ 1 1", "p/c/ 1 300"]),
        })
        {
            var usage = new DiskUsage("p/", depth);
            foreach (var (key, size) in objects) usage.Add(key, size);
            Assert.Equal((4, 4321), (usage.Total.Objects, usage.Total.SizeBytes));
            Assert.Equal(
                expected,
                usage.Folders.Select(folder => $"{folder.Key} {folder.Value.Objects} {folder.Value.SizeBytes}"));
        }
    }

    private static async Task<(List<string> Names, int KeysRead)> ViewAsync(string[] keys, string prefix)
    {
        var read = 0;
        var sorted = keys.Distinct().Where(key => key.StartsWith(prefix, StringComparison.Ordinal))
            .OrderBy(Encoding.UTF8.GetBytes, Comparer<byte[]>.Create((a, b) => a.AsSpan().SequenceCompareTo(b)))
            .ToList();
        var names = await FolderView.OfAsync(After, prefix).Select(entry => entry.Name).ToListAsync();
        return (names, read);

        async IAsyncEnumerable<ObjectInfo> After(string after)
        {
            await Task.CompletedTask;
            var floor = Encoding.UTF8.GetBytes(after);
            foreach (var key in sorted.Where(key => Encoding.UTF8.GetBytes(key).AsSpan().SequenceCompareTo(floor) > 0))
            {
                read++;
                yield return new ObjectInfo { Key = key };
            }
        }
    }
}
