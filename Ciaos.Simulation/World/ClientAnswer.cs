using System.Collections.Immutable;
using System.Text.Json;
using Ciaos.Simulation.Model;
using Microsoft.AspNetCore.Http;

namespace Ciaos.Simulation.World;

/// <summary>What a client makes of the answer.</summary>
internal static class ClientAnswer
{
    public static Outcome Read(Operation operation, InProcessRequest answered)
    {
        if (answered.IsAborted || IsShort(operation, answered)) return Outcome.Unknown;
        if (operation is S3Operation s3) return S3Answers.Read(s3, answered);
        var outcome = new Outcome(answered.StatusCode)
        {
            Tag = answered.Headers.ETag.FirstOrDefault()?.Trim('"'),
            IsReplay = answered.Headers["Idempotent-Replay"] == "true",
        };
        if (answered.StatusCode is not (StatusCodes.Status200OK or StatusCodes.Status206PartialContent)) return outcome;
        return operation switch
        {
            RawGet => outcome with
            {
                Body = answered.Sent,
                ContentType = answered.Headers.ContentType,
                ContentRange = answered.Headers.ContentRange,
            },
            RawHead => outcome with
            {
                SizeBytes = answered.Headers.ContentLength,
                ContentType = answered.Headers.ContentType,
            },
            FilesGet => outcome with { Files = FileLists.Read(answered.Sent) },
            Stat => ReadStat(outcome, answered.Sent),
            List => outcome with { Page = ReadPage(answered.Sent) },
            _ => outcome,
        };
    }

    // A real client knows an answer that was cut off by the length that was announced.
    private static bool IsShort(Operation operation, InProcessRequest answered) =>
        operation is not RawHead
        && answered.Headers.ContentLength is { } announced && announced != answered.Sent.Length;

    private static Outcome ReadStat(Outcome outcome, byte[] json)
    {
        using var document = JsonDocument.Parse(json);
        var root = document.RootElement;
        return outcome with
        {
            SizeBytes = root.GetProperty("size").GetInt64(),
            FileCount = root.GetProperty("files").GetInt64(),
            Tag = root.GetProperty("etag").GetString(),
            ContentType = root.TryGetProperty("content_type", out var type) ? type.GetString() : null,
        };
    }

    private static ListedPage ReadPage(byte[] json)
    {
        using var document = JsonDocument.Parse(json);
        var objects = document.RootElement.GetProperty("objects").EnumerateArray().Select(item => new ListedObject(
            item.GetProperty("key").GetString()!,
            item.GetProperty("size").GetInt64(),
            item.GetProperty("files").GetInt64(),
            item.GetProperty("etag").GetString()!));
        return new ListedPage([.. objects], document.RootElement.GetProperty("next").GetString());
    }
}
