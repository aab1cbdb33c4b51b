using Microsoft.AspNetCore.Http;

namespace Ciaos.Http.S3.Objects;

/// <summary>What a client says of an object that it writes, by the names of headers, which are not told apart by case:
/// from headers, or from a form.</summary>
internal sealed class ObjectFields
{
    private readonly Dictionary<string, string> _fields = new(StringComparer.OrdinalIgnoreCase);

    public static ObjectFields Of(S3Request request) => Of(request.Headers);

    public static ObjectFields Of(IHeaderDictionary headers)
    {
        var fields = new ObjectFields();
        foreach (var (name, values) in headers) fields._fields[name] = HeaderText.FromWire(values.ToString());
        return fields;
    }

    /// <summary>From a form: its texts are decoded already.</summary>
    public static ObjectFields Of(IEnumerable<KeyValuePair<string, string>> form)
    {
        var fields = new ObjectFields();
        foreach (var (name, value) in form) fields._fields.TryAdd(name, value);
        return fields;
    }

    public IEnumerable<KeyValuePair<string, string>> All => _fields;

    /// <summary>Null where it is missing.</summary>
    public string? Find(string name) => _fields.GetValueOrDefault(name);
}
