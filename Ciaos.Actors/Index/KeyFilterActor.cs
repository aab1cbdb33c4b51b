using Akka.Actor;
using Akka.Event;
using Ciaos.Actors.Index.Catalog;

namespace Ciaos.Actors.Index;

// Fills the shards' key filters: reads all keys of the catalog in order, a page at a time and with pauses, since
// everybody else goes before. All shards that have asked before it begins share one way through. Runs on
// ciaos.index.dispatcher, where waiting for the catalog is allowed.
internal sealed class KeyFilterActor : ReceiveActor, IWithTimers
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(10);

    // At a start all shards ask within this time. After a failure it is tried again then.
    private static readonly TimeSpan Delay = TimeSpan.FromMilliseconds(500);

    private readonly CatalogReaders _readers;
    private readonly ShardLayout _layout;
    private readonly int _pageKeys;
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly Dictionary<int, KeyFilter> _asked = [];
    private readonly Dictionary<int, KeyFilter> _filling = [];
    private KeyPlace _place = KeyPlace.First;

    public KeyFilterActor(CatalogReaders readers, ShardLayout layout, int keysPerSecond)
    {
        (_readers, _layout) = (readers, layout);
        _pageKeys = Math.Max(1, (int)(keysPerSecond * Pause.TotalSeconds));
        Receive<Fill>(fill =>
        {
            _asked[fill.Shard] = fill.Filter;
            if (!Timers.IsTimerActive(Next.Instance)) GoOnAfter(Delay);
        });
        Receive<Next>(_ => ReadPage());
    }

    public ITimerScheduler Timers { get; set; } = null!;

    public static Props Props(CatalogReaders readers, ShardLayout layout, int keysPerSecond) =>
        Akka.Actor.Props.Create(() => new KeyFilterActor(readers, layout, keysPerSecond))
            .WithDispatcher("ciaos.index.dispatcher");

    private void ReadPage()
    {
        if (_filling.Count == 0)
        {
            foreach (var (shard, filter) in _asked) _filling.Add(shard, filter);
            _asked.Clear();
            _place = KeyPlace.First;
        }

        try
        {
            var hashes = _readers.Read(reader => reader.Keys.Read(ref _place, _pageKeys));
            foreach (var hash in hashes)
                if (_filling.TryGetValue(_layout.ShardOf(KeySlot.Of(hash)), out var filter)) filter.Fill(hash);
            if (hashes.Count < _pageKeys) Complete();
            else GoOnAfter(Pause);
        }
        catch (Exception failure) when (IndexFailures.IsOfCatalog(failure))
        {
            _log.Warning("The keys of the catalog could not be read, and will be later: {0}", failure.Message);
            GoOnAfter(Delay);
        }
    }

    private void Complete()
    {
        foreach (var filter in _filling.Values) filter.Complete();
        _filling.Clear();
        if (_asked.Count > 0) GoOnAfter(Delay);
    }

    private void GoOnAfter(TimeSpan time) => Timers.StartSingleTimer(Next.Instance, Next.Instance, time);

    /// <summary>The filter was begun, and is to be filled with the keys of a shard.</summary>
    public sealed record Fill(int Shard, KeyFilter Filter);

    private sealed record Next
    {
        public static readonly Next Instance = new();
    }
}
