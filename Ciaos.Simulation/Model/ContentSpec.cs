using Xunit;

namespace Ciaos.Simulation.Model;

public sealed class ContentSpec
{
    [Fact]
    public void The_same_numbers_are_the_same_bytes_and_others_are_others()
    {
        Assert.Equal(new Content(7, 5000).ToBytes(), new Content(7, 5000).ToBytes());
        Assert.Equal(new Content(7, 5000).ToBytes()[..4097], new Content(7, 4097).ToBytes());
        Assert.NotEqual(new Content(8, 100).ToBytes(), new Content(7, 100).ToBytes());
        Assert.Empty(new Content(7, 0).ToBytes());
        Assert.Equal(new Content(7, 123), Content.Parse(new Content(7, 123).ToString()));
    }

    [Fact]
    public void The_first_byte_that_differs_is_found_wherever_the_part_begins()
    {
        var content = new Content(3, 10_000);
        var bytes = content.ToBytes();
        foreach (var offset in new[] { 0, 1, 7, 8, 2047, 2048, 2049, 9_999 })
        {
            Assert.Equal(-1, content.FirstDifference(offset, bytes.AsSpan(offset)));
            foreach (var at in new[] { 0, 1, 2500 }.Where(at => offset + at < bytes.Length))
            {
                var spoiled = bytes[offset..];
                spoiled[at] ^= 1;
                Assert.Equal(at, content.FirstDifference(offset, spoiled));
            }
        }
    }

    [Fact]
    public void An_objects_files_are_compared_one_behind_the_other()
    {
        var stored = new StoredObject(1, [new Content(1, 100), new Content(2, 0), new Content(3, 5000)], null);
        var bytes = stored.Files.SelectMany(file => file.ToBytes()).ToArray();
        foreach (var (offset, length) in new[] { (0, 5100), (99, 2), (100, 1), (50, 4000), (5099, 1), (20, 0) })
        {
            var part = bytes.AsSpan(offset, length).ToArray();
            Assert.Equal(-1, stored.FirstDifference(offset, part));
            if (length == 0) continue;
            part[^1] ^= 128;
            Assert.Equal(length - 1, stored.FirstDifference(offset, part));
        }
    }

    [Fact]
    public void Keys_are_ordered_by_their_utf8_bytes()
    {
        string[] keys = ["", "\uffff", "z", "a", "ab", "\U0001f389", "é", "\ud7ff", "\ue000"];
        Assert.Equal(
            keys.OrderBy(key => Convert.ToHexString(System.Text.Encoding.UTF8.GetBytes(key)), StringComparer.Ordinal),
            keys.Order(KeyOrder.Instance));
    }
}
