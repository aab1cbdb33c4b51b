namespace Ciaos.Http.S3;

/// <summary>The query of a request, decoded: names in the order in which they came.</summary>
internal sealed class S3Query
{
    private readonly List<KeyValuePair<string, string>> _parameters = [];

    /// <exception cref="S3Exception">It is not percent-encoded UTF-8.</exception>
    public static S3Query Parse(ReadOnlySpan<char> raw)
    {
        var query = new S3Query();
        foreach (var range in raw.Split('&'))
        {
            var part = raw[range];
            if (part.IsEmpty) continue;
            var equals = part.IndexOf('=');
            var name = Decode(equals < 0 ? part : part[..equals]);
            query._parameters.Add(new(name, equals < 0 ? "" : Decode(part[(equals + 1)..])));
        }

        return query;
    }

    public IReadOnlyList<KeyValuePair<string, string>> Parameters => _parameters;

    public bool Has(string name) => Find(name) is not null;

    /// <summary>The first value of that name; null where there is none. Names are told apart by case.</summary>
    public string? Find(string name)
    {
        foreach (var (candidate, value) in _parameters)
            if (candidate == name) return value;
        return null;
    }

    /// <summary>The value of that name, or an empty text.</summary>
    public string Text(string name) => Find(name) ?? "";

    /// <exception cref="S3Exception">It is no whole number within the range.</exception>
    public int Int(string name, int missing, int min, int max)
    {
        if (Find(name) is not { Length: > 0 } text) return missing;
        if (int.TryParse(text, System.Globalization.CultureInfo.InvariantCulture, out var value)
            && value >= min && value <= max)
            return value;
        throw new S3Exception(
            S3Error.InvalidArgument, $"{name}={text} is not allowed: a whole number from {min} to {max} is.")
        {
            Details = [new("ArgumentName", name), new("ArgumentValue", text)],
        };
    }

    private static string Decode(ReadOnlySpan<char> encoded)
    {
        var text = encoded.Contains('+') ? new string(encoded).Replace("+", "%20", StringComparison.Ordinal) : encoded;
        return RequestTarget.TryDecode(text, out var decoded, out var error)
            ? decoded
            : throw new S3Exception(S3Error.InvalidUri, error);
    }
}
