using System.Collections.Immutable;
using System.Text;
using System.Text.Json;

namespace Ciaos.Actors.Identity.Policies;

/// <summary>Reads a policy's JSON, strictly.</summary>
internal sealed class PolicyReader
{
    private const string CurrentVersion = "2012-10-17";
    private const string OldVersion = "2008-10-17";
    private const int MaxDepth = 10;

    private static readonly JsonDocumentOptions Strict =
        new() { AllowDuplicateProperties = false, MaxDepth = MaxDepth };

    private readonly PolicyKind _kind;
    private bool _withVariables;

    private PolicyReader(PolicyKind kind) => _kind = kind;

    /// <exception cref="PolicyFormatException">It is no policy of this kind.</exception>
    public static PolicyDocument Read(string json, PolicyKind kind)
    {
        if (Encoding.UTF8.GetByteCount(json) > PolicyDocument.MaxBytes)
            throw new PolicyFormatException($"A policy has at most {PolicyDocument.MaxBytes} bytes");
        try
        {
            using var document = JsonDocument.Parse(json, Strict);
            return new PolicyReader(kind).ReadDocument(document.RootElement);
        }
        catch (JsonException wrong)
        {
            throw new PolicyFormatException($"The policy is not well-formed JSON: {wrong.Message}", wrong);
        }
    }

    private PolicyDocument ReadDocument(JsonElement root)
    {
        Fields(root, "The policy", "Version", "Id", "Statement");
        var version = Optional(root, "Version");
        if (version is not (null or CurrentVersion or OldVersion))
            throw new PolicyFormatException(
                $"The version \"{version}\" is not known: allowed are {CurrentVersion} and {OldVersion}");
        _withVariables = version == CurrentVersion;
        if (!root.TryGetProperty("Statement", out var statements))
            throw new PolicyFormatException("The policy has no Statement");
        var read = statements.ValueKind == JsonValueKind.Array
            ? statements.EnumerateArray().Select(ReadStatement).ToImmutableArray()
            : [ReadStatement(statements)];
        if (read.IsEmpty) throw new PolicyFormatException("The policy has no statement");
        return new PolicyDocument(Optional(root, "Id"), read);
    }

    private PolicyStatement ReadStatement(JsonElement statement)
    {
        Fields(
            statement, "A statement", "Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction", "Resource",
            "NotResource", "Condition");
        var effect = Optional(statement, "Effect");
        if (effect is not ("Allow" or "Deny"))
            throw new PolicyFormatException(effect is null
                ? "A statement has no Effect"
                : $"The effect \"{effect}\" is not known: allowed are Allow and Deny");
        var (actions, exceptActions) = OneOf(statement, "Action", "NotAction")!.Value;
        var (resources, exceptResources) = OneOf(statement, "Resource", "NotResource")!.Value;
        var principal = OneOf(statement, "Principal", "NotPrincipal", isRequired: _kind == PolicyKind.Resource);
        if (principal is not null && _kind == PolicyKind.Identity)
            throw new PolicyFormatException(
                "A policy of a user or a session names no principal: it is about that user");
        return new PolicyStatement(
            Optional(statement, "Sid"),
            effect == "Allow",
            principal is { } found ? ReadPrincipals(found.Value) : null,
            principal?.IsExcept ?? false,
            Texts(actions, "Action").Select(ReadAction).ToImmutableArray(),
            exceptActions,
            Texts(resources, "Resource").Select(ReadResource).ToImmutableArray(),
            exceptResources,
            statement.TryGetProperty("Condition", out var conditions)
                ? ConditionReader.Read(conditions, _withVariables)
                : []);
    }

    private static PolicyPattern ReadAction(string action)
    {
        var colon = action.IndexOf(':', StringComparison.Ordinal);
        var isAction = action == "*" || (colon > 0 && colon < action.Length - 1
            && action.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is ':' or '*' or '?' or '-'));
        return isAction
            ? PolicyPattern.Parse(action, withVariables: false)
            : throw new PolicyFormatException(
                $"\"{action}\" is no action: such are s3:GetObject, s3:Get*, and * for all");
    }

    private PolicyPattern ReadResource(string resource) =>
        resource == "*" || resource.StartsWith("arn:", StringComparison.Ordinal)
            ? PolicyPattern.Parse(resource, _withVariables)
            : throw new PolicyFormatException(
                $"\"{resource}\" is no resource: such are arn:aws:s3:::bucket, arn:aws:s3:::bucket/*, and * for all");

    private static PrincipalSet ReadPrincipals(JsonElement element)
    {
        if (element.ValueKind == JsonValueKind.String)
            return element.GetString() == "*"
                ? new PrincipalSet([], [], isEverybody: true, [])
                : throw new PolicyFormatException(
                    "A principal is \"*\", or an object such as {\"AWS\": \"arn:aws:iam:::user/name\"}");
        Fields(element, "A principal", "AWS", "CanonicalUser", "Service", "Federated");
        var kinds = element.EnumerateObject().ToDictionary(
            kind => kind.Name, kind => Texts(kind.Value, kind.Name), StringComparer.Ordinal);
        if (kinds.Count == 0) throw new PolicyFormatException("A principal names nobody");
        var users = kinds.GetValueOrDefault("AWS", []);
        if (users.FirstOrDefault(user => user != "*" && user.Contains('*', StringComparison.Ordinal)) is { } wild)
            throw new PolicyFormatException(
                $"The principal \"{wild}\" has a wildcard: only * alone stands for everybody");
        return new PrincipalSet(
            users, kinds.GetValueOrDefault("CanonicalUser", []), users.Contains("*", StringComparer.Ordinal),
            kinds.GetValueOrDefault("Service", []));
    }

    private static (JsonElement Value, bool IsExcept)? OneOf(
        JsonElement statement, string name, string exceptName, bool isRequired = true)
    {
        var has = statement.TryGetProperty(name, out var value);
        var hasExcept = statement.TryGetProperty(exceptName, out var except);
        if (has && hasExcept)
            throw new PolicyFormatException($"A statement has {name} and {exceptName}: one is allowed");
        if (!has && !hasExcept)
            return isRequired ? throw new PolicyFormatException($"A statement has no {name}") : null;
        return has ? (value, false) : (except, true);
    }

    /// <summary>A text, or a list of at least one.</summary>
    private static ImmutableArray<string> Texts(JsonElement element, string name)
    {
        var texts = element.ValueKind switch
        {
            JsonValueKind.String => [Text(element, name)],
            JsonValueKind.Array => element.EnumerateArray().Select(item => Text(item, name)).ToImmutableArray(),
            _ => throw new PolicyFormatException($"{name} is a text or a list of texts"),
        };
        return texts.IsEmpty ? throw new PolicyFormatException($"{name} is an empty list") : texts;
    }

    private static string Text(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.String && element.GetString() is { Length: > 0 } text
            ? text
            : throw new PolicyFormatException($"{name} holds something that is no text, or an empty one");

    private static string? Optional(JsonElement element, string name)
    {
        if (!element.TryGetProperty(name, out var value)) return null;
        return value.ValueKind == JsonValueKind.String
            ? value.GetString()
            : throw new PolicyFormatException($"{name} is a text");
    }

    private static void Fields(JsonElement element, string what, params ReadOnlySpan<string> allowed)
    {
        if (element.ValueKind != JsonValueKind.Object) throw new PolicyFormatException($"{what} is a JSON object");
        foreach (var field in element.EnumerateObject())
            if (!allowed.Contains(field.Name))
                throw new PolicyFormatException($"{what} has a field \"{field.Name}\", which is not known");
    }
}
