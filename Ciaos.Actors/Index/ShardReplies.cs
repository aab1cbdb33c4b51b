using Akka.Actor;

namespace Ciaos.Actors.Index;

/// <summary>Answers that speak of a state that may not be durable yet: they wait until it is.</summary>
internal sealed class ShardReplies(ShardStates states, ShardWrites writes)
{
    public void Refuse(object reply, KeyName name, IActorRef client, KeyName? alsoSpeaksOf = null)
    {
        var batch = states.PendingBatch(name);
        if (alsoSpeaksOf is { } other && states.PendingBatch(other) is { } others
            && (batch is null || others.FromSequence > batch.FromSequence))
            batch = others;
        if (batch is not null) writes.Attach(batch, new Waiting(client, reply));
        else client.Tell(reply);
    }
}
