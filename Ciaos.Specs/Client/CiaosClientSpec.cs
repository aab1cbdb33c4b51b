using System.Text;
using Ciaos.Client;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace Ciaos.Specs.Client;

/// <summary>The client's operations, over a socket and the node's own front end.</summary>
public sealed class CiaosClientSpec : IAsyncLifetime
{
    private ClientBench _bench = null!;

    private CiaosClient Client => _bench.Client;

    public async Task InitializeAsync() => _bench = await ClientBench.StartAsync();

    public async Task DisposeAsync() => await _bench.DisposeAsync();

    [Fact]
    public async Task What_is_put_is_read_told_of_and_deleted()
    {
        var data = ClientBench.Bytes(200_000);
        var made = await Client.PutAsync("a/b", data, new PutOptions { ContentType = "image/png" });
        Assert.Equal((200_000, 1, "image/png"), (made.SizeBytes, made.FileCount, made.ContentType));
        Assert.Equal(data, await Client.GetBytesAsync("a/b"));

        var stat = await Client.StatAsync("a/b");
        Assert.Equal(
            ("a/b", 200_000, 1, made.ETag, "image/png"),
            (stat.Key, stat.SizeBytes, stat.FileCount, stat.ETag, stat.ContentType));
        Assert.Equal(new DateTimeOffset(2026, 11, 22, 12, 0, 0, TimeSpan.Zero), stat.Created);
        Assert.True(await Client.ExistsAsync("a/b"));

        await Client.DeleteAsync("a/b");
        Assert.False(await Client.ExistsAsync("a/b"));
        Assert.Equal(CiaosError.NotFound, (await Fails(Client.DeleteAsync("a/b"))).Error);
    }

    [Theory]
    [InlineData("a b")]
    [InlineData("100%")]
    [InlineData("%41")]
    [InlineData("a#b?c=d&e")]
    [InlineData("a/../b")]
    [InlineData("./a//b/.")]
    [InlineData("..")]
    [InlineData("/leading and trailing/")]
    [InlineData("ключ/鍵/🔑")]
    [InlineData("a\\b\"c'd+e;f:g@h")]
    [InlineData("\u0001\u007f\t\n")]
    public async Task A_key_arrives_as_it_is(string key)
    {
        var data = Encoding.UTF8.GetBytes(key);
        await Client.PutAsync(key, data);
        Assert.Equal([key], await Client.ListAsync().Select(found => found.Key).ToListAsync());
        Assert.Equal(data, await Client.GetBytesAsync(key));
        Assert.Equal(key, (await Client.StatAsync(key)).Key);
        await Client.RenameAsync(key, "new/" + key);
        Assert.Equal(data, Assert.Single(await Client.GetFilesAsync("new/" + key)).ToArray());
        await Client.DeleteAsync("new/" + key);
        Assert.Empty(await Client.ListAsync().ToListAsync());
    }

    [Fact]
    public void Any_key_that_is_text_arrives_as_it_is() =>
        Prop.ForAll<NonEmptyString>(text => Arrives(text.Get.Replace("\0", "0", StringComparison.Ordinal)))
            .Check(Config.QuickThrowOnFailure.WithMaxTest(50));

    [Fact]
    public async Task Half_a_surrogate_pair_is_refused_before_anything_is_sent()
    {
        await Assert.ThrowsAnyAsync<ArgumentException>(() => Client.PutAsync("a\ud800", new byte[1]));
        await Assert.ThrowsAnyAsync<ArgumentException>(() => Client.GetBytesAsync(""));
        Assert.Empty(_bench.Wire.Requests);
    }

