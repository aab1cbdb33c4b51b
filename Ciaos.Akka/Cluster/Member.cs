using System.Collections.Immutable;
using Akka.Actor;

namespace Akka.Cluster;

/// <summary>How far a node is with joining or leaving.</summary>
public enum MemberStatus
{
    Joining = 0,
    Up = 1,
    Leaving = 2,
    Exiting = 3,
    Down = 4,
    Removed = 5,
    WeaklyUp = 6,
}

/// <summary>A node of the cluster. Members are equal if their unique addresses are.</summary>
public class Member : IComparable<Member>, IComparable
{
    public static readonly IComparer<Address> AddressOrdering = Comparer<Address>.Create((a, b) =>
    {
        var byHost = string.CompareOrdinal(a.Host ?? "", b.Host ?? "");
        return byHost != 0 ? byHost : Nullable.Compare(a.Port, b.Port);
    });

    public static readonly IComparer<Member> AgeOrdering = Comparer<Member>.Create((a, b) =>
        a.Equals(b) ? 0 : a.IsOlderThan(b) ? -1 : 1);

    // In the order in which members became Up; before that, a member is younger than all that are.
    private readonly int _upNumber;

    internal Member(UniqueAddress uniqueAddress, int upNumber, MemberStatus status, ImmutableHashSet<string> roles)
    {
        UniqueAddress = uniqueAddress;
        _upNumber = upNumber;
        Status = status;
        Roles = roles;
    }

    public UniqueAddress UniqueAddress { get; }

    public Address Address => UniqueAddress.Address;

    public MemberStatus Status { get; }

    public ImmutableHashSet<string> Roles { get; }

    public bool HasRole(string role) => Roles.Contains(role);

    public bool IsOlderThan(Member other) => _upNumber == other._upNumber
        ? AddressOrdering.Compare(Address, other.Address) < 0
        : _upNumber < other._upNumber;

    /// <exception cref="InvalidOperationException">A member cannot get from its status to this one.</exception>
    public Member Copy(MemberStatus status)
    {
        if (status == Status) return this;
        return CanBecome(status)
            ? new Member(UniqueAddress, _upNumber, status, Roles)
            : throw new InvalidOperationException($"Invalid member status transition {Status} -> {status}");
    }

    public Member CopyUp(int upNumber) => new Member(UniqueAddress, upNumber, Status, Roles).Copy(MemberStatus.Up);

    public int CompareTo(Member? other) => other is null ? 1 : UniqueAddress.CompareTo(other.UniqueAddress);

    int IComparable.CompareTo(object? obj) => obj is null or Member
        ? CompareTo((Member?)obj)
        : throw new ArgumentException($"Cannot compare {nameof(Member)} with {obj.GetType()}", nameof(obj));

    public override bool Equals(object? obj) => obj is Member other && UniqueAddress.Equals(other.UniqueAddress);

    public override int GetHashCode() => UniqueAddress.GetHashCode();

    public override string ToString() =>
        $"Member(address = {Address}, Uid={UniqueAddress.Uid} status = {Status}, role=[{string.Join(',', Roles)}], "
        + $"upNumber={_upNumber})";

    private bool CanBecome(MemberStatus next) => Status switch
    {
        MemberStatus.Joining => next is MemberStatus.WeaklyUp or MemberStatus.Up or MemberStatus.Leaving
            or MemberStatus.Down or MemberStatus.Removed,
        MemberStatus.WeaklyUp => next is MemberStatus.Up or MemberStatus.Leaving or MemberStatus.Down
            or MemberStatus.Removed,
        MemberStatus.Up => next is MemberStatus.Leaving or MemberStatus.Down or MemberStatus.Removed,
        MemberStatus.Leaving => next is MemberStatus.Exiting or MemberStatus.Down or MemberStatus.Removed,
        MemberStatus.Down => next is MemberStatus.Removed,
        MemberStatus.Exiting => next is MemberStatus.Removed or MemberStatus.Down,
        _ => false,
    };
}
