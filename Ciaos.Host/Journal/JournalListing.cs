using Ciaos.Actors.Index;
using Ciaos.Actors.Journal;
using static Ciaos.Actors.Index.IndexEvents;

namespace Ciaos.Host.Journal;

/// <summary>Goes through a journal in pages, so that a node's log is never held for long, and shows what it
/// finds.</summary>
internal sealed class JournalListing(JournalInspection journal, JournalRequest request, TextWriter output)
{
    private const int PageRows = 1000;
    private const int KnownOwners = 10_000;
    private const string Buckets = "buckets";

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    private readonly LruCache<long, string?> _owners = new(KnownOwners);
    private long _lastRead;
    private long _position = request.After;
    private long _left = request.Limit;

    /// <summary>So many events were not understood.</summary>
    public long Problems { get; private set; }

    /// <param name="stop">Ends it, also where it follows.</param>
    public void Run(ManualResetEventSlim stop)
    {
        if (request.Last is { } last)
        {
            _position = journal.LastPosition();
            foreach (var entry in journal.Last(last, request.Stream, request.After)) Show(entry);
        }
        else
        {
            ShowRest(stop);
        }

        while (request.Follows && !stop.IsSet)
        {
            output.Flush();
            stop.Wait(Pause);
            ShowRest(stop);
        }
    }

    private void ShowRest(ManualResetEventSlim stop)
    {
        for (var isFull = true; isFull && _left > 0 && !stop.IsSet;)
        {
            var shown = 0;
            var wanted = (int)Math.Min(PageRows, _left);
            foreach (var entry in journal.After(_position, wanted, request.Stream))
            {
                Show(entry);
                shown++;
            }

            _left -= shown;
            isFull = shown == wanted;
        }
    }

    private void Show(JournalEntry entry)
    {
        _position = Math.Max(_position, entry.Row.Ordering);
        var message = entry.Decode(out var problem);
        if (message is null) Problems++;
        Note(message);
        var owner = message is IKeyEvent about ? OwnerOf(about.Bucket.Value) : null;
        if (request.AsJson) output.WriteLine(JournalJson.Line(entry, message, problem, owner));
        else JournalText.Write(output, entry, message, problem, owner, request.IsVerbose);
    }

    // Which event has made a bucket only the keeper's events tell, one after the other.
    private string? OwnerOf(long bucket)
    {
        if (_owners.TryGet(bucket, out var owner)) return owner;
        owner = ReadOwner(bucket);
        if (owner is null && _owners.Count == KnownOwners)
        {
            // It may have been known, and forgotten for others.
            _lastRead = 0;
            owner = ReadOwner(bucket);
        }

        _owners.Set(bucket, owner);
        return owner;
    }

    private string? ReadOwner(long bucket)
    {
        while (journal.Find(Buckets, _lastRead + 1) is { } entry)
        {
            _lastRead++;
            if (Note(entry.Decode(out _)) is var (made, owner) && made == bucket) return owner;
        }

        return null;
    }

    private (long Bucket, string Owner)? Note(object? message)
    {
        var made = message switch
        {
            BucketCreated created => (created.Bucket.Value, created.Owner),
            BucketMade its => (its.Bucket.Value, its.Owner),
            _ => ((long, string)?)null,
        };
        if (made is var (bucket, owner)) _owners.Set(bucket, owner);
        return made;
    }
}
