using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using Akka.Util;

namespace Akka.Actor;

/// <summary>
/// The names from the root to an actor. Two paths are equal when their address and names are; the uid, which tells
/// incarnations of one path apart, only counts when references are compared.
/// </summary>
public abstract class ActorPath : IEquatable<ActorPath>, IComparable<ActorPath>, ISurrogated
{
    /// <summary>What a name may hold besides ASCII letters, digits and %-escapes.</summary>
    internal const string ValidSymbols = "\"-_.*$+:@&=,!~';()";

    private readonly ActorPath? _parent;
    private string? _joined;
    private string? _withAddress;

    protected ActorPath(Address address, string name)
    {
        Address = address;
        Name = name;
    }

    protected ActorPath(ActorPath parentPath, string name, long uid)
    {
        _parent = parentPath;
        Address = parentPath.Address;
        Depth = parentPath.Depth + 1;
        Uid = uid;
        Name = name;
    }

    public Address Address { get; }

    public string Name { get; }

    public long Uid { get; }

    /// <summary>How many names there are below the root.</summary>
    public int Depth { get; }

    public ActorPath? Parent => _parent;

    public ActorPath Root => ParentOf(0);

    public IReadOnlyList<string> Elements
    {
        get
        {
            if (_parent is null) return [];
            var elements = new string[Depth];
            for (var path = this; path._parent is not null; path = path._parent) elements[path.Depth - 1] = path.Name;
            return elements;
        }
    }

    public static bool IsValidPathElement(string s)
    {
        if (string.IsNullOrEmpty(s) || s[0] == '$') return false;
        for (var i = 0; i < s.Length; i++)
        {
            if (char.IsAsciiLetterOrDigit(s[i]) || ValidSymbols.Contains(s[i], StringComparison.Ordinal)) continue;
            var isEscape = s[i] == '%'
                && i + 2 < s.Length && char.IsAsciiHexDigit(s[i + 1]) && char.IsAsciiHexDigit(s[i + 2]);
            if (!isEscape) return false;
            i += 2;
        }

        return true;
    }

    /// <param name="depth">0 is the root; a negative number counts upwards from this path.</param>
    public ActorPath ParentOf(int depth)
    {
        var target = depth >= 0 ? depth : Math.Max(0, Depth + depth);
        var path = this;
        while (path.Depth > target && path._parent is not null) path = path._parent;
        return path;
    }

    public ActorPath Child(string childName) => this / childName;

    public ActorPath WithUid(long uid)
    {
        if (uid == Uid) return this;
        return _parent is null
            ? uid == 0 ? this : throw new NotSupportedException("RootActorPath must have undefined Uid")
            : new ChildActorPath(_parent, Name, uid);
    }

    public bool Equals(ActorPath? other)
    {
        if (ReferenceEquals(this, other)) return true;
        if (other is null || Depth != other.Depth || !Address.Equals(other.Address)) return false;
        var (a, b) = (this, other);
        while (!ReferenceEquals(a, b))
        {
            if (!string.Equals(a.Name, b.Name, StringComparison.Ordinal)) return false;
            if (a._parent is null || b._parent is null) return true;
            (a, b) = (a._parent, b._parent);
        }

        return true;
    }

    public override bool Equals(object? obj) => Equals(obj as ActorPath);

    public override int GetHashCode()
    {
        var hash = new HashCode();
        hash.Add(Address);
        for (var path = this; path._parent is not null; path = path._parent) hash.Add(path.Name);
        return hash.ToHashCode();
    }

    /// <summary>Orders by address, then by names from the root downwards.</summary>
    public int CompareTo(ActorPath? other)
    {
        if (ReferenceEquals(this, other)) return 0;
        if (other is null) return 1;
        var (left, right) = (Elements, other.Elements);
        var result = Address.CompareTo(other.Address);
        for (var i = 0; result == 0 && i < Math.Min(left.Count, right.Count); i++)
        {
            result = string.CompareOrdinal(left[i], right[i]);
        }

        return result == 0 ? left.Count.CompareTo(right.Count) : result;
    }

    public string ToStringWithoutAddress() => Join();

    public string ToStringWithAddress() => _withAddress ??= ToStringWithAddress(Address);

    /// <summary>With the given address, unless this path has one that is reachable from elsewhere.</summary>
    public string ToStringWithAddress(Address address) =>
        (Address.Host is not null && Address.Port.HasValue ? Address : address) + Join();

    public string ToStringWithUid() => AppendUid(ToStringWithAddress());

    public string ToSerializationFormat() => AppendUid(ToStringWithAddress());

    public string ToSerializationFormatWithAddress(Address address) => AppendUid(ToStringWithAddress(address));

    public override string ToString() => ToStringWithAddress();

    public ISurrogate ToSurrogate(ActorSystem system) => new Surrogate(ToSerializationFormat());