    [Theory]
    [InlineData(0, null, "0123456789")]
    [InlineData(3, null, "3456789")]
    [InlineData(3, 4L, "3456")]
    [InlineData(9, 100L, "9")]
    [InlineData(10, null, "")]
    [InlineData(10, 5L, "")]
    [InlineData(4, 0L, "")]
    [InlineData(0, long.MaxValue, "0123456789")]
    [InlineData(5, long.MaxValue, "56789")]
    public async Task A_part_is_read(long offset, long? length, string expected)
    {
        var made = await Client.PutAsync("key", "0123456789"u8.ToArray());
        await using var stream = await Client.OpenReadAsync("key", offset, length);
        Assert.Equal((10, made.ETag, expected.Length), (stream.Info.SizeBytes, stream.Info.ETag, stream.Length));
        using var reader = new StreamReader(stream);
        Assert.Equal(expected, await reader.ReadToEndAsync());
    }

    [Theory]
    [InlineData(11, null)]
    [InlineData(11, 0L)]
    [InlineData(long.MaxValue, 5L)]
    public async Task A_part_behind_the_end_is_an_error(long offset, long? length)
    {
        await Client.PutAsync("key", "0123456789"u8.ToArray());
        var error = await Fails(Client.OpenReadAsync("key", offset, length));
        Assert.Equal((CiaosError.RangeNotSatisfiable, 416), (error.Error, error.Status));
    }

    [Fact]
    public async Task An_empty_object_is_read()
    {
        await Client.PutAsync("key", new MemoryStream());
        Assert.Empty(await Client.GetBytesAsync("key"));
        Assert.Empty(await Client.GetBytesAsync("key", 0, 5));
    }

    [Fact]
    public async Task Conditions_of_writes_hold_or_nothing_happens()
    {
        var first = await Client.PutAsync("key", "one"u8.ToArray(), new PutOptions { IfNoneMatch = "*" });
        var taken = await Fails(Client.PutAsync("key", "two"u8.ToArray(), new PutOptions { IfNoneMatch = "*" }));
        Assert.Equal((CiaosError.PreconditionFailed, 412, "key"), (taken.Error, taken.Status, taken.Key));
        var second = await Client.PutAsync("key", "three"u8.ToArray(), new PutOptions { IfMatch = first.ETag });
        var stale = new PutOptions { IfMatch = first.ETag };
        Assert.Equal(412, (await Fails(Client.PutAsync("key", "four"u8.ToArray(), stale))).Status);
        Assert.Equal(412, (await Fails(Client.AppendFilesAsync("key", [new byte[1]], stale))).Status);
        Assert.Equal(412, (await Fails(Client.UpdateFilesAsync("key", [new byte[1]], stale))).Status);
        Assert.Equal(412, (await Fails(Client.RenameAsync("key", "other", stale))).Status);
        Assert.Equal(412, (await Fails(Client.DeleteAsync("key", stale))).Status);
        Assert.Equal("three"u8.ToArray(), await Client.GetBytesAsync("key"));
        await Client.DeleteAsync("key", new WriteOptions { IfMatch = second.ETag });
    }

    [Fact]
    public async Task Conditions_of_reads_hold_or_nothing_is_read()
    {
        var made = await Client.PutAsync("key", "one"u8.ToArray());
        var error = await Fails(Client.GetBytesAsync("key", options: new ReadOptions { IfNoneMatch = made.ETag }));
        Assert.Equal(CiaosError.NotModified, error.Error);
        error = await Fails(Client.GetBytesAsync("key", options: new ReadOptions { IfMatch = "other" }));
        Assert.Equal(CiaosError.PreconditionFailed, error.Error);
        Assert.Equal(3, (await Client.GetBytesAsync("key", options: new ReadOptions { IfMatch = made.ETag })).Length);
    }

    [Fact]
    public async Task Errors_tell_what_the_node_said_and_under_which_request()
    {
        var error = await Fails(Client.GetBytesAsync("none"));
        Assert.Equal((CiaosError.NotFound, 404, "none"), (error.Error, error.Status, error.Key));
        Assert.Equal("No data found for key: none, The key does not exist", error.Text);
        Assert.NotEmpty(error.RequestId!);
        Assert.Contains(error.RequestId!, error.Message, StringComparison.Ordinal);

        error = await Fails(Client.PutAsync(new string('k', 1025), new byte[1]));
        Assert.Equal(CiaosError.BadRequest, error.Error);
        _bench.Node.Rejects = Ciaos.Actors.Volumes.VolumeProtocol.RejectReason.DiskFull;
        Assert.Equal(CiaosError.Full, (await Fails(Client.PutAsync("key", new byte[1]))).Error);
    }

