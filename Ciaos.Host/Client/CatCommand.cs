using System.CommandLine;
using Ciaos.Client;

namespace Ciaos.Host.Client;

/// <summary><c>ciaos cat</c>: writes objects, or a part of each, to the standard output.</summary>
internal static class CatCommand
{
    private static readonly Argument<string[]> Keys = Arguments.Keys();

    private static readonly Option<ByteRange> Range = Arguments.Parsed<ByteRange>(
        "--range", "Only these bytes of each: 0-99, 100- or -5 (the last five)", null,
        "a range such as 0-99, 100- or -5", ByteRange.TryParse);

    public static Command Build() => ClientCommand.Build(
        "cat", "Write objects to the standard output, one behind the other", [Keys, Range], RunAsync);

    private static async Task<int> RunAsync(ClientSession session, ParseResult parsed, CancellationToken cancellation)
    {
        var failures = new FailureCount();
        ByteRange? range = parsed.GetResult(Range) is null ? null : parsed.GetValue(Range);
        foreach (var key in parsed.GetValue(Keys)!)
        {
            try
            {
                await WriteAsync(session, key, range, cancellation);
            }
            catch (CiaosException failure)
            {
                failures.Add(key, failure);
            }
        }

        return failures.ExitCode;
    }

    private static async Task WriteAsync(
        ClientSession session, string key, ByteRange? range, CancellationToken cancellation)
    {
        if (range is not { } wanted)
        {
            await session.Client.GetToAsync(key, session.Output.Bytes, cancellation: cancellation);
            return;
        }

        // A range beyond the end is empty here, as it is to head and tail.
        var size = (await session.Client.StatAsync(key, cancellation)).SizeBytes ?? 0;
        var (offset, length) = wanted.Within(size);
        if (length > 0)
            await session.Client.GetToAsync(key, session.Output.Bytes, offset, length, cancellation: cancellation);
    }
}
