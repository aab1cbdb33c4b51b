using System.Buffers;
using System.Text.RegularExpressions;
using Ciaos.Http.Batch;
using Xunit;

namespace Ciaos.Specs.Http.Batch;

public sealed class ReplyFrameSpec
{
    [Fact]
    public void The_example_of_the_document_is_what_is_written()
    {
        var output = new ArrayBufferWriter<byte>();
        ReplyFrame.WriteText(output, 1, 404, "No such");
        new ReplyFrame(FrameKind.Object, 200, 0, 2, 5).Write(output);
        ReplyFrame.WriteLength(output, 3);
        ReplyFrame.WriteLength(output, 2);
        output.Write("abchi"u8);
        ReplyFrame.End(2).Write(output);

        Assert.Equal(Documented("An answer of `/batch/get`"), Convert.ToHexString(output.WrittenSpan));
        var frames = Frames.Read(output.WrittenSpan);
        Assert.Equal([(404, 1), (200, 0)], frames.Select(frame => (frame.Status, frame.Index)));
        Assert.Equal(["abc"u8.ToArray(), "hi"u8.ToArray()], frames[1].Files);
    }

    /// <summary>The bytes of the hex example below a line of docs/formats-wire.md.</summary>
    internal static string Documented(string below)
    {
        var page = File.ReadAllText(Path.Combine(Root(), "docs", "formats-wire.md"));
        var example = page[page.IndexOf(below, StringComparison.Ordinal)..].Split("```")[1];
        var lines = Regex.Matches(
            example, "^[0-9a-f]{4}(?<bytes>(  ?[0-9a-f]{2}(?![0-9a-f]))+)",
            RegexOptions.Multiline | RegexOptions.ExplicitCapture);
        var digits = string.Concat(lines.Select(line => line.Groups["bytes"].Value));
        return digits.Replace(" ", "", StringComparison.Ordinal).ToUpperInvariant();
    }

    private static string Root()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Ciaos.sln"))) folder = Path.GetDirectoryName(folder)!;
        return folder;
    }
}
