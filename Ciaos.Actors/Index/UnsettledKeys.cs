namespace Ciaos.Actors.Index;

/// <summary>
/// Of which keys of a shard something is under way: from when an event is going to change them until that is visible
/// and in the catalog. The shard alone writes it, any thread reads it. Keys share places, so that it may tell of more
/// keys than there are, and never of fewer; it has the same size whatever is under way, and takes no memory for a
/// write.
/// </summary>
internal sealed class UnsettledKeys
{
    private const int Places = 1024;
    private const long OneMore = 1;

    // In the lower half there is one less; the upper half counts those that went.
    private const long OneLess = (1L << 32) - 1;

    private readonly long[] _places = new long[Places];

    /// <summary>Where a key is told of. Its slot tells its shard: the places are dealt out by other bits of the same
    /// hash.</summary>
    /// <param name="hash">Of <see cref="KeySlot"/>.</param>
    public static int PlaceOf(uint hash) => (int)(hash / KeySlot.Count % Places);

    /// <summary>One key more is under way.</summary>
    public void Add(int place) => Volatile.Write(ref _places[place], _places[place] + OneMore);

    /// <summary>One that was added is in the catalog, and everybody sees it.</summary>
    public void Remove(int place) => Volatile.Write(ref _places[place], _places[place] + OneLess);

    public Glance LookAt(uint hash) => new(this, PlaceOf(hash));

    /// <summary>How it was with a key when it was looked at.</summary>
    public readonly struct Glance
    {
        private readonly UnsettledKeys _keys;
        private readonly int _place;
        private readonly long _seen;

        internal Glance(UnsettledKeys keys, int place)
        {
            (_keys, _place) = (keys, place);
            _seen = Volatile.Read(ref keys._places[place]);
        }

        /// <summary>Nothing was under way.</summary>
        public bool IsSettled => (uint)_seen == 0;

        /// <summary>It still is as it was, and has been so all the time since.</summary>
        public bool StillHolds => Volatile.Read(ref _keys._places[_place]) == _seen;
    }
}
