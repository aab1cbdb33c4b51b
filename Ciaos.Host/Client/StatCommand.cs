using System.CommandLine;
using System.Globalization;
using Ciaos.Client;

namespace Ciaos.Host.Client;

/// <summary><c>ciaos stat</c>: what is known of objects.</summary>
internal static class StatCommand
{
    private static readonly Argument<string[]> Keys = Arguments.Keys();

    public static Command Build() => ClientCommand.Build("stat", "Tell what is known of objects", [Keys], RunAsync);

    private static async Task<int> RunAsync(ClientSession session, ParseResult parsed, CancellationToken cancellation)
    {
        var failures = new FailureCount();
        foreach (var key in parsed.GetValue(Keys)!)
        {
            try
            {
                var info = await session.Client.StatAsync(key, cancellation);
                if (session.AsJson) session.Output.Json(json => CommandOutput.Describe(json, info));
                else foreach (var line in LinesOf(info)) session.Output.Line(line);
            }
            catch (CiaosException failure)
            {
                failures.Add(key, failure);
            }
        }

        return failures.ExitCode;
    }

    private static IEnumerable<string> LinesOf(ObjectInfo info)
    {
        yield return $"key:       {info.Key}";
        if (info.SizeBytes is { } size)
            yield return size < 1024 ? $"size:      {size}" : $"size:      {size} ({ByteSize.Format(size)})";
        if (info.FileCount is { } files) yield return $"files:     {files}";
        if (info.ContentType is { } type) yield return $"type:      {type}";
        if (info.ETag is { } etag) yield return $"etag:      {etag}";
        if (info.Created is { } created) yield return $"created:   {Time(created)}";
        if (info.Modified is { } modified) yield return $"modified:  {Time(modified)}";
    }

    private static string Time(DateTimeOffset time) =>
        time.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss.fff 'UTC'", CultureInfo.InvariantCulture);
}
