using System.Text;
using Ciaos.Storage.Disks;
using Xunit;

namespace Ciaos.Specs.Storage.Disks;

/// <summary>What every disk does, the real one and the simulated one.</summary>
public abstract class DiskContract
{
    protected abstract IDisk Disk { get; }

    [Fact]
    public void A_gathered_write_puts_the_buffers_one_behind_the_other()
    {
        using var file = Disk.Create("a");
        file.Write(3, [Text("one"), Text(""), Text("two")]);
        Assert.Equal(9, file.LengthBytes);
        Assert.Equal("\0\0\0onetwo", Read(file, 0, 20));
        Assert.Equal("etw", Read(file, 5, 3));
    }

    [Fact]
    public void A_gathered_write_takes_more_buffers_than_the_system_does_at_once()
    {
        var buffers = Enumerable.Range(0, 3_000)
            .Select(i => (ReadOnlyMemory<byte>)new[] { (byte)i, (byte)(i >> 8) })
            .ToList();
        using var file = Disk.Create("many");
        file.Write(0, buffers);
        var bytes = new byte[6_001];
        Assert.Equal(6_000, file.Read(0, bytes));
        Assert.All(Enumerable.Range(0, 3_000), i => Assert.Equal(i, bytes[2 * i] | (bytes[(2 * i) + 1] << 8)));
    }

    [Fact]
    public void Reading_behind_the_end_gives_nothing()
    {
        using var file = Disk.Create("a");
        file.Write(0, [Text("abc")]);
        Assert.Equal("", Read(file, 3, 1));
        Assert.Equal("", Read(file, 100, 1));
    }

    [Fact]
    public void Preallocation_keeps_the_length()
    {
        using var file = Disk.Create("a");
        file.Preallocate(1 << 20);
        Assert.Equal(0, file.LengthBytes);
        file.Write(0, [Text("abc")]);
        file.Flush();
        Assert.Equal(3, file.LengthBytes);
    }

    [Fact]
    public void A_file_can_be_cut_and_grows_with_zeros()
    {
        using var file = Disk.Create("a");
        file.Write(0, [Text("abcdef")]);
        file.SetLength(2);
        file.SetLength(4);
        Assert.Equal("ab\0\0", Read(file, 0, 10));
    }

    [Fact]
    public void A_second_handle_sees_what_the_first_wrote()
    {
        using var writer = Disk.Create("a");
        using var reader = Disk.Open("a", DiskAccess.Read);
        writer.Write(0, [Text("abc")]);
        Assert.Equal("abc", Read(reader, 0, 3));
    }

    [Fact]
    public void A_file_is_created_once_and_opened_only_where_it_exists()
    {
        Disk.Create("a").Dispose();
        Assert.ThrowsAny<IOException>(() => Disk.Create("a"));
        Assert.Throws<FileNotFoundException>(() => Disk.Open("b", DiskAccess.Read));
    }

    [Fact]
    public void A_rename_takes_the_place_of_the_other_file()
    {
        Write("a", "new");
        Write("b", "old");
        Disk.Rename("a", "b");
        Disk.SyncFolder("");
        using var file = Disk.Open("b", DiskAccess.Read);
        Assert.Equal("new", Read(file, 0, 10));
        Assert.False(Disk.Exists("a"));
    }

    [Fact]
    public void A_folder_lists_its_own_files_in_order()
    {
        Disk.CreateFolder("x/y");
        foreach (var path in new[] { "x/2", "x/10", "x/1", "x/y/3" }) Write(path, "");
        Assert.Equal(["1", "10", "2"], Disk.List("x"));
        Assert.Equal(["3"], Disk.List("x/y"));
        Assert.Empty(Disk.List("nowhere"));
        Disk.Delete("x/10");
        Disk.Delete("x/10");
        Assert.Equal(["1", "2"], Disk.List("x"));
    }

    protected static ReadOnlyMemory<byte> Text(string text) => Encoding.UTF8.GetBytes(text);

    protected static string Read(IDiskFile file, long offset, int count)
    {
        var bytes = new byte[count];
        return Encoding.UTF8.GetString(bytes, 0, file.Read(offset, bytes));
    }

    protected void Write(string path, string text)
    {
        using var file = Disk.Create(path);
        file.Write(0, [Text(text)]);
    }
}
