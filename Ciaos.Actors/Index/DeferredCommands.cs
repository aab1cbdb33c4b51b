using Akka.Actor;
using static Ciaos.Actors.Index.IndexProtocol;

namespace Ciaos.Actors.Index;

/// <summary>
/// Commands that are judged by what only the catalog knows (older versions, parts of uploads), and so wait until it has
/// applied what is under way for their key. Writes to the key that come meanwhile wait behind them, so that each is
/// handled in its turn.
/// </summary>
/// <param name="handle">Takes a command that had to wait.</param>
internal sealed class DeferredCommands(ShardWrites writes, Action<IKeyCommand, IActorRef> handle)
{
    private readonly Dictionary<KeyName, Queue<(IKeyCommand Command, IActorRef Client)>> _waiting = [];

    public int Unanswered => _waiting.Values.Sum(queue => queue.Count);

    /// <summary>False: nothing waits for this key.</summary>
    public bool TryQueue(KeyName name, IKeyCommand command, IActorRef client)
    {
        if (!_waiting.TryGetValue(name, out var queue)) return false;
        queue.Enqueue((command, client));
        return true;
    }

    /// <summary>The command is handled again when the batch is in the catalog.</summary>
    public void Wait(KeyName name, ShardBatch batch, IKeyCommand command, IActorRef client)
    {
        _waiting.Add(name, new Queue<(IKeyCommand, IActorRef)>([(command, client)]));
        writes.Attach(batch, new Waiting(null, null, () => Resume(name)));
    }

    public void FailAll(Failed failure)
    {
        foreach (var (_, client) in _waiting.Values.SelectMany(queue => queue)) client.Tell(failure);
    }

    // One of them may have to wait once more: then those behind it queue up again.
    private void Resume(KeyName name)
    {
        _waiting.Remove(name, out var queue);
        foreach (var (command, client) in queue!) handle(command, client);
    }
}
