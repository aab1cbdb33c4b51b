using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Akka.Util;

namespace Akka.Actor;

/// <summary>
/// Where an actor system is: <c>protocol://system@host:port</c>; host and port are absent when it is local.
/// </summary>
public sealed class Address : IEquatable<Address>, IComparable<Address>, IComparable, ISurrogated, ICloneable
{
    public static readonly IComparer<Address?> Comparer = Comparer<Address?>.Create(Compare);

    /// <summary>Stands for every system, in paths that belong to none.</summary>
    public static readonly Address AllSystems = new("akka", "all-systems");

    private readonly string _text;

    public Address(string protocol, string system, string? host = null, int? port = null)
    {
        Protocol = protocol;
        System = system;
        Host = host?.ToLowerInvariant();
        Port = port;
        _text = Host is null
            ? $"{protocol}://{system}"
            : port is null
                ? $"{protocol}://{system}@{Host}"
                : string.Create(CultureInfo.InvariantCulture, $"{protocol}://{system}@{Host}:{port}");
    }

    public string? Host { get; }

    public int? Port { get; }

    public string Protocol { get; }

    public string System { get; }

    public bool HasLocalScope => string.IsNullOrEmpty(Host);

    public bool HasGlobalScope => !HasLocalScope;

    public override string ToString() => _text;

    public string HostPort() => _text[(Protocol.Length + 3)..];

    public bool Equals(Address? other) =>
        other is not null
        && Port == other.Port
        && string.Equals(Host, other.Host, StringComparison.Ordinal)
        && string.Equals(System, other.System, StringComparison.Ordinal)
        && string.Equals(Protocol, other.Protocol, StringComparison.Ordinal);

    public override bool Equals(object? obj) => Equals(obj as Address);

    public override int GetHashCode() => HashCode.Combine(Host, Port, System, Protocol);

    public int CompareTo(Address? other) => Compare(this, other);

    int IComparable.CompareTo(object? obj) => obj switch
    {
        null => 1,
        Address other => CompareTo(other),
        _ => throw new ArgumentException($"Cannot compare {nameof(Address)} with instance of type '{obj.GetType()}'.",
            nameof(obj)),
    };

    public object Clone() => new Address(Protocol, System, Host, Port);

    public Address WithProtocol(string protocol) => new(protocol, System, Host, Port);

    public Address WithSystem(string system) => new(Protocol, system, Host, Port);

    public Address WithHost(string? host = null) => new(Protocol, System, host, Port);

    public Address WithPort(int? port = null) => new(Protocol, System, Host, port);

    public static Address Parse(string address) =>
        TryParse(address, out var parsed) ? parsed : throw new UriFormatException($"Can't parse address: {address}");

    public static bool TryParse(string path, [NotNullWhen(true)] out Address? address) =>
        TryParse(path.AsSpan(), out address, out _);

    public static bool TryParse(ReadOnlySpan<char> span, [NotNullWhen(true)] out Address? address) =>
        TryParse(span, out address, out _);

    public static bool TryParse(
        string path, [NotNullWhen(true)] out Address? address, [NotNullWhen(true)] out string? absolutUri)
    {
        var parsed = TryParse(path.AsSpan(), out address, out var rest);
        absolutUri = parsed ? rest.ToString() : null;
        return parsed;
    }

    /// <summary>Reads <c>protocol://system[@host[:port]][/rest]</c>.</summary>
    /// <param name="absolutUri">What follows the address, starting with a slash; "/" when nothing does.</param>
    public static bool TryParse(
        ReadOnlySpan<char> span, [NotNullWhen(true)] out Address? address, out ReadOnlySpan<char> absolutUri)
    {
        address = null;
        absolutUri = default;
        var colon = span.IndexOf("://", StringComparison.Ordinal);
        if (colon <= 0) return false;
        var protocol = span[..colon];
        if (!IsScheme(protocol)) return false;
        var rest = span[(colon + 3)..];
        var slash = rest.IndexOf('/');
        var authority = slash < 0 ? rest : rest[..slash];
        absolutUri = slash < 0 ? "/" : rest[slash..];
        if (authority.IsEmpty) return false;

        var at = authority.IndexOf('@');
        if (at < 0)
        {
            address = new Address(protocol.ToString(), authority.ToString());
            return true;
        }

        var hostPort = authority[(at + 1)..];
        var portColon = hostPort.LastIndexOf(':');
        if (at == 0 || portColon <= 0) return false;
        var portText = hostPort[(portColon + 1)..];
        if (!int.TryParse(portText, NumberStyles.None, CultureInfo.InvariantCulture, out var port)) return false;
        address = new Address(
            protocol.ToString(), authority[..at].ToString(), hostPort[..portColon].ToString(), port);
        return true;
    }

    public ISurrogate ToSurrogate(ActorSystem system) =>
        new AddressSurrogate { Host = Host, Port = Port, System = System, Protocol = Protocol };

    public static bool operator ==(Address? left, Address? right) => Equals(left, right);

    public static bool operator !=(Address? left, Address? right) => !Equals(left, right);

    private static bool IsScheme(ReadOnlySpan<char> text)
    {
        foreach (var character in text)
        {
            if (!char.IsAsciiLetterOrDigit(character) && character is not ('.' or '+' or '-' or '_')) return false;
        }

        return true;
    }

    private static int Compare(Address? left, Address? right)
    {
        if (ReferenceEquals(left, right)) return 0;
        if (left is null) return -1;
        if (right is null) return 1;
        var result = string.CompareOrdinal(left.Protocol, right.Protocol);
        if (result == 0) result = string.CompareOrdinal(left.System, right.System);
        if (result == 0) result = string.CompareOrdinal(left.Host ?? "", right.Host ?? "");
        return result == 0 ? (left.Port ?? 0).CompareTo(right.Port ?? 0) : result;
    }

    public sealed class AddressSurrogate : ISurrogate
    {
        public string Protocol { get; set; } = "";

        public string System { get; set; } = "";

        public string? Host { get; set; }

        public int? Port { get; set; }

        public ISurrogated FromSurrogate(ActorSystem system) => new Address(Protocol, System, Host, Port);
    }
}
