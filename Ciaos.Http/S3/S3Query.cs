using System.Runtime.InteropServices;

namespace Ciaos.Http.S3;

/// <summary>The query of a request, decoded: names in the order in which they came.</summary>
internal sealed class S3Query
{
    private static readonly S3Query Empty = new();

    /// <summary>Names that many requests have, so that they need no strings of their own.</summary>
    private static readonly HashSet<string>.AlternateLookup<ReadOnlySpan<char>> KnownNames = new HashSet<string>(
        [
            "X-Amz-Algorithm", "X-Amz-Credential", "X-Amz-Date", "X-Amz-Expires", "X-Amz-SignedHeaders",
            "X-Amz-Signature", "X-Amz-Content-Sha256", "X-Amz-Security-Token", "x-id", "list-type", "prefix",
            "delimiter", "max-keys", "encoding-type", "continuation-token", "partNumber", "uploadId", "versionId",
        ],
        StringComparer.Ordinal).GetAlternateLookup<ReadOnlySpan<char>>();

    private readonly List<KeyValuePair<string, string>> _parameters = [];

    /// <exception cref="S3Exception">It is not percent-encoded UTF-8.</exception>
    public static S3Query Parse(ReadOnlySpan<char> raw)
    {
        if (raw.IsEmpty) return Empty;
        var query = new S3Query();
        foreach (var range in raw.Split('&'))
        {
            var part = raw[range];
            if (part.IsEmpty) continue;
            var equals = part.IndexOf('=');
            var encoded = equals < 0 ? part : part[..equals];
            if (!KnownNames.TryGetValue(encoded, out var name)) name = Decode(encoded);
            query._parameters.Add(new(name, equals < 0 ? "" : Decode(part[(equals + 1)..])));
        }

        return query;
    }

    /// <summary>Good until nobody has the query any more: it never changes.</summary>
    public ReadOnlySpan<KeyValuePair<string, string>> Parameters => CollectionsMarshal.AsSpan(_parameters);

    public bool Has(string name) => Find(name) is not null;

    /// <summary>The first value of that name; null where there is none. Names are told apart by case.</summary>
    public string? Find(string name)
    {
        foreach (var (candidate, value) in Parameters)
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
