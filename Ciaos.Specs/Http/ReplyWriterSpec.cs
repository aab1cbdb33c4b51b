using System.Buffers;
using System.IO.Pipelines;
using Ciaos.Http;
using Xunit;

namespace Ciaos.Specs.Http;

public sealed class ReplyWriterSpec
{
    private readonly Pipe _pipe = new(new PipeOptions(pauseWriterThreshold: 0));

    [Fact]
    public async Task Nothing_is_sent_before_enough_is_there()
    {
        using var writer = new ReplyWriter(_pipe.Writer);

        writer.Write(new byte[ReplyWriter.FlushBytes - 1]);
        await writer.FlushAsync();
        Assert.False(_pipe.Reader.TryRead(out _));

        writer.Write(new byte[1]);
        await writer.FlushAsync();
        Assert.True(_pipe.Reader.TryRead(out var read));
        Assert.Equal(ReplyWriter.FlushBytes, read.Buffer.Length);
    }

    [Fact]
    public async Task What_was_never_finished_never_reaches_the_response()
    {
        using (var writer = new ReplyWriter(_pipe.Writer))
        {
            writer.Write(new byte[1000]);
        }

        await _pipe.Writer.FlushAsync();
        Assert.False(_pipe.Reader.TryRead(out _));
    }

    [Fact]
    public async Task All_bytes_come_through_in_order_whatever_the_sizes_of_the_writes()
    {
        var random = new Random(3);
        var expected = new byte[600_000];
        random.NextBytes(expected);
        using var writer = new ReplyWriter(_pipe.Writer);

        for (var at = 0; at < expected.Length;)
        {
            var count = Math.Min(random.Next(20) == 0 ? random.Next(100_000) : random.Next(200), expected.Length - at);
            expected.AsSpan(at, count).CopyTo(writer.GetSpan(Math.Max(count, 1)));
            writer.Advance(count);
            at += count;
            await writer.FlushAsync();
        }

        await writer.FinishAsync(CancellationToken.None);
        await _pipe.Writer.CompleteAsync();
        Assert.Equal(expected, (await _pipe.Reader.ReadAtLeastAsync(expected.Length)).Buffer.ToArray());
    }
}
