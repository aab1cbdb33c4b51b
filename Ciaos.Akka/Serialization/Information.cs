using Akka.Actor;
using Akka.Annotations;

namespace Akka.Serialization;

/// <summary>For whom something is being serialized: which address a reference to a local actor is to carry.</summary>
[InternalApi]
public sealed class Information : IEquatable<Information>
{
    public Information(Address address, ActorSystem system)
    {
        Address = address;
        System = system;
    }

    public Address Address { get; }

    public ActorSystem System { get; }

    public bool Equals(Information? other) =>
        other is not null && Equals(Address, other.Address) && Equals(System, other.System);

    public override bool Equals(object? obj) => Equals(obj as Information);

    public override int GetHashCode() => HashCode.Combine(Address, System);

    public static bool operator ==(Information? left, Information? right) => Equals(left, right);

    public static bool operator !=(Information? left, Information? right) => !Equals(left, right);
}
