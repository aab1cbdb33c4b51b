using System.IO.Pipelines;
using System.Text;
using Ciaos.Actors.Feed;
using Ciaos.Http.Events;
using Ciaos.Storage;
using Xunit;

namespace Ciaos.Specs.Http.Events;

public sealed class EventWriterSpec
{
    private static readonly DateTimeOffset At = new(2026, 1, 2, 3, 4, 5, 678, TimeSpan.Zero);

    [Fact]
    public async Task An_event_has_the_position_behind_it_its_kind_and_what_is_known()
    {
        var change = Change(FeedChangeKind.Put, "line\n\"ü\"", 17) with { SizeBytes = 3, ETag = "e" };
        Assert.Equal(
            "id: 0-17\nevent: put\ndata: {\"type\":\"put\",\"key\":\"line\\n\\\"ü\\\"\",\"etag\":\"e\",\"size\":3,"
            + "\"at\":\"2026-01-02T03:04:05.678Z\",\"shard\":1,\"seq\":17}\n\n",
            await WrittenAsync(writer => writer.Write(1, change)));
    }

    [Fact]
    public async Task Of_an_event_that_means_two_changes_only_the_second_moves_the_position_behind_it()
    {
        var text = await WrittenAsync(writer =>
        {
            writer.Write(0, Change(FeedChangeKind.Delete, "a", 5) with
            {
                IsLast = false,
                RenamedTo = ObjectKey.Create("b"),
            });
            writer.Write(0, Change(FeedChangeKind.Put, "b", 5) with { RenamedFrom = ObjectKey.Create("a") });
        });
        Assert.StartsWith(
            "id: 4-0\nevent: delete\ndata: {\"type\":\"delete\",\"key\":\"a\",\"renamed_to\":\"b\",", text,
            StringComparison.Ordinal);
        Assert.Contains(
            "\n\nid: 5-0\nevent: put\ndata: {\"type\":\"put\",\"key\":\"b\",\"renamed_from\":\"a\",", text,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_position_alone_has_an_empty_key_and_a_sign_of_life_is_a_comment()
    {
        var text = await WrittenAsync(writer =>
        {
            writer.WriteKeepAlive();
            Assert.False(writer.IsBehind);
            writer.Pass(1, 8);
            Assert.True(writer.IsBehind);
            writer.WritePosition();
            Assert.False(writer.IsBehind);
        });
        Assert.Equal(": keep-alive\n\nid: 0-8\nevent: position\ndata: {\"type\":\"position\",\"key\":\"\"}\n\n", text);
    }

    private static FeedChange Change(FeedChangeKind kind, string key, long sequence) =>
        new(kind, new BucketId(1), ObjectKey.Create(key), At, sequence);

    private static async Task<string> WrittenAsync(Action<EventWriter> write)
    {
        using var stream = new MemoryStream();
        using var writer = new EventWriter(PipeWriter.Create(stream), new FeedPosition(2));
        write(writer);
        Assert.True(writer.HasUnsent);
        await writer.SendAsync(CancellationToken.None);
        Assert.False(writer.HasUnsent);
        return Encoding.UTF8.GetString(stream.ToArray());
    }
}
