using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Text.Json;

namespace Ciaos.Actors.Identity.Policies;

/// <summary>Reads the element <c>Condition</c> of a statement.</summary>
internal static class ConditionReader
{
    private const string NullOperator = "Null";
    private const string IfExistsEnd = "IfExists";
    private const string AnyStart = "ForAnyValue:";
    private const string AllStart = "ForAllValues:";

    private static readonly Comparison Equal = compared => compared == 0;
    private static readonly Comparison Less = compared => compared < 0;
    private static readonly Comparison LessOrEqual = compared => compared <= 0;
    private static readonly Comparison Greater = compared => compared > 0;
    private static readonly Comparison GreaterOrEqual = compared => compared >= 0;

    private static readonly FrozenDictionary<string, Operator> Operators = new Dictionary<string, Operator>(
        StringComparer.Ordinal)
    {
        ["StringEquals"] = new(Text(isPattern: false, ignoreCase: false)),
        ["StringNotEquals"] = new(Text(isPattern: false, ignoreCase: false), IsNegated: true),
        ["StringEqualsIgnoreCase"] = new(Text(isPattern: false, ignoreCase: true)),
        ["StringNotEqualsIgnoreCase"] = new(Text(isPattern: false, ignoreCase: true), IsNegated: true),
        ["StringLike"] = new(Text(isPattern: true, ignoreCase: false)),
        ["StringNotLike"] = new(Text(isPattern: true, ignoreCase: false), IsNegated: true),
        ["NumericEquals"] = new(Number(Equal)),
        ["NumericNotEquals"] = new(Number(Equal), IsNegated: true),
        ["NumericLessThan"] = new(Number(Less)),
        ["NumericLessThanEquals"] = new(Number(LessOrEqual)),
        ["NumericGreaterThan"] = new(Number(Greater)),
        ["NumericGreaterThanEquals"] = new(Number(GreaterOrEqual)),
        ["DateEquals"] = new(Date(Equal)),
        ["DateNotEquals"] = new(Date(Equal), IsNegated: true),
        ["DateLessThan"] = new(Date(Less)),
        ["DateLessThanEquals"] = new(Date(LessOrEqual)),
        ["DateGreaterThan"] = new(Date(Greater)),
        ["DateGreaterThanEquals"] = new(Date(GreaterOrEqual)),
        ["Bool"] = new(Bool),
        ["IpAddress"] = new(Address),
        ["NotIpAddress"] = new(Address, IsNegated: true),
        ["ArnEquals"] = new(Arn),
        ["ArnLike"] = new(Arn),
        ["ArnNotEquals"] = new(Arn, IsNegated: true),
        ["ArnNotLike"] = new(Arn, IsNegated: true),
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <exception cref="PolicyFormatException">An operator is not known, or a value is not what it wants.</exception>
    public static ImmutableArray<PolicyCondition> Read(JsonElement conditions, bool withVariables)
    {
        Object(conditions, "Condition");
        var read = ImmutableArray.CreateBuilder<PolicyCondition>();
        foreach (var @operator in conditions.EnumerateObject())
        {
            Object(@operator.Value, $"The condition {@operator.Name}");
            foreach (var key in @operator.Value.EnumerateObject())
            {
                if (key.Name.Length == 0)
                    throw new PolicyFormatException($"The condition {@operator.Name} has a key without a name");
                read.Add(Read(@operator.Name, key.Name, Values(key), withVariables));
            }
        }

        return read.ToImmutable();
    }

    private static PolicyCondition Read(
        string written, string key, ImmutableArray<string> values, bool withVariables)
    {
        if (written == NullOperator)
            return new PolicyCondition(
                written, ConditionSet.One, IsNegated: false, IfExists: false, key, [], MustBeMissing(written, values));
        var (name, set) = written switch
        {
            _ when written.StartsWith(AnyStart, StringComparison.Ordinal) =>
                (written[AnyStart.Length..], ConditionSet.Any),
            _ when written.StartsWith(AllStart, StringComparison.Ordinal) =>
                (written[AllStart.Length..], ConditionSet.All),
            _ => (written, ConditionSet.One),
        };
        var ifExists = name.EndsWith(IfExistsEnd, StringComparison.Ordinal);
        if (ifExists) name = name[..^IfExistsEnd.Length];
        if (!Operators.TryGetValue(name, out var found))
            throw new PolicyFormatException($"The condition operator \"{written}\" is not known");
        return new PolicyCondition(
            name, set, found.IsNegated, ifExists, key,
            [.. values.Select(value => found.Read(value, withVariables) ?? throw new PolicyFormatException(
                $"\"{value}\" under {key} is no value for the condition operator {written}"))]);
    }

    private static bool MustBeMissing(string written, ImmutableArray<string> values) =>
        values is [var value] && bool.TryParse(value, out var isMissing)
            ? isMissing
            : throw new PolicyFormatException($"The condition operator {written} takes one value: true or false");

    // Truth and numbers may be written as such, or in quotation marks.
    private static ImmutableArray<string> Values(JsonProperty key)
    {
        var values = key.Value.ValueKind == JsonValueKind.Array
            ? key.Value.EnumerateArray().Select(value => Value(value, key.Name)).ToImmutableArray()
            : [Value(key.Value, key.Name)];
        return values.IsEmpty ? throw new PolicyFormatException($"The condition key {key.Name} has no value") : values;
    }

    private static string Value(JsonElement value, string key) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString()!,
        JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False => value.GetRawText(),
        _ => throw new PolicyFormatException($"The condition key {key} has a value that is no text"),
    };

    private static void Object(JsonElement element, string what)
    {
        if (element.ValueKind != JsonValueKind.Object) throw new PolicyFormatException($"{what} is a JSON object");
    }

    private static ValueReader Text(bool isPattern, bool ignoreCase) => (value, withVariables) =>
        new TextValue(PolicyPattern.Parse(value, withVariables, isPattern), ignoreCase);

    private static ValueReader Number(Comparison compare) => (value, _) =>
        NumberValue.TryParse(value, out var number) ? new NumberValue(number, compare) : null;

    private static ValueReader Date(Comparison compare) => (value, _) =>
        DateValue.TryParse(value, out var time) ? new DateValue(time, compare) : null;

    private static BoolValue? Bool(string value, bool withVariables) =>
        bool.TryParse(value, out var parsed) ? new BoolValue(parsed) : null;

    private static AddressValue? Address(string value, bool withVariables) =>
        AddressValue.TryParse(value, out var parsed) ? parsed : null;

    // A colon within a variable does not part anything.
    private static ArnValue? Arn(string value, bool withVariables)
    {
        var parts = ImmutableArray.CreateBuilder<PolicyPattern>();
        var start = 0;
        var isWithin = false;
        for (var i = 0; i < value.Length && parts.Count < ArnValue.PartCount - 1; i++)
        {
            if (withVariables && value.AsSpan(i).StartsWith("${")) isWithin = true;
            else if (value[i] == '}') isWithin = false;
            if (value[i] != ':' || isWithin) continue;
            parts.Add(PolicyPattern.Parse(value[start..i], withVariables));
            start = i + 1;
        }

        parts.Add(PolicyPattern.Parse(value[start..], withVariables));
        if (parts is [{ IsEverything: true }])
            return new ArnValue([.. Enumerable.Repeat(parts[0], ArnValue.PartCount)]);
        return parts.Count == ArnValue.PartCount ? new ArnValue(parts.ToImmutable()) : null;
    }

    private delegate ConditionValue? ValueReader(string value, bool withVariables);

    private sealed record Operator(ValueReader Read, bool IsNegated = false);
}
