using System.Collections.Concurrent;
using Ciaos.Actors.Identity.Policies;

namespace Ciaos.Actors.Identity;

/// <summary>
/// All users and keys, for front ends: any thread may ask, nobody waits. A change is here before it is acknowledged;
/// before the journal has been read it is empty.
/// </summary>
public sealed class IdentityDirectory(TimeProvider time)
{
    private readonly ConcurrentDictionary<string, long> _used = new(StringComparer.Ordinal);
    private readonly IdentityPolicies _policies = new();
    private volatile IdentityState _state = IdentityState.Empty;

    internal IdentityState State => _state;

    /// <summary>Active or not, expired or not: whoever asks has to look.</summary>
    public AccessKey? FindKey(string id) => _state.Keys.GetValueOrDefault(id);

    public User? FindUser(string name) => _state.Users.GetValueOrDefault(name);

    public User? FindByCanonicalId(string id)
    {
        var state = _state;
        return state.NamesByCanonicalId.TryGetValue(id, out var name) ? state.Users[name] : null;
    }

    /// <param name="email">In any case.</param>
    public User? FindByEmail(string email)
    {
        var state = _state;
        return state.NamesByEmail.TryGetValue(email, out var name) ? state.Users[name] : null;
    }

    /// <summary>In the order of their names.</summary>
    public IReadOnlyList<User> Users() => [.. _state.Users.Values.OrderBy(user => user.Name, StringComparer.Ordinal)];

    /// <summary>A user's keys in the order of their ids, temporary ones too.</summary>
    public IReadOnlyList<AccessKey> KeysOf(string user) => [.. _state.KeysOf(user)];

    /// <summary>What the policies of a user say to a request. Root may do everything. With a temporary key whose
    /// session has a policy, both have to allow it, and either may deny it.</summary>
    /// <param name="isOwner">The user may do it unless a policy denies it, since what it is about belongs to
    /// it.</param>
    public PolicyDecision Evaluate(User user, AccessKey? key, PolicyRequest request, bool isOwner = false) =>
        _policies.Evaluate(user, key, request, isOwner);

    /// <summary>To be called when a request was proved with a key. It is kept in memory, and in the journal only now
    /// and then.</summary>
    public void NoteUse(string keyId)
    {
        // Most requests only look: to write takes a lock, and a second more or less does not matter.
        var now = time.GetUtcNow().UtcTicks;
        if (!_used.TryGetValue(keyId, out var before) || now - before >= TimeSpan.TicksPerSecond) _used[keyId] = now;
    }

    /// <summary>When a key was last used; null: never, or so short before a crash that it was not kept.</summary>
    public DateTimeOffset? LastUsed(string keyId) => _used.TryGetValue(keyId, out var ticks)
        ? new DateTimeOffset(ticks, TimeSpan.Zero)
        : _state.LastUsed.TryGetValue(keyId, out var kept) ? kept : null;

    internal void Show(IdentityState state) => _state = state;

    /// <summary>What was noted since the last call. Keys that are gone are left out.</summary>
    internal IReadOnlyDictionary<string, DateTimeOffset> TakeUses()
    {
        var state = _state;
        var taken = new Dictionary<string, DateTimeOffset>(StringComparer.Ordinal);
        foreach (var (id, ticks) in _used)
        {
            var used = new DateTimeOffset(ticks, TimeSpan.Zero);
            if (!state.Keys.ContainsKey(id)) _used.TryRemove(id, out _);
            else if (state.LastUsed.GetValueOrDefault(id) < used) taken[id] = used;
        }

        return taken;
    }
}
