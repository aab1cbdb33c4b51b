using System.Collections.Immutable;
using System.Globalization;
using System.Net;

namespace Ciaos.Actors.Identity.Policies;

/// <summary>One value of a condition, understood as its operator wants it.</summary>
internal abstract record ConditionValue
{
    /// <param name="value">What the request has. What the operator cannot understand does not fit.</param>
    public abstract bool Fits(string value, PolicyRequest request);

    /// <summary>It stands for one value, or a narrow range, known now: not for whatever a client may say.</summary>
    public virtual bool IsFixed => true;
}

/// <summary>Of the operators on strings.</summary>
internal sealed record TextValue(PolicyPattern Pattern, bool IgnoreCase) : ConditionValue
{
    public override bool IsFixed => Pattern is { HasWildcards: false, HasVariables: false };

    public override bool Fits(string value, PolicyRequest request) => Pattern.Matches(value, request, IgnoreCase);
}

/// <summary>Of the operators on ARNs: each of the six parts is compared by itself, so that a star does not reach
/// beyond a colon.</summary>
internal sealed record ArnValue(ImmutableArray<PolicyPattern> Parts) : ConditionValue
{
    public const int PartCount = 6;

    public override bool IsFixed => Parts.All(part => part is { HasWildcards: false, HasVariables: false });

    public override bool Fits(string value, PolicyRequest request)
    {
        var parts = value.Split(':', PartCount);
        return parts.Length == PartCount && Parts.Zip(parts).All(pair => pair.First.Matches(pair.Second, request));
    }
}

/// <summary>What the result of comparing must be.</summary>
internal delegate bool Comparison(int compared);

internal sealed record NumberValue(decimal Number, Comparison Compare) : ConditionValue
{
    public override bool Fits(string value, PolicyRequest request) =>
        TryParse(value, out var number) && Compare(number.CompareTo(Number));

    public static bool TryParse(string text, out decimal number) => decimal.TryParse(
        text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out number);
}

internal sealed record DateValue(DateTimeOffset Time, Comparison Compare) : ConditionValue
{
    private static readonly string[] Formats =
        ["yyyy-MM-dd", "yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK", "yyyyMMdd'T'HHmmss'Z'"];

    public override bool Fits(string value, PolicyRequest request) =>
        TryParse(value, out var time) && Compare(time.CompareTo(Time));

    /// <summary>ISO 8601, or seconds since 1970.</summary>
    public static bool TryParse(string text, out DateTimeOffset time)
    {
        const DateTimeStyles Utc = DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal;
        if (DateTimeOffset.TryParseExact(text, Formats, CultureInfo.InvariantCulture, Utc, out time)) return true;
        var isNumber = long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
            && seconds <= DateTimeOffset.MaxValue.ToUnixTimeSeconds();
        if (isNumber) time = DateTimeOffset.FromUnixTimeSeconds(seconds);
        return isNumber;
    }
}

internal sealed record BoolValue(bool Value) : ConditionValue
{
    public override bool Fits(string value, PolicyRequest request) =>
        bool.TryParse(value, out var given) && given == Value;
}

/// <summary>An address, or a range of them in CIDR notation.</summary>
internal sealed record AddressValue(IPNetwork Network) : ConditionValue
{
    // Narrower than what an internet registry gives out at once.
    private const int NarrowBits4 = 8;
    private const int NarrowBits6 = 32;

    public override bool IsFixed =>
        Network.PrefixLength >= (Network.BaseAddress.GetAddressBytes().Length == 4 ? NarrowBits4 : NarrowBits6);

    public override bool Fits(string value, PolicyRequest request)
    {
        if (!IPAddress.TryParse(value, out var address)) return false;
        return Network.Contains(address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address);
    }

    public static bool TryParse(string text, out AddressValue value)
    {
        value = new AddressValue(default(IPNetwork));
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        if (!IPAddress.TryParse(slash < 0 ? text : text[..slash], out var address)) return false;
        var bits = address.GetAddressBytes().Length * 8;
        var prefix = bits;
        if (slash >= 0 && !TryParsePrefix(text.AsSpan(slash + 1), bits, out prefix)) return false;
        value = new AddressValue(new IPNetwork(Masked(address, prefix), prefix));
        return true;
    }

    private static bool TryParsePrefix(ReadOnlySpan<char> text, int bits, out int prefix) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out prefix) && prefix <= bits;

    // "10.1.2.3/8" means the range that the address is in.
    private static IPAddress Masked(IPAddress address, int prefix)
    {
        var bytes = address.GetAddressBytes();
        for (var i = 0; i < bytes.Length; i++)
        {
            var kept = Math.Clamp(prefix - (i * 8), 0, 8);
            bytes[i] &= (byte)(0xFF00 >> kept);
        }

        return new IPAddress(bytes);
    }
}
