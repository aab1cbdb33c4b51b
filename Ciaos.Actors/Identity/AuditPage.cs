using System.Collections.Immutable;
using System.Globalization;
using Akka.Actor;
using Akka.Persistence;
using Ciaos.Actors.Index;
using static Ciaos.Actors.Identity.IdentityEvents;
using static Ciaos.Actors.Identity.IdentityProtocol;

namespace Ciaos.Actors.Identity;

// Reads a page of the audit log, which is the journal of identities, or that of the keeper of buckets, for one client,
// answers, and stops. It owns nothing, and holds nobody up.
internal sealed class AuditPage : ReceiveActor
{
    public const int MaxLimit = 1000;

    private static readonly CultureInfo Culture = CultureInfo.InvariantCulture;
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(20);

    private readonly ImmutableArray<AuditEntry>.Builder _entries = ImmutableArray.CreateBuilder<AuditEntry>();
    private readonly ReadAudit _read;
    private readonly string _journalPlugin;
    private readonly string _stream;
    private readonly IActorRef _client;

    public AuditPage(ReadAudit read, string journalPlugin, string stream, IActorRef client)
    {
        (_read, _journalPlugin, _stream, _client) = (read, journalPlugin, stream, client);
        Receive<ReplayedMessage>(message =>
        {
            var number = message.Persistent.SequenceNr;
            switch (message.Persistent.Payload)
            {
                case IIdentityEvent done:
                    _entries.Add(Describe(number, done));
                    break;
                case IndexEvents.IIndexEvent done:
                    _entries.Add(BucketAudits.Describe(number, done));
                    break;
            }
        });
        Receive<RecoverySuccess>(done => Answer(new AuditRead(_entries.ToImmutable(), done.HighestSequenceNr)));
        Receive<ReplayMessagesFailure>(failure => Answer(new Refused(
            RefuseReason.Unavailable, $"The journal could not be read: {failure.Cause.Message}")));
        Receive<ReceiveTimeout>(_ => Answer(new Refused(RefuseReason.Unavailable, "The journal does not answer")));
    }

    public static Props Props(ReadAudit read, string journalPlugin, string stream, IActorRef client) =>
        Akka.Actor.Props.Create(() => new AuditPage(read, journalPlugin, stream, client));

    protected override void PreStart()
    {
        if (_read.After < 0 || _read.Limit is < 1 or > MaxLimit)
        {
            Answer(new Refused(
                RefuseReason.Invalid, $"A page begins after entry 0 or later, and has 1 to {MaxLimit} entries"));
            return;
        }

        SetReceiveTimeout(Timeout);
        var journal = Persistence.Instance.Apply(Context.System).JournalFor(_journalPlugin);
        journal.Tell(new ReplayMessages(
            Math.Min(_read.After, long.MaxValue - 1) + 1, long.MaxValue, _read.Limit, _stream, Self), Self);
    }

    internal static AuditEntry Describe(long number, IIdentityEvent done)
    {
        var (subject, detail) = Tell(done);
        return new AuditEntry(
            number, done.At, done.By, IdentityEventCodec.ManifestOf(done), subject,
            detail.Where(item => item.Value is not null).ToImmutableSortedDictionary(
                item => item.Name, item => item.Value!, StringComparer.Ordinal));
    }

    private static (string Subject, (string Name, string? Value)[] Detail) Tell(IIdentityEvent done) => done switch
    {
        IdentityBegun => ("", []),
        UserCreated created => (created.Name, [
            ("canonical_id", created.CanonicalId), ("display_name", created.DisplayName), ("email", created.Email)]),
        UserChanged changed => (changed.Name, [
            ("display_name", changed.DisplayName), ("email", changed.Email), ("active", Text(changed.IsActive))]),
        UserDeleted deleted => (deleted.Name, []),
        KeyCreated created => (created.Id, [("user", created.User)]),
        KeyChanged changed => (changed.Id, [("active", Text(changed.IsActive))]),
        KeyDeleted deleted => (deleted.Id, []),
        SessionCreated created => (created.Id, [
            ("user", created.User), ("expires", created.Expires.ToString("O", Culture)), ("policy", created.Policy)]),
        PolicyPut put => (put.User, [("policy_name", put.Name), ("policy", put.Document)]),
        PolicyDeleted deleted => (deleted.User, [("policy_name", deleted.Name)]),
        QuotaSet set => (set.User, [
            ("max_bytes", Text(set.Quota.MaxBytes)), ("max_objects", Text(set.Quota.MaxObjects)),
            ("max_requests_per_second", Text(set.Quota.MaxRequestsPerSecond))]),
        KeysUsed used => ("", [("keys", string.Join(' ', used.LastUsed.Keys))]),
        _ => throw new InvalidOperationException($"{done.GetType()} is no event of identities"),
    };

    private static string Text(bool value) => value ? "true" : "false";

    private static string? Text(IFormattable? value) =>
        value?.ToString(null, Culture);

    private void Answer(IReply reply)
    {
        _client.Tell(reply);
        Context.Stop(Self);
    }
}
