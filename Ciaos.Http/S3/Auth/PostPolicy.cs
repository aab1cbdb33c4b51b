using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Ciaos.Http.S3.Auth;

/// <summary>
/// The policy document of a form: until when, and with which fields, it may be sent. Every field must be covered by a
/// condition, but those that sign, and those that begin with <c>x-ignore-</c>. Source: the Amazon S3 API reference,
/// "POST Policy".
/// </summary>
internal sealed class PostPolicy
{
    private static readonly string[] Exempt =
        ["policy", "signature", "x-amz-signature", "AWSAccessKeyId", "file", "x-amz-security-token"];

    private readonly List<Condition> _conditions = [];

    private PostPolicy(DateTimeOffset expires) => Expires = expires;

    private enum Match
    {
        Equal,
        Prefix,
    }

    public DateTimeOffset Expires { get; }

    /// <summary>How long the file may be.</summary>
    public long MinBytes { get; private set; }

    public long MaxBytes { get; private set; } = long.MaxValue;

    /// <param name="base64">The field <c>policy</c>.</param>
    /// <exception cref="S3Exception">It is not a policy document.</exception>
    public static PostPolicy Parse(string base64)
    {
        try
        {
            var json = Encoding.UTF8.GetString(Convert.FromBase64String(base64));
            using var document = JsonDocument.Parse(UnescapeDollars(json), new() { AllowTrailingCommas = true });
            var root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object) throw Invalid("it is not an object.");
            var policy = new PostPolicy(ExpirationOf(root));
            if (!root.TryGetProperty("conditions", out var conditions) || conditions.ValueKind != JsonValueKind.Array)
                throw Invalid("conditions must be a list.");
            foreach (var condition in conditions.EnumerateArray()) policy.Add(condition);
            return policy;
        }
        catch (Exception malformed) when (malformed is FormatException or JsonException)
        {
            throw Invalid("it is not JSON in base64.");
        }
    }

    /// <summary>Refuses a form that the policy does not allow.</summary>
    /// <param name="bucket">To which the form was sent; no field has it.</param>
    /// <exception cref="S3Exception">AccessDenied, with the condition that failed.</exception>
    public void Check(IReadOnlyDictionary<string, string> fields, string bucket, DateTimeOffset now)
    {
        if (Expires <= now) throw Denied("Policy expired.");
        foreach (var condition in _conditions)
        {
            var value = condition.Field.Equals("bucket", StringComparison.OrdinalIgnoreCase)
                ? bucket
                : fields.GetValueOrDefault(condition.Field, "");
            if (!condition.Holds(value)) throw Denied($"Policy Condition failed: {condition}");
        }

        foreach (var field in fields.Keys.Append("bucket"))
            if (!IsCovered(field)) throw Denied($"Extra input fields: {field}");
    }

    // A checksum can only refuse a body, which no policy has to allow.
    private bool IsCovered(string field) =>
        field.StartsWith("x-ignore-", StringComparison.OrdinalIgnoreCase)
        || field.StartsWith("x-amz-checksum-", StringComparison.OrdinalIgnoreCase)
        || Exempt.Contains(field, StringComparer.OrdinalIgnoreCase)
        || _conditions.Exists(condition => condition.Field.Equals(field, StringComparison.OrdinalIgnoreCase));

    private void Add(JsonElement condition)
    {
        if (condition.ValueKind == JsonValueKind.Object)
        {
            var properties = condition.EnumerateObject().ToList();
            if (properties.Count == 0) throw Invalid("a condition must not be empty.");
            foreach (var property in properties)
                _conditions.Add(new Condition(Match.Equal, property.Name, TextOf(property.Value)));
            return;
        }

        if (condition.ValueKind != JsonValueKind.Array || condition.GetArrayLength() != 3)
            throw Invalid("a condition must have three parts.");
        var kind = TextOf(condition[0]);
        if (kind.Equals("content-length-range", StringComparison.OrdinalIgnoreCase))
        {
            (MinBytes, MaxBytes) = (Math.Max(MinBytes, SizeOf(condition[1])), Math.Min(MaxBytes, SizeOf(condition[2])));
            return;
        }

        var field = TextOf(condition[1]);
        if (!field.StartsWith('$')) throw Invalid("the field of a condition must begin with a dollar sign.");
        _conditions.Add(new Condition(MatchOf(kind), field[1..], TextOf(condition[2])));
    }

    private static Match MatchOf(string kind)
    {
        if (kind.Equals("eq", StringComparison.OrdinalIgnoreCase)) return Match.Equal;
        if (kind.Equals("starts-with", StringComparison.OrdinalIgnoreCase)) return Match.Prefix;
        throw Invalid($"there is no condition {kind}.");
    }

    private static DateTimeOffset ExpirationOf(JsonElement root)
    {
        if (!root.TryGetProperty("expiration", out var expiration)) throw Invalid("it has no expiration.");
        string[] shapes = ["yyyy-MM-dd'T'HH:mm:ss'Z'", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'"];
        return DateTimeOffset.TryParseExact(
            TextOf(expiration), shapes, CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var expires)
            ? expires
            : throw Invalid("expiration must be a time such as 2026-12-01T12:00:00.000Z.");
    }

    private static string TextOf(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString()!,
        JsonValueKind.Number => value.GetRawText(),
        _ => throw Invalid("a part of a condition must be a text or a number."),
    };

    private static long SizeOf(JsonElement value) =>
        long.TryParse(TextOf(value), NumberStyles.None, CultureInfo.InvariantCulture, out var size)
            ? size
            : throw Invalid("content-length-range must have two whole numbers that are not negative.");

    /// <summary>A dollar sign in a value is written with a backslash, which is not JSON.</summary>
    private static string UnescapeDollars(string json)
    {
        if (!json.Contains("\\$", StringComparison.Ordinal)) return json;
        var text = new StringBuilder(json.Length);
        for (var i = 0; i < json.Length; i++)
        {
            if (json[i] == '\\' && i + 1 < json.Length)
            {
                if (json[++i] != '$') text.Append('\\');
            }

            text.Append(json[i]);
        }

        return text.ToString();
    }

    private static S3Exception Invalid(string text) => new(S3Error.InvalidPolicyDocument, "Invalid Policy: " + text);

    private static S3Exception Denied(string text) => new(
        S3Error.AccessDenied, "Invalid according to Policy: " + text);

    private sealed record Condition(Match Match, string Field, string Value)
    {
        public bool Holds(string value)
        {
            if (Match == Match.Equal) return value == Value;
            // More than one type may be named in the form, and each has to begin so.
            return Field.Equals("Content-Type", StringComparison.OrdinalIgnoreCase)
                ? value.Split(',').All(type => type.StartsWith(Value, StringComparison.Ordinal))
                : value.StartsWith(Value, StringComparison.Ordinal);
        }

        public override string ToString() =>
            $"[\"{(Match == Match.Equal ? "eq" : "starts-with")}\", \"${Field}\", \"{Value}\"]";
    }
}
