namespace Akka.Actor.Internal;

/// <summary>What a parent keeps under the name of a child.</summary>
public interface IChildStats;

/// <summary>The name is taken, the child is being made.</summary>
public class ChildNameReserved : IChildStats
{
    private ChildNameReserved()
    {
    }

    public static ChildNameReserved Instance { get; } = new();

    public override string ToString() => "Name";
}

/// <summary>A child and how often it has been restarted.</summary>
public class ChildRestartStats : IChildStats
{
    public ChildRestartStats(
        IInternalActorRef child, uint maxNrOfRetriesCount = 0, long restartTimeWindowStartTicks = 0)
    {
        Child = child;
        MaxNrOfRetriesCount = maxNrOfRetriesCount;
        RestartTimeWindowStartTicks = restartTimeWindowStartTicks;
    }

    public long Uid => Child.Path.Uid;

    public IInternalActorRef Child { get; }

    public uint MaxNrOfRetriesCount { get; private set; }

    /// <summary>In ticks of 100 ns; 0 means that no window is open.</summary>
    public long RestartTimeWindowStartTicks { get; private set; }

    /// <param name="maxNrOfRetries">Negative means any number, 0 none.</param>
    /// <param name="withinTimeMilliseconds">Not positive means that retries are counted for ever.</param>
    public bool RequestRestartPermission(int maxNrOfRetries, int withinTimeMilliseconds)
    {
        if (maxNrOfRetries == 0) return false;
        var isLimited = maxNrOfRetries > 0;
        var hasWindow = withinTimeMilliseconds > 0;
        if (isLimited && !hasWindow)
        {
            MaxNrOfRetriesCount++;
            return MaxNrOfRetriesCount <= maxNrOfRetries;
        }

        return !hasWindow || RetriesInWindowOk(isLimited ? maxNrOfRetries : 1, withinTimeMilliseconds);
    }

    private bool RetriesInWindowOk(int retries, int windowMilliseconds)
    {
        var done = MaxNrOfRetriesCount + 1;
        var now = DateTime.UtcNow.Ticks;
        if (RestartTimeWindowStartTicks == 0) RestartTimeWindowStartTicks = now;
        var isInWindow = now - RestartTimeWindowStartTicks
            <= windowMilliseconds * TimeSpan.TicksPerMillisecond;
        if (isInWindow)
        {
            MaxNrOfRetriesCount = done;
            return done <= retries;
        }

        // The window has passed, so this failure opens the next one.
        MaxNrOfRetriesCount = 1;
        RestartTimeWindowStartTicks = now;
        return true;
    }
}

/// <summary>Why an actor waits for its children to stop.</summary>
public abstract class SuspendReason
{
    public interface IWaitingForChildren;

    /// <summary>The user stopped a child; the actor itself goes on.</summary>
    public class UserRequest : SuspendReason
    {
        private UserRequest()
        {
        }

        public static UserRequest Instance { get; } = new();
    }

    public class Recreation : SuspendReason, IWaitingForChildren
    {
        public Recreation(Exception cause) => Cause = cause;

        public Exception Cause { get; }
    }

    public class Creation : SuspendReason, IWaitingForChildren;

    public class Termination : SuspendReason
    {
        private Termination()
        {
        }

        public static Termination Instance { get; } = new();
    }
}