    [Fact]
    public async Task Files_stay_apart_and_in_order()
    {
        ReadOnlyMemory<byte>[] files = [ClientBench.Bytes(3), Array.Empty<byte>(), ClientBench.Bytes(100_001, 2)];
        var made = await Client.PutFilesAsync("key", files);
        Assert.Equal((100_004, 3), (made.SizeBytes, made.FileCount));
        Assert.Equal(Arrays(files), Arrays(await Client.GetFilesAsync("key")));
        Assert.Equal(CiaosError.Exists, (await Fails(Client.PutFilesAsync("key", files))).Error);

        await Client.AppendFilesAsync("key", [new byte[] { 7 }]);
        Assert.Equal([.. Arrays(files), [7]], Arrays(await Client.GetFilesAsync("key")));
        Assert.Equal(100_005, (await Client.GetBytesAsync("key")).Length);
        await Client.UpdateFilesAsync("key", [new byte[] { 8 }]);
        Assert.Equal([[8]], Arrays(await Client.GetFilesAsync("key")));

        Assert.Equal(CiaosError.NotFound, (await Fails(Client.AppendFilesAsync("none", files))).Error);
        Assert.Equal(CiaosError.NotFound, (await Fails(Client.UpdateFilesAsync("none", files))).Error);
        Assert.Equal(CiaosError.NotFound, (await Fails(Client.GetFilesAsync("none"))).Error);
    }

    [Fact]
    public async Task A_rename_does_not_take_a_key_that_is_there()
    {
        await Client.PutAsync("a", "1"u8.ToArray());
        await Client.PutAsync("b", "2"u8.ToArray());
        Assert.Equal(CiaosError.Exists, (await Fails(Client.RenameAsync("a", "b"))).Error);
        Assert.Equal(CiaosError.NotFound, (await Fails(Client.RenameAsync("none", "c"))).Error);
        Assert.Equal("2"u8.ToArray(), await Client.GetBytesAsync("b"));
    }

    [Fact]
    public async Task A_listing_goes_through_all_pages()
    {
        var keys = Enumerable.Range(0, 1500).Select(i => $"k{i:D4}").ToList();
        await Parallel.ForEachAsync(
            keys, new ParallelOptions { MaxDegreeOfParallelism = 8 },
            async (key, cancellation) => await Client.PutAsync(key, Array.Empty<byte>(), cancellation: cancellation));
        Assert.Equal(keys, await Client.ListAsync().Select(found => found.Key).ToListAsync());
        Assert.Equal(keys[1235..1240], await Client.ListAsync("k12", "k1234").Take(5).Select(x => x.Key).ToListAsync());
        Assert.Empty(await Client.ListAsync("l").ToListAsync());
    }

    private void Arrives(string key)
    {
        if (!IsText(key) || Encoding.UTF8.GetByteCount(key) > 1024) return;
        var stat = Client.PutAsync(key, new byte[1]).ContinueWith(_ => Client.StatAsync(key)).Unwrap();
        Assert.Equal(key, stat.GetAwaiter().GetResult().Key);
    }

    private static bool IsText(string text)
    {
        try
        {
            new UTF8Encoding(false, throwOnInvalidBytes: true).GetByteCount(text);
            return true;
        }
        catch (EncoderFallbackException)
        {
            return false;
        }
    }

    private static byte[][] Arrays(IReadOnlyList<ReadOnlyMemory<byte>> files) =>
        [.. files.Select(file => file.ToArray())];

    private static Task<CiaosException> Fails(Task task) => Assert.ThrowsAsync<CiaosException>(() => task);
}
