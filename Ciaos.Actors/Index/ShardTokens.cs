using Akka.Actor;
using static Ciaos.Actors.Index.IndexProtocol;

namespace Ciaos.Actors.Index;

/// <summary>
/// Answers repeats of writes that have a token, before anything else is judged: from what is on its way to the catalog,
/// or from what the catalog remembers. Nothing is said before it is durable.
/// </summary>
internal sealed class ShardTokens(ShardContext shard, ShardStates states, ShardWrites writes)
{
    /// <summary>How many that may be forgotten go with each batch that brings new ones: more than it brings, so that
    /// they do not heap up.</summary>
    private const int MinForgotten = 64;

    /// <summary>True: it is answered, or will be.</summary>
    public bool TryAnswer(IKeyCommand command, KeyName name, IActorRef client) => command switch
    {
        Put { Idempotency: { } token } put =>
            TryReplay(name, token.Text, OperationOf(put.Mode), token, client),
        Append { Idempotency: { } token } =>
            TryReplay(name, token.Text, WriteOperation.Append, token, client),
        Recall recall => TryReplay(name, recall.Token, recall.Operation, body: null, client) || Look(name, client),
        _ => false,
    };

    public static WriteOperation OperationOf(PutMode mode) => mode switch
    {
        PutMode.Create => WriteOperation.Create,
        PutMode.Replace => WriteOperation.Replace,
        _ => WriteOperation.Upsert,
    };

    /// <summary>Lets what is too old go along with new ones.</summary>
    public static void AddForgetting(ShardContext shard, ShardBatch batch)
    {
        if (batch.Remembered.Count > 0)
            batch.Changes.Add(new CatalogChange.Forget(
                OldestOf(shard), Math.Max(MinForgotten, 2 * batch.Remembered.Count)));
    }

    /// <summary>What happened before is not remembered any more.</summary>
    public static DateTimeOffset OldestOf(ShardContext shard) =>
        shard.Time.GetUtcNow() - shard.Settings.IdempotencyRetention;

    /// <param name="body">Null: it is not there yet, and whoever asks compares it.</param>
    private bool TryReplay(
        KeyName name, string text, WriteOperation operation, IdempotencyToken? body, IActorRef client)
    {
        var (batch, write) = writes.FindRemembered(name, text);
        write ??= shard.Readers.Read(reader => reader.Tokens.Find(name, text));
        if (write is null || (batch is null && write.At < OldestOf(shard))) return false;
        object reply = ReplyTo(write, operation, body);
        if (batch is null) client.Tell(reply);
        else writes.Attach(batch, new Waiting(client, reply));
        return true;
    }

    private static IReply ReplyTo(RememberedWrite write, WriteOperation operation, IdempotencyToken? body)
    {
        if (write.Stamp.Operation != operation)
            return new IdempotencyMismatch(
                "This idempotency key has been used for the same key before, with another operation");
        if (body is null) return new Remembered(write.Stamp.Token, write.Outcome());
        return write.Stamp.Token == body ? write.Outcome() : IdempotencyMismatch.OtherBody;
    }

    private bool Look(KeyName name, IActorRef client)
    {
        var state = states.GetVisible(name);
        client.Tell(
            CommandRules.Visible(state) is { } now ? new Found(now, [], null) : CommandRules.NotFound(state));
        return true;
    }
}
