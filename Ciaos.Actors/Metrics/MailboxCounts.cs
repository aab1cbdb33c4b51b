using System.Diagnostics.Metrics;

namespace Ciaos.Actors.Metrics;

/// <summary>Whose messages are counted.</summary>
internal enum Mailbox
{
    /// <summary>Needles on their way to the writers of volumes.</summary>
    VolumeWriters,

    /// <summary>Commands that the index was asked to do and has not answered: in its shards' mailboxes, or under
    /// way.</summary>
    IndexShards,

    /// <summary>Batches on their way to the catalog's writer.</summary>
    Catalog,

    /// <summary>Requests that wait for the journal's writer.</summary>
    Journal,
}

/// <summary>
/// How many messages wait: those that were sent less those that were taken. It is counted at both ends, since the
/// engine's public API does not tell the length of a mailbox.
/// </summary>
internal sealed class MailboxCounts
{
    private static readonly (Mailbox Mailbox, string Name)[] Names =
    [
        (Mailbox.VolumeWriters, "volume_writers"),
        (Mailbox.IndexShards, "index_shards"),
        (Mailbox.Catalog, "catalog"),
        (Mailbox.Journal, "journal"),
    ];

    private readonly long[] _waiting = new long[Names.Length];

    public void Sent(Mailbox mailbox) => Interlocked.Increment(ref _waiting[(int)mailbox]);

    public void Taken(Mailbox mailbox) => Interlocked.Decrement(ref _waiting[(int)mailbox]);

    public void Observe(Meter meter) => meter.CreateObservableUpDownCounter(
        "ciaos.mailbox.messages",
        () => Names.Select(name => new Measurement<long>(
            Math.Max(0, Volatile.Read(ref _waiting[(int)name.Mailbox])),
            new KeyValuePair<string, object?>("actor", name.Name))),
        "{message}", "Messages that wait for their actor");
}
