using System.Collections.Immutable;
using Akka.Actor;
using Akka.Event;
using Akka.Persistence;
using static Ciaos.Actors.Identity.IdentityEvents;
using static Ciaos.Actors.Identity.IdentityProtocol;

namespace Ciaos.Actors.Identity;

// Owns users, keys and policies: checks a command, persists its event, shows the new state to the front ends'
// directory, and only then answers. All of it is in memory, and made from the journal at every start. When the journal
// fails it stops, and its keeper starts it again; with a wrong master key it never serves. At the very first start it
// makes the user root; where the journal was lost it takes the events from the file that keeps them too. Runs on
// ciaos.identity.dispatcher, where waiting for that file is allowed.
internal sealed class IdentityActor : ReceivePersistentActor, IWithTimers
{
    public const string Id = "identity";

    // Somebody who is late is told that the credentials have expired, and not that they never were.
    private static readonly TimeSpan KeepExpired = TimeSpan.FromHours(1);

    private readonly IdentityContext _context;
    private readonly IdentityDirectory _directory;
    private readonly IdentityRules _rules;
    private readonly IdentityRecorder _recorder;
    private IdentityState _state = IdentityState.Empty;
    private Refused? _failure;
    private bool _isFailureFinal;
    private bool _isWrongMasterKey;

    public IdentityActor(IdentityContext context, IdentityDirectory directory)
    {
        (_context, _directory, _rules) = (context, directory, new IdentityRules(context));
        JournalPluginId = context.Settings.JournalPlugin;
        _recorder = new IdentityRecorder(context.Disk, Log);
        Recover<IIdentityEvent>(Apply);
        Recover<RecoveryCompleted>(_ => Serve());
        Command<ICommand>(Handle);
        Command<ReadAudit>(read => Context.ActorOf(read.OfBuckets
            ? AuditPage.Props(read, context.BucketsJournal, BucketAudits.Stream, Sender)
            : AuditPage.Props(read, JournalPluginId!, Id, Sender)));
        Command<Tick>(_ => NoteUses(() => { }));
        Command<IdentityKeeper.Stop>(_ => NoteUses(() => Context.Stop(Self)));
    }

    public override string PersistenceId => Id;

    public ITimerScheduler Timers { get; set; } = null!;

    private DateTimeOffset Now => _context.Time.GetUtcNow();

    public static Props Props(IdentityContext context, IdentityDirectory directory) =>
        Akka.Actor.Props.Create(() => new IdentityActor(context, directory))
            .WithDispatcher("ciaos.identity.dispatcher");

    protected override void OnRecoveryFailure(Exception reason, object? message = null)
    {
        base.OnRecoveryFailure(reason, message);
        (_isFailureFinal, _isWrongMasterKey) = (IdentityKeeper.IsFinal(reason), reason is WrongMasterKeyException);
        _failure = new Refused(RefuseReason.Unavailable, reason is WrongMasterKeyException or SettingsException
            ? reason.Message
            : $"The identities could not be read from the journal: {reason.Message}");
    }

    protected override void OnPersistFailure(Exception cause, object @event, long sequenceNr)
    {
        base.OnPersistFailure(cause, @event, sequenceNr);
        _failure = new Refused(RefuseReason.Unavailable, $"The journal could not be written: {cause.Message}");
    }

    protected override void OnPersistRejected(Exception cause, object @event, long sequenceNr)
    {
        base.OnPersistRejected(cause, @event, sequenceNr);
        _failure = new Refused(RefuseReason.Unavailable, $"The journal has refused the event: {cause.Message}");
        Context.Stop(Self);
    }

    protected override void PostStop()
    {
        if (_failure is not null)
            Context.Parent.Tell(new IdentityKeeper.Failing(_failure, _isFailureFinal, _isWrongMasterKey));
        _recorder.Close();
        base.PostStop();
    }

