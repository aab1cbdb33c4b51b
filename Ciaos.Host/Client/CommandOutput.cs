using System.Text.Encodings.Web;
using System.Text.Json;
using Ciaos.Client;
using Ciaos.Host.Journal;

namespace Ciaos.Host.Client;

/// <summary>
/// The answer of a command, on the standard output: lines for people, or one JSON object a line. What is said about
/// the work goes to the error output, so that the answer can be piped on. Used by several workers at once.
/// </summary>
internal sealed class CommandOutput(Stream stream, bool asJson, bool isTerminal) : IDisposable
{
    private static readonly JsonWriterOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly Lock _gate = new();
    private readonly StreamWriter _text = new(stream) { NewLine = "\n" };

    public bool AsJson => asJson;

    public bool IsTerminal => isTerminal;

    /// <summary>For bytes that are the answer: nothing else is written then.</summary>
    public Stream Bytes => stream;

    public static CommandOutput Standard(bool asJson) =>
        new(StandardOutput.OpenStream(), asJson, !Console.IsOutputRedirected);

    public void Line(string line)
    {
        lock (_gate) _text.WriteLine(isTerminal ? Plain(line) : line);
    }

    /// <summary>One object, on a line of its own.</summary>
    public void Json(Action<Utf8JsonWriter> properties)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, Relaxed))
        {
            json.WriteStartObject();
            properties(json);
            json.WriteEndObject();
        }

        var line = System.Text.Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length);
        lock (_gate) _text.WriteLine(line);
    }

    public void Flush()
    {
        lock (_gate) _text.Flush();
    }

    /// <summary>A message about the work, for people. It may have several lines.</summary>
    public static void Tell(string message) =>
        ProgressBar.WriteAbove("ciaos: " + string.Join('\n', message.Split('\n').Select(Plain)));

    /// <summary>What a name may hold must not reach a terminal as it is: it could move the cursor, or worse.</summary>
    public static string Plain(string text) => text.Any(char.IsControl)
        ? string.Concat(text.Select(letter => char.IsControl(letter) ? '?' : letter))
        : text;

    /// <summary>The properties that all commands use for an object.</summary>
    public static void Describe(Utf8JsonWriter json, ObjectInfo info)
    {
        json.WriteString("key", info.Key);
        if (info.SizeBytes is { } size) json.WriteNumber("size", size);
        if (info.FileCount is { } files) json.WriteNumber("files", files);
        if (info.ETag is { } etag) json.WriteString("etag", etag);
        if (info.Created is { } created) json.WriteString("created", created.UtcDateTime);
        if (info.Modified is { } modified) json.WriteString("modified", modified.UtcDateTime);
        if (info.ContentType is { } type) json.WriteString("content_type", type);
    }

    public void Dispose() => _text.Dispose();
}
