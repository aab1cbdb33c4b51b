using System.Collections.Immutable;
using System.Globalization;
using Ciaos.Simulation.Model;

namespace Ciaos.Simulation.World;

/// <summary>An operation as a client sends it.</summary>
/// <param name="Body">Null: the request has none.</param>
/// <param name="SentBytes">How much of the body arrives before the client goes away; all of it where it stays.</param>
internal sealed record ClientRequest(string Method, string Target, byte[]? Body = null, int SentBytes = int.MaxValue)
{
    public ImmutableArray<(string Name, string Value)> Headers { get; init; } = [];

    public static ClientRequest Of(Operation operation) => operation switch
    {
        RawPut put => new ClientRequest("PUT", Raw(put), put.Content.ToBytes())
        {
            Headers = [.. HeadersOf(put.Condition), .. HeaderOf("Content-Type", put.ContentType)],
        },
        BrokenPut put => new ClientRequest("PUT", Raw(put), put.Content.ToBytes(), put.SentBytes),
        RawGet get => new ClientRequest("GET", Raw(get)) { Headers = [.. HeaderOf("Range", get.Range?.Header)] },
        RawHead head => new ClientRequest("HEAD", Raw(head)),
        RawDelete delete => new ClientRequest("DELETE", Raw(delete)) { Headers = [.. HeadersOf(delete.Condition)] },
        Stat stat => new ClientRequest("GET", "/stat/" + Escape(stat.Key)),
        FilesPut put => Files("/put/", put),
        FilesUpdate update => Files("/update/", update),
        FilesAppend append => Files("/append/", append),
        FilesGet get => new ClientRequest("GET", "/get/" + Escape(get.Key)),
        Delete delete => new ClientRequest("DELETE", "/delete/" + Escape(delete.Key)),
        Rename rename => new ClientRequest("PUT", $"/update_key/{Escape(rename.Key)}/{Escape(rename.NewKey)}"),
        List list => new ClientRequest("GET", string.Create(
            CultureInfo.InvariantCulture,
            $"/list?prefix={Escape(list.Prefix)}&after={Escape(list.After)}&limit={list.Limit}")),
        S3Operation s3 => S3Requests.Of(s3),
        _ => throw new ArgumentException($"{operation.GetType().Name} is not known", nameof(operation)),
    };

    private static ClientRequest Files(string route, FilesWrite write) => new(
        "POST", route + Escape(write.Key), FileLists.Write([.. write.Files.Select(file => file.ToBytes())]));

    private static string Raw(KeyOperation operation) => "/raw/" + Escape(operation.Key);

    private static string Escape(string text) => Uri.EscapeDataString(text);

    private static IEnumerable<(string, string)> HeaderOf(string name, string? value) =>
        value is null ? [] : [(name, value)];

    private static IEnumerable<(string, string)> HeadersOf(Condition condition) => condition.Kind switch
    {
        ConditionKind.Absent => [("If-None-Match", "*")],
        ConditionKind.LastRead => [("If-Match", $"\"{condition.Tag}\"")],
        _ => [],
    };
}