    private void Serve()
    {
        var saved = LastSequenceNr == 0 ? _recorder.Saved : [];
        _recorder.Begin(LastSequenceNr);
        if (saved.Count == 0)
        {
            Begin();
            return;
        }

        // With the wrong master key none of them must get into the journal.
        saved.Aggregate(_state, (state, message) => state.Apply(message, _context.MasterKey));
        Log.Warning("The journal is empty: {0} events are taken from {1}", saved.Count, IdentityLog.FileName);
        PersistEach([.. saved], Begin);
    }

    private void Begin()
    {
        _state = _state.WithoutExpired(Now - KeepExpired);
        Timers.StartPeriodicTimer(Tick.Instance, Tick.Instance, _context.Settings.LastUseInterval);
        var (first, key) = RootEvents();
        if (key is not null) _context.Secrets.KeepRoot(key);
        PersistEach(first, BeReady);
    }

    private void Apply(IIdentityEvent message)
    {
        _state = _state.Apply(message, _context.MasterKey);
        _recorder.Record(LastSequenceNr, message);
    }

    private void BeReady()
    {
        _recorder.Flush();
        _directory.Show(_state);
        Context.Parent.Tell(IdentityKeeper.Ready.Instance);
    }

    // What has to be done before anybody is served: make root, or give it the key that the settings want it to have.
    private (ImmutableArray<IIdentityEvent> Events, AccessKey? Key) RootEvents()
    {
        var events = ImmutableArray.CreateBuilder<IIdentityEvent>();
        var (settings, now) = (_context.Settings, Now);
        if (LastSequenceNr == 0)
            events.Add(new IdentityBegun(now, Origin.Node, IdentityState.NewCheck(_context.MasterKey)));
        var hasRoot = _state.Users.ContainsKey(IdentityRules.RootName);
        if (!hasRoot)
            events.Add(new UserCreated(
                now, Origin.Node, IdentityRules.RootName, KeyTexts.NewCanonicalId(_context.Random),
                IdentityRules.RootName, null, IsRoot: true));
        var isChosen = settings.RootAccessKey.Length > 0;
        var known = isChosen ? _state.Keys.GetValueOrDefault(settings.RootAccessKey) : null;
        if (known is not null && known.User != IdentityRules.RootName)
            throw new SettingsException(
                "ciaos.identity.root-access-key", settings.RootAccessKey,
                $"a key of nobody but root: this one belongs to {known.User}");
        if (hasRoot && (!isChosen || (known is { IsActive: true } && known.Secret == settings.RootSecretKey)))
            return (events.ToImmutable(), null);
        var (id, secret) = isChosen
            ? (settings.RootAccessKey, settings.RootSecretKey)
            : (KeyTexts.NewId("AK", _context.Random), KeyTexts.NewSecret(_context.Random));
        events.Add(_rules.KeyOf(Origin.Node, IdentityRules.RootName, id, secret, now));
        return (events.ToImmutable(),
            new AccessKey(id, secret, IdentityRules.RootName, IsActive: true, now, null, null, null));
    }

    private void PersistEach(ImmutableArray<IIdentityEvent> events, Action done)
    {
        if (events.IsEmpty)
        {
            done();
            return;
        }

        var left = events.Length;
        PersistAll(events, message =>
        {
            Apply(message);
            if (--left == 0) done();
        });
    }

    private void Handle(ICommand command)
    {
        var (message, refused) = _rules.Judge(command, _state, Now);
        if (message is null)
        {
            Sender.Tell(refused ?? IdentityRules.ReplyTo(command, null, _state));
            return;
        }

        Persist(message, done =>
        {
            Apply(done);
            _recorder.Flush();
            _directory.Show(_state);
            Sender.Tell(IdentityRules.ReplyTo(command, done, _state));
        });
    }

    private void NoteUses(Action done)
    {
        _state = _state.WithoutExpired(Now - KeepExpired);
        var used = _directory.TakeUses();
        PersistEach(
            used.Count == 0
                ? []
                : [new KeysUsed(Now, Origin.Node, used.ToImmutableSortedDictionary(StringComparer.Ordinal))],
            () =>
            {
                _recorder.Flush();
                _directory.Show(_state);
                done();
            });
    }

    private sealed record Tick
    {
        public static readonly Tick Instance = new();
    }
}
