using System.Collections.Immutable;
using static Ciaos.Actors.Identity.IdentityProtocol;

namespace Ciaos.Actors.Identity;

/// <summary>What the journal keeps of identities. Bytes: <see cref="IdentityEventCodec"/> and docs/identity.md. Extend
/// only: a new field has a default value.</summary>
public static class IdentityEvents
{
    public interface IIdentityEvent
    {
        DateTimeOffset At { get; }

        Origin By { get; }
    }

    /// <summary>The first event.</summary>
    /// <param name="MasterKeyCheck">A known text, wrapped: only the right master key opens it.</param>
    public sealed record IdentityBegun(DateTimeOffset At, Origin By, byte[] MasterKeyCheck) : IIdentityEvent;

    public sealed record UserCreated(
        DateTimeOffset At, Origin By, string Name, string CanonicalId, string DisplayName, string? Email, bool IsRoot)
        : IIdentityEvent;

    public sealed record UserChanged(
        DateTimeOffset At, Origin By, string Name, string DisplayName, string? Email, bool IsActive) : IIdentityEvent;

    /// <summary>Its keys and policies are gone too.</summary>
    public sealed record UserDeleted(DateTimeOffset At, Origin By, string Name) : IIdentityEvent;

    /// <summary>A new key, or a new secret of a key of the same user.</summary>
    /// <param name="WrappedSecret">Under the master key, in the context of the key's id.</param>
    public sealed record KeyCreated(DateTimeOffset At, Origin By, string Id, string User, byte[] WrappedSecret)
        : IIdentityEvent;

    public sealed record KeyChanged(DateTimeOffset At, Origin By, string Id, bool IsActive) : IIdentityEvent;

    public sealed record KeyDeleted(DateTimeOffset At, Origin By, string Id) : IIdentityEvent;

    /// <param name="WrappedSecret">As in <see cref="KeyCreated"/>.</param>
    /// <param name="WrappedToken">The session token, likewise.</param>
    public sealed record SessionCreated(
        DateTimeOffset At, Origin By, string Id, string User, byte[] WrappedSecret, byte[] WrappedToken,
        DateTimeOffset Expires, string? Policy) : IIdentityEvent;

    public sealed record PolicyPut(DateTimeOffset At, Origin By, string User, string Name, string Document)
        : IIdentityEvent;

    public sealed record PolicyDeleted(DateTimeOffset At, Origin By, string User, string Name) : IIdentityEvent;

    public sealed record QuotaSet(DateTimeOffset At, Origin By, string User, Quota Quota) : IIdentityEvent;

    /// <summary>When keys were last used, as far as that has changed.</summary>
    public sealed record KeysUsed(
        DateTimeOffset At, Origin By, ImmutableSortedDictionary<string, DateTimeOffset> LastUsed) : IIdentityEvent;
}
