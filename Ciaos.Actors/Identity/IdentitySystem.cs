using Akka.Actor;
using Ciaos.Storage.Disks;
using static Ciaos.Actors.Identity.IdentityProtocol;

namespace Ciaos.Actors.Identity;

/// <summary>The identities of a node: starts and stops their keeper, and is the way to it.</summary>
public sealed class IdentitySystem
{
    private readonly IActorRef _keeper;
    private readonly TimeSpan _timeout;

    private IdentitySystem(ActorSystem system, IdentityContext context)
    {
        Time = context.Time;
        Directory = new IdentityDirectory(Time);
        _timeout = context.Settings.AskTimeout;
        _keeper = system.ActorOf(
            IdentityKeeper.Props(context.Settings, IdentityActor.Props(context, Directory)), "identity");
    }

    /// <summary>Who is who, for front ends.</summary>
    public IdentityDirectory Directory { get; }

    /// <summary>The clock by which temporary keys expire.</summary>
    public TimeProvider Time { get; }

    /// <summary>Returns at once; see <see cref="WhenReadyAsync"/>.</summary>
    /// <param name="bucketsJournal">The journal plug-in of the keeper of buckets, for the audit log; empty: the
    /// system's default.</param>
    public static IdentitySystem Start(
        ActorSystem system, IdentitySettings settings, IdentitySecrets secrets, IDisk disk, TimeProvider time,
        string bucketsJournal = "") =>
        new(system, new IdentityContext(settings, secrets, disk, time, bucketsJournal));

    /// <summary>Does a command. What is refused, or not answered in time, comes as <see cref="Refused"/>.</summary>
    public Task<IReply> SendAsync(ICommand command, CancellationToken cancellation) => AskAsync(command, cancellation);

    /// <summary>Answers <see cref="AuditRead"/> or <see cref="Refused"/>.</summary>
    public Task<IReply> ReadAuditAsync(long after, int limit, bool ofBuckets, CancellationToken cancellation) =>
        AskAsync(new ReadAudit(after, limit, ofBuckets), cancellation);

    /// <summary>Waits until the journal has been read, and there is a root user.</summary>
    /// <exception cref="IdentityUnusableException">It never will be: with another master key than the one that secrets
    /// were encrypted under, or with settings that contradict what is there.</exception>
    /// <exception cref="TimeoutException">It is not; the text tells why.</exception>
    public async Task WhenReadyAsync(TimeSpan timeout)
    {
        try
        {
            var status = await _keeper.Ask<IdentityKeeper.IdentityStatus>(IdentityKeeper.AwaitReady.Instance, timeout);
            if (!status.IsReady) throw new IdentityUnusableException(status.Detail, status.IsWrongMasterKey);
        }
        catch (AskTimeoutException)
        {
            throw new TimeoutException($"The identities are not ready: {await GetUnreadyAsync(timeout)}");
        }
    }

    /// <summary>Why nobody's identity can be changed now; empty where it can.</summary>
    public async Task<string> GetUnreadyAsync(TimeSpan timeout)
    {
        try
        {
            var status = await _keeper.Ask<IdentityKeeper.IdentityStatus>(IdentityKeeper.GetStatus.Instance, timeout);
            return status.Detail;
        }
        catch (AskTimeoutException)
        {
            return $"no answer within {timeout}";
        }
    }

    /// <summary>Finishes what has begun, keeps when keys were last used, and refuses everything else.</summary>
    public async Task StopAsync(TimeSpan timeout) =>
        await _keeper.Ask<IdentityKeeper.Stopped>(IdentityKeeper.Stop.Instance, timeout);

    private async Task<IReply> AskAsync(object message, CancellationToken cancellation)
    {
        try
        {
            return await _keeper.Ask<IReply>(message, _timeout, cancellation);
        }
        catch (AskTimeoutException)
        {
            return new Refused(
                RefuseReason.Unavailable, $"The keeper of identities did not answer within {_timeout}");
        }
    }
}

/// <summary>The node cannot serve with this master key, or these settings.</summary>
public sealed class IdentityUnusableException(string message, bool isWrongMasterKey) : Exception(message)
{
    public bool IsWrongMasterKey { get; } = isWrongMasterKey;
}
