using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace Ciaos.Http.S3.Objects;

/// <summary>What a client says of an object that it writes, by the names of headers, which are not told apart by case:
/// from headers, or from a form.</summary>
internal sealed class ObjectFields
{
    private readonly IDictionary<string, StringValues> _fields;
    private readonly bool _areDecoded;

    private ObjectFields(IDictionary<string, StringValues> fields, bool areDecoded) =>
        (_fields, _areDecoded) = (fields, areDecoded);

    public static ObjectFields Of(S3Request request) => Of(request.Headers);

    /// <param name="headers">Looked at when a field is asked for.</param>
    public static ObjectFields Of(IHeaderDictionary headers) => new(headers, areDecoded: false);

    /// <summary>From a form: its texts are decoded already.</summary>
    public static ObjectFields Of(IEnumerable<KeyValuePair<string, string>> form)
    {
        var fields = new Dictionary<string, StringValues>(StringComparer.OrdinalIgnoreCase);
        foreach (var (name, value) in form) fields.TryAdd(name, value);
        return new ObjectFields(fields, areDecoded: true);
    }

    public IEnumerable<KeyValuePair<string, string>> All =>
        _fields.Select(one => KeyValuePair.Create(one.Key, TextOf(one.Value)));

    /// <summary>Null where it is missing.</summary>
    public string? Find(string name) => _fields.TryGetValue(name, out var values) ? TextOf(values) : null;

    /// <summary>Those whose names begin so.</summary>
    public IEnumerable<KeyValuePair<string, string>> StartingWith(string prefix)
    {
        List<KeyValuePair<string, string>>? found = null;
        foreach (var (name, values) in _fields)
            if (name.StartsWith(prefix, StringComparison.OrdinalIgnoreCase))
                (found ??= []).Add(KeyValuePair.Create(name, TextOf(values)));
        return found ?? [];
    }

    private string TextOf(StringValues values) =>
        _areDecoded ? values.ToString() : HeaderText.FromWire(values.ToString());
}
