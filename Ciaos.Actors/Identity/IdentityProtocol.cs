using System.Collections.Immutable;

namespace Ciaos.Actors.Identity;

/// <summary>All that is said to, or by, the keeper of identities (IdentityActor). Whatever is answered is in the
/// journal, and in the <see cref="IdentityDirectory"/>.</summary>
public static class IdentityProtocol
{
    /// <summary>Answered as its text says, or by <see cref="Refused"/>.</summary>
    public interface ICommand
    {
        Origin By { get; }
    }

    public interface IReply;

    /// <summary>Who asks, for the audit log.</summary>
    /// <param name="KeyId">With which access key; null where the node itself asks.</param>
    /// <param name="Address">From where; null where that is not known.</param>
    public sealed record Origin(string User, string? KeyId = null, string? Address = null)
    {
        /// <summary>The node itself.</summary>
        public static readonly Origin Node = new("(node)");
    }

    /// <summary>Answered by <see cref="UserStored"/>.</summary>
    /// <param name="DisplayName">Up to 256 characters; null: as <paramref name="Name"/>.</param>
    /// <param name="CanonicalId">64 hexadecimal digits; null: a random one.</param>
    public sealed record CreateUser(
        Origin By, string Name, string? DisplayName = null, string? Email = null, string? CanonicalId = null)
        : ICommand;

    /// <summary>Answered by <see cref="UserStored"/>. What is null stays as it is; an empty e-mail takes it
    /// away.</summary>
    public sealed record ChangeUser(
        Origin By, string Name, string? DisplayName = null, string? Email = null, bool? IsActive = null) : ICommand;

    /// <summary>Takes the user's keys and policies too; its buckets stay. Answered by <see
    /// cref="UserRemoved"/>.</summary>
    public sealed record DeleteUser(Origin By, string Name) : ICommand;

    /// <summary>Answered by <see cref="KeyStored"/>.</summary>
    /// <param name="Id">Null: a random one.</param>
    /// <param name="Secret">Null: a random one.</param>
    public sealed record CreateKey(Origin By, string User, string? Id = null, string? Secret = null) : ICommand
    {
        public override string ToString() => $"CreateKey {Id} of {User}";
    }

    /// <summary>Answered by <see cref="KeyStored"/>.</summary>
    public sealed record ChangeKey(Origin By, string Id, bool IsActive) : ICommand;

    /// <summary>Answered by <see cref="KeyRemoved"/>.</summary>
    public sealed record DeleteKey(Origin By, string Id) : ICommand;

    /// <summary>A temporary key of a user. Answered by <see cref="KeyStored"/>.</summary>
    /// <param name="Duration">From a second to the setting <c>ciaos.identity.max-session</c>.</param>
    /// <param name="Policy">An IAM policy that requests with this key must pass too; null: none.</param>
    public sealed record CreateSession(Origin By, string User, TimeSpan Duration, string? Policy = null) : ICommand;

    /// <summary>Adds or replaces a policy. Answered by <see cref="UserStored"/>.</summary>
    /// <param name="Name">1 to 128 letters, digits and <c>+=,.@_-</c>.</param>
    /// <param name="Document">IAM JSON, up to 20 KB.</param>
    public sealed record PutPolicy(Origin By, string User, string Name, string Document) : ICommand;

    /// <summary>Answered by <see cref="UserStored"/>.</summary>
    public sealed record DeletePolicy(Origin By, string User, string Name) : ICommand;

    /// <summary>Answered by <see cref="UserStored"/>.</summary>
    public sealed record SetQuota(Origin By, string User, Quota Quota) : ICommand;

    public sealed record UserStored(User User) : IReply;

    public sealed record UserRemoved(string Name) : IReply;

    public sealed record KeyStored(AccessKey Key) : IReply;

    public sealed record KeyRemoved(string Id) : IReply;

    /// <summary>Nothing has changed; of <see cref="RefuseReason.Unavailable"/> nobody knows.</summary>
    /// <param name="Detail">A sentence for the client.</param>
    public sealed record Refused(RefuseReason Reason, string Detail) : IReply;

    /// <summary>Never renumber.</summary>
    public enum RefuseReason
    {
        /// <summary>The journal failed, or has not been read yet.</summary>
        Unavailable = 1,

        /// <summary>Something in the command has a form that is not allowed.</summary>
        Invalid = 2,
        NoSuchUser = 3,
        NoSuchKey = 4,
        NoSuchPolicy = 5,

        /// <summary>Name, e-mail, canonical id or key id is somebody's already.</summary>
        Exists = 6,

        /// <summary>The root user cannot be without its rights, nor without a key.</summary>
        RootNeeded = 7,
        TooMany = 8,
    }

    /// <summary>Tell of a page of the audit log. Answered by <see cref="AuditRead"/> or <see
    /// cref="Refused"/>.</summary>
    /// <param name="After">Only entries of higher numbers; 0 to begin.</param>
    /// <param name="Limit">1 to 1,000.</param>
    /// <param name="OfBuckets">Of what was done to buckets; otherwise of what was done to identities. Each log has
    /// numbers of its own.</param>
    public sealed record ReadAudit(long After, int Limit, bool OfBuckets = false);

    /// <param name="Last">The number of the newest entry there is.</param>
    public sealed record AuditRead(ImmutableArray<AuditEntry> Entries, long Last) : IReply;

    /// <summary>Something that was done. It never holds a secret.</summary>
    /// <param name="Number">1, 2, 3 …</param>
    /// <param name="Action">Such as <c>user-created</c>.</param>
    /// <param name="Subject">The user, or the key, that it was done to; empty where there is none.</param>
    /// <param name="Detail">What else there is to tell, by name.</param>
    public sealed record AuditEntry(
        long Number, DateTimeOffset At, Origin By, string Action, string Subject,
        ImmutableSortedDictionary<string, string> Detail);
}
