using Akka.Streams.Stage;

namespace Akka.Streams.Implementation;

/// <summary>
/// One wire from an outlet to an inlet inside an island, with room for one element. Its state goes round:
/// <c>InReady</c> (the inlet may pull) → <c>Pulling</c> (the pull is under way) → <c>OutReady</c> (the outlet may
/// push) → <c>Pushing</c> (the push is under way) → <c>InReady</c>. Each end may be closed at any point.
/// </summary>
internal abstract class Connection
{
    public const int InReady = 1;
    public const int Pulling = 2;
    public const int OutReady = 4;
    public const int Pushing = 8;
    public const int InClosed = 16;
    public const int OutClosed = 32;
    public const int InFailed = 64;

    public int State = InReady;

    /// <summary>An element lies in the slot and was not grabbed yet.</summary>
    public bool HasElement;

    public GraphStageLogic InOwner = null!;
    public GraphStageLogic OutOwner = null!;
    public IInHandler InHandler = null!;
    public IOutHandler OutHandler = null!;

    /// <summary>Why the outlet failed or the inlet cancelled.</summary>
    public Exception? Cause;

    /// <summary>The next connection in the interpreter's queue of events; a connection is in it at most once.</summary>
    public Connection? Next;

    public abstract void ClearSlot();
}

internal sealed class Connection<T> : Connection
{
    public T Slot = default!;

    public override void ClearSlot()
    {
        HasElement = false;
        Slot = default!;
    }

    public T Take()
    {
        var element = Slot;
        ClearSlot();
        return element;
    }
}
