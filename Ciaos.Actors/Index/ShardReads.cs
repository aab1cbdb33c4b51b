using System.Collections.Immutable;
using Akka.Actor;
using Ciaos.Actors.Index.Catalog;
using Ciaos.Storage;
using static Ciaos.Actors.Index.IndexProtocol;

namespace Ciaos.Actors.Index;

/// <summary>Look-ups and the reading of segments: answered at once, from what is durable and in the catalog.</summary>
internal sealed class ShardReads(
    ShardContext shard, ShardStates states, ReadTickets tickets, SegmentPages pages, DeferredCommands deferred)
{
    /// <summary>False for what is no read, or must wait for the end of a rename.</summary>
    public bool TryHandle(IKeyCommand command, IActorRef client, OutgoingRenames renames)
    {
        switch (command)
        {
            case Lookup lookup when renames.Find(new KeyName(lookup.Bucket, lookup.Key)) is null:
                if (!TryDefer(lookup, client)) client.Tell(Find(lookup));
                return true;
            case LookupMany lookup:
                client.Tell(new FoundMany([.. lookup.Keys.Select(key => FindSmall(lookup.Bucket, key, renames))]));
                return true;
            case ReadSegments read:
                client.Tell(Page(read.Ticket, content => pages.Page(content, Math.Max(0, read.FromOrdinal))));
                return true;
            case SeekSegments seek:
                client.Tell(Page(seek.Ticket, content => pages.Seek(content, Math.Max(0, seek.OffsetBytes))));
                return true;
            case EndRead end:
                tickets.End(end.Ticket);
                return true;
            default:
                return false;
        }
    }

    // Only the catalog knows versions that are not the current one, and it may not have all of the key yet.
    private bool TryDefer(Lookup lookup, IActorRef client)
    {
        var name = new KeyName(lookup.Bucket, lookup.Key);
        if (lookup is { Version: null, Settled: false } || states.PendingBatch(name) is not { } batch) return false;
        if (!deferred.TryQueue(name, lookup, client)) deferred.Wait(name, batch, lookup, client);
        return true;
    }

    private IReply Find(Lookup lookup)
    {
        var name = new KeyName(lookup.Bucket, lookup.Key);
        var state = states.GetVisible(name);
        if (lookup.Version is { } version)
        {
            if (state is not null && state.Record.VersionId != version)
                state = shard.Readers.Read(reader => reader.FindVersion(name, version));
        }
        else if (CommandRules.Visible(state) is null)
        {
            return CommandRules.NotFound(state);
        }

        return state is null ? KeyNotFound.Instance : Found(lookup, state);
    }

    private IReply? FindSmall(BucketId bucket, ObjectKey key, OutgoingRenames renames)
    {
        var name = new KeyName(bucket, key);
        if (shard.Layout.ShardOf(bucket, key) != shard.Shard || renames.Find(name) is not null) return null;
        var state = states.GetVisible(name);
        if (CommandRules.Visible(state) is not { } now) return CommandRules.NotFound(state);
        if (now.SegmentCount > LookupMany.MaxSegments) return null;
        var segments = state!.HasRows ? pages.Page(ContentView.Of(state), 0).Segments : state.ReadInline();
        return new Found(now, segments, null);
    }

    private IReply Found(Lookup lookup, ObjectState state)
    {
        if (!lookup.ForReading) return new Found(state.Record, [], null);
        if (!state.HasRows) return new Found(state.Record, state.ReadInline(), null);
        var content = ContentView.Of(state);
        var segments = pages.Page(content, 0).Segments;
        if (segments.Length == content.SegmentCount) return new Found(state.Record, segments, null);
        return tickets.IsFull
            ? new Failed(FailReason.Overloaded, "Too many large objects are being read at once")
            : new Found(state.Record, segments, tickets.Give(content));
    }

    private IReply Page(ReadTicket ticket, Func<ContentView, SegmentPage> read) =>
        tickets.Use(ticket) is { } content
            ? read(content)
            : new Failed(FailReason.TicketExpired, "The read was idle for too long, or its shard was restarted");
}