    public static string FormatPathElements(IEnumerable<string> pathElements) => "/" + string.Join('/', pathElements);

    public static ActorPath Parse(string path) =>
        TryParse(path, out var parsed) ? parsed : throw new UriFormatException($"Can not parse an ActorPath: {path}");

    public static bool TryParse(string path, [NotNullWhen(true)] out ActorPath? actorPath)
    {
        actorPath = null;
        if (!TryParseAddress(path, out var address, out var absoluteUri)) return false;
        return TryParse(new RootActorPath(address), absoluteUri, out actorPath!);
    }

    public static bool TryParse(ActorPath basePath, string absoluteUri, out ActorPath actorPath) =>
        TryParse(basePath, absoluteUri.AsSpan(), out actorPath);

    /// <summary>Appends <c>/name/name#uid</c> to a path.</summary>
    public static bool TryParse(ActorPath basePath, ReadOnlySpan<char> absoluteUri, out ActorPath actorPath)
    {
        actorPath = basePath;
        var names = absoluteUri;
        var hash = names.LastIndexOf('#');
        long uid = ActorCell.UndefinedUid;
        if (hash >= 0)
        {
            var text = names[(hash + 1)..];
            if (!long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out uid))
            {
                return false;
            }

            names = names[..hash];
        }

        foreach (var range in names.Split('/'))
        {
            if (!names[range].IsEmpty) actorPath /= names[range].ToString();
        }

        if (uid != ActorCell.UndefinedUid && actorPath is ChildActorPath) actorPath = actorPath.WithUid(uid);
        return true;
    }

    public static bool TryParseAddress(string path, out Address? address) => TryParseAddress(path, out address, out _);

    public static bool TryParseAddress(
        string path, [NotNullWhen(true)] out Address? address, out ReadOnlySpan<char> absoluteUri) =>
        Address.TryParse(path.AsSpan(), out address, out absoluteUri)
        && address.Protocol.StartsWith("akka", StringComparison.OrdinalIgnoreCase);

    public static ActorPath operator /(ActorPath path, string name) =>
        new ChildActorPath(path, name, ActorCell.UndefinedUid);

    public static ActorPath operator /(ActorPath path, IEnumerable<string> name)
    {
        foreach (var element in name)
        {
            if (!string.IsNullOrEmpty(element)) path /= element;
        }

        return path;
    }

    public static bool operator ==(ActorPath? left, ActorPath? right) => Equals(left, right);

    public static bool operator !=(ActorPath? left, ActorPath? right) => !Equals(left, right);


    private string AppendUid(string text) =>
        Uid == ActorCell.UndefinedUid ? text : string.Create(CultureInfo.InvariantCulture, $"{text}#{Uid}");

    private string Join()
    {
        if (_joined is not null) return _joined;
        if (_parent is null) return _joined = Name.StartsWith('/') ? Name : "/" + Name;
        var text = new StringBuilder();
        foreach (var element in Elements) text.Append('/').Append(element);
        return _joined = text.ToString();
    }

    public sealed class Surrogate : ISurrogate, IEquatable<Surrogate>, IEquatable<ActorPath>
    {
        public Surrogate(string path) => Path = path;

        public string Path { get; }

        public ISurrogated FromSurrogate(ActorSystem system) => TryParse(Path, out var path) ? path : null!;

        public bool Equals(Surrogate? other) => string.Equals(Path, other?.Path, StringComparison.Ordinal);

        public bool Equals(ActorPath? other) =>
            string.Equals(Path, other?.ToSerializationFormat(), StringComparison.Ordinal);

        public override bool Equals(object? obj) => obj is ActorPath path ? Equals(path) : Equals(obj as Surrogate);

        public override int GetHashCode() => StringComparer.Ordinal.GetHashCode(Path);
    }
}

/// <summary>The root of all paths at an address.</summary>
public sealed class RootActorPath : ActorPath
{
    public RootActorPath(Address address, string name = "")
        : base(address, name)
    {
    }
}

public sealed class ChildActorPath : ActorPath
{
    public ChildActorPath(ActorPath parentPath, string name, long uid)
        : base(parentPath, name, uid)
    {
    }
}

/// <summary>A path that says nothing about the address.</summary>
public static class RelativeActorPath
{
    /// <summary>The names of a relative or absolute local path; null when the text has an address.</summary>
    public static IEnumerable<string>? Unapply(string addr)
    {
        if (string.IsNullOrEmpty(addr) || addr.Contains("://", StringComparison.Ordinal)) return null;
        var hash = addr.IndexOf('#', StringComparison.Ordinal);
        var names = (hash < 0 ? addr : addr[..hash]).Split('/').ToList();
        if (hash >= 0) names[^1] += addr[hash..];
        return names;
    }
}
