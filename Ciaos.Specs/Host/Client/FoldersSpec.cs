using System.Runtime.Versioning;
using Ciaos.Host.Client.Folders;
using Xunit;

namespace Ciaos.Specs.Host.Client;

/// <summary>Keys as paths below a folder, and the files in one.</summary>
public sealed class FoldersSpec : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("ciaos-folders-").FullName;
    private readonly List<string> _told = [];

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Theory]
    [InlineData("a")]
    [InlineData("a/b.c/d")]
    [InlineData("...")]
    [InlineData("a/..b")]
    [InlineData("-rf *")]
    [InlineData("été/🎉")]
    public void Keys_that_name_a_place_inside_are_taken(string key)
    {
        Assert.Null(KeyPath.Refusal(key));
        Assert.StartsWith(_root + Path.DirectorySeparatorChar, Path.GetFullPath(KeyPath.Of(_root, key)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("/etc/passwd")]
    [InlineData("..")]
    [InlineData("../x")]
    [InlineData("a/../../x")]
    [InlineData("a/..")]
    [InlineData("a/./b")]
    [InlineData("a//b")]
    [InlineData("a/")]
    [InlineData("a\0b")]
    [InlineData("a/.ciaos-part.host.1.1")]
    public void Keys_that_do_not_are_refused_with_a_reason(string key) => Assert.NotEmpty(KeyPath.Refusal(key)!);

    [Fact]
    public void A_link_on_the_way_is_found_and_one_at_the_end_is_not_on_the_way()
    {
        Directory.CreateDirectory(Path.Combine(_root, "real", "deep"));
        Directory.CreateSymbolicLink(Path.Combine(_root, "real", "link"), "/tmp");
        Assert.Null(KeyPath.LinkOnTheWay(_root, "real/deep/file"));
        Assert.Null(KeyPath.LinkOnTheWay(_root, "real/link"));
        Assert.Null(KeyPath.LinkOnTheWay(_root, "new/folder/file"));
        Assert.Equal(Path.Combine(_root, "real", "link"), KeyPath.LinkOnTheWay(_root, "real/link/a/b"));
    }

    [Fact]
    public void All_files_are_found_with_their_keys_sizes_and_times()
    {
        Write("a", "1");
        Write("b/c/d e", "123");
        Directory.CreateDirectory(Path.Combine(_root, "empty"));
        var found = Scan(isTarget: false);
        Assert.Equal(["a", "b/c/d e"], found.Select(file => file.Key));
        Assert.Equal([1, 3], found.Select(file => file.SizeBytes));
        Assert.Equal(File.GetLastWriteTimeUtc(found[1].Path), found[1].Modified.UtcDateTime);
    }

    [Fact]
    public void Links_are_followed_but_not_in_a_circle()
    {
        Write("real/file", "123");
        Directory.CreateSymbolicLink(Path.Combine(_root, "again"), Path.Combine(_root, "real"));
        File.CreateSymbolicLink(Path.Combine(_root, "linked"), Path.Combine(_root, "real", "file"));
        Directory.CreateSymbolicLink(Path.Combine(_root, "real", "up"), _root);
        Assert.Equal(
            ["again/file", "linked", "real/file"], Scan(isTarget: false, isWhole: false).Select(file => file.Key));
        Assert.All(_told, message => Assert.Contains("a folder that it lies in", message));
        Assert.NotEmpty(_told);
    }

    [Fact]
    public void In_a_target_links_to_folders_are_passed_over()
    {
        Write("file", "1");
        Directory.CreateSymbolicLink(Path.Combine(_root, "elsewhere"), "/tmp");
        Assert.Equal(["file"], Scan(isTarget: true).Select(file => file.Key));
    }

    [Fact]
    public void A_link_that_leads_nowhere_is_told()
    {
        File.CreateSymbolicLink(Path.Combine(_root, "broken"), Path.Combine(_root, "nothing"));
        Assert.Empty(Scan(isTarget: false, isWhole: false));
        Assert.Contains("leads nowhere", Assert.Single(_told));
    }

    [Fact]
    public async Task A_part_has_no_name_until_it_is_whole()
    {
        var target = Path.Combine(_root, "new", "file");
        var time = new DateTimeOffset(2020, 1, 2, 3, 4, 5, 678, TimeSpan.Zero);
        await using (var part = new PartFile(target))
        {
            await part.Stream.WriteAsync("whole"u8.ToArray());
            Assert.False(File.Exists(target));
            Assert.Empty(Scan(isTarget: true));
            await part.CommitAsync(time);
        }

        Assert.Equal("whole", await File.ReadAllTextAsync(target));
        Assert.Equal(time.UtcDateTime, File.GetLastWriteTimeUtc(target));
        Assert.Single(Directory.GetFiles(Path.Combine(_root, "new")));
    }

    [Fact]
    public async Task A_part_that_is_given_up_leaves_what_was_there()
    {
        Write("file", "old");
        await using (var part = new PartFile(Path.Combine(_root, "file"))) part.Stream.Write("ne"u8);
        Assert.Equal("old", await File.ReadAllTextAsync(Path.Combine(_root, "file")));
        Assert.Single(Directory.GetFiles(_root));
    }

    [Fact]
    [UnsupportedOSPlatform("windows")]
    public async Task A_replaced_file_keeps_its_mode_and_a_link_to_it_stays()
    {
        Write("file", "old");
        var (file, link) = (Path.Combine(_root, "file"), Path.Combine(_root, "link"));
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        File.CreateSymbolicLink(link, file);
        await using (var part = new PartFile(link))
        {
            part.Stream.Write("new"u8);
            await part.CommitAsync();
        }

        Assert.Equal(file, new FileInfo(link).LinkTarget);
        Assert.Equal("new", await File.ReadAllTextAsync(file));
        Assert.Equal(
            UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(file));
    }

    [Fact]
    public void Parts_of_dead_processes_of_this_machine_are_removed_from_a_target_only()
    {
        // No process has this id: it is beyond what Linux gives out.
        var dead = Write($".ciaos-part.{Environment.MachineName}.2000000000.1", "x");
        var alive = Write($".ciaos-part.{Environment.MachineName}.{Environment.ProcessId}.999999", "x");
        var foreign = Write(".ciaos-part.another.2000000000.1", "x");
        Assert.Empty(Scan(isTarget: false));
        Assert.True(File.Exists(dead));
        Assert.Empty(Scan(isTarget: true));
        Assert.Equal((false, true, true), (File.Exists(dead), File.Exists(alive), File.Exists(foreign)));
    }

    private string Write(string key, string text)
    {
        var path = KeyPath.Of(_root, key);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
        return path;
    }

    private List<LocalFile> Scan(bool isTarget, bool isWhole = true)
    {
        var folder = new LocalFolder(_root, isTarget, _told.Add);
        var found = folder.Scan().OrderBy(file => file.Key, StringComparer.Ordinal).ToList();
        Assert.Equal(isWhole, folder.IsWhole);
        return found;
    }
}
