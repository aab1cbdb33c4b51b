using System.Text;
using System.Text.Json;
using Ciaos.Client.Http;

namespace Ciaos.Client.Events;

/// <summary>
/// Reads <c>/events</c> (server-sent events), and after a break goes on behind the last event that it gave out: nothing
/// is missed, and nothing told twice.
/// </summary>
internal sealed class EventReading(
    Transport transport, string after, string prefix, bool follow, CancellationToken cancellation) : IDisposable
{
    private string? _position;
    private HttpResponseMessage? _answer;
    private StreamReader? _lines;
    private Watchdog? _watchdog;
    private int _failures;

    /// <summary>Null: what was there has been told. Never, where changes are followed.</summary>
    public async ValueTask<StoreEvent?> NextAsync()
    {
        while (true)
        {
            try
            {
                if (_lines is null) await OpenAsync().ConfigureAwait(false);
                _watchdog!.Touch();
                if (await ReadAsync(_lines!).ConfigureAwait(false) is { } found)
                {
                    (_position, _failures) = (found.Position, 0);
                    _watchdog.Suspend();
                    return found;
                }

                Dispose();
                if (!follow) return null;
                if (_failures >= transport.Options.Retries)
                    throw new CiaosException(CiaosError.Unavailable, "The node ends the feed again and again");
            }
            catch (Exception error) when (Transport.IsTransportFailure(error, cancellation))
            {
                var failure = transport.Explain(null, error, _watchdog);
                Dispose();
                if (_failures >= transport.Options.Retries) throw failure;
            }

            await transport.PauseAsync(_failures++, null, cancellation).ConfigureAwait(false);
        }
    }

    public void Dispose()
    {
        _lines?.Dispose();
        _answer?.Dispose();
        _watchdog?.Dispose();
        (_lines, _answer, _watchdog) = (null, null, null);
    }

    private async Task OpenAsync()
    {
        var target = Target.Query("events", ("after", after), ("prefix", prefix), ("follow", follow ? "1" : "0"));
        var call = new Call(HttpMethod.Get, target)
            .With("Accept", "text/event-stream")
            .With("Last-Event-ID", _position);
        _answer = await transport.SendAsync(call, cancellation).ConfigureAwait(false);
        _watchdog = new Watchdog(transport.Options, cancellation);
        _lines = new StreamReader(
            await _answer.Content.ReadAsStreamAsync(_watchdog.Token).ConfigureAwait(false), Encoding.UTF8);
    }

    /// <summary>The fields of an event, one a line, up to the empty line that ends it. Null: the feed has ended; what
    /// came of an event without its empty line does not count.</summary>
    private async ValueTask<StoreEvent?> ReadAsync(StreamReader lines)
    {
        var (id, name, data) = (_position, "", "");
        while (await lines.ReadLineAsync(_watchdog!.Token).ConfigureAwait(false) is { } line)
        {
            _watchdog.Touch();
            if (line.Length == 0)
            {
                if (id is not null && name.Length > 0) return Make(id, name, data);
                (name, data) = ("", "");
                continue;
            }

            var (field, value) = Cut(line);
            if (field == "id") id = value;
            else if (field == "event") name = value;
            else if (field == "data") data = data.Length == 0 ? value : $"{data}\n{value}";
        }

        return null;
    }

    private static (string Field, string Value) Cut(string line)
    {
        var colon = line.IndexOf(':', StringComparison.Ordinal);
        if (colon < 0) return (line, "");
        var value = line.AsSpan(colon + 1);
        return (line[..colon], new string(value is [' ', ..] ? value[1..] : value));
    }

    private static StoreEvent Make(string position, string name, string data)
    {
        var kind = name switch
        {
            "put" => StoreEventKind.Put,
            "append" => StoreEventKind.Append,
            "delete" => StoreEventKind.Delete,

            // Of a kind that a later node may tell of, only the position means something here.
            _ => StoreEventKind.Position,
        };
        if (kind is StoreEventKind.Position) return new StoreEvent(position, kind, "");
        using var document = JsonDocument.Parse(data);
        var json = document.RootElement;
        return new StoreEvent(position, kind, json.GetProperty("key").GetString()!)
        {
            ETag = Text(json, "etag"),
            SizeBytes = json.TryGetProperty("size", out var size) ? size.GetInt64() : null,
            At = json.TryGetProperty("at", out var at) ? at.GetDateTimeOffset() : null,
            Shard = json.TryGetProperty("shard", out var shard) ? shard.GetInt32() : 0,
            Sequence = json.TryGetProperty("seq", out var sequence) ? sequence.GetInt64() : 0,
            RenamedTo = Text(json, "renamed_to"),
            RenamedFrom = Text(json, "renamed_from"),
        };
    }

    private static string? Text(JsonElement json, string name) =>
        json.TryGetProperty(name, out var value) ? value.GetString() : null;
}
