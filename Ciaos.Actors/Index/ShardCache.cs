using System.Collections.Concurrent;
using static Ciaos.Actors.Index.IndexProtocol;

namespace Ciaos.Actors.Index;

/// <summary>
/// What a shard remembers of its keys: as they are for readers, or that there is no such key. It is part of the read
/// model. The shard writes it before it answers a write; many threads look keys up in it meanwhile, and so need no
/// answer of the shard where the key is known and can be answered by itself. They may add what they have found in the
/// catalog (<see cref="TryRemember"/>). Bounded: what has not been used since the hand last came by makes room (CLOCK).
/// Where all places are taken, a key that is only read gets one when it is read again: else reads all over many keys
/// would only push each other out, and all that they leave behind would have grown old for the garbage collector.
/// What has no place is kept packed, as long as there is room (<see cref="PackedStates"/>), and so is what is written,
/// until it is read: writes leave nothing behind that the garbage collector would have to carry along. A key is in one
/// of the two, or in none.
/// </summary>
/// <param name="capacity">Keys, at least one.</param>
/// <param name="packedBytes">Of memory for packed keys; with less than
/// <see cref="PackedStates.MinCapacityBytes"/> none are kept.</param>
internal sealed class ShardCache(int capacity, int packedBytes = 0)
{
    private readonly PackedStates? _packed =
        packedBytes >= PackedStates.MinCapacityBytes ? new PackedStates(packedBytes) : null;

    private readonly ConcurrentDictionary<KeyName, Entry> _entries = new(concurrencyLevel: 1, capacity: 31);
    private readonly List<KeyName> _ring = [];
    private readonly Lock _gate = new();
    private int _hand;

    // Null as long as there is a place for every key.
    private PassingKeys? _passing;

    /// <summary>How many keys have a place.</summary>
    public int Count => _ring.Count;

    /// <summary>The answer to a <see cref="Lookup"/> of the current version. For any thread.</summary>
    /// <param name="reply">Null: only the shard can tell, because the key is changing just now, is being renamed, or
    /// has many segments.</param>
    /// <returns>Whether the key is known here.</returns>
    public bool TryFind(KeyName name, bool forReading, out IReply? reply)
    {
        reply = null;
        if (!_entries.TryGetValue(name, out var entry)) return TryFindPacked(name, forReading, out reply);
        if (entry.IsHidden) return true;
        entry.Use();
        reply = entry.Answer(forReading);
        return true;
    }

    /// <summary>What a reader has found in the catalog, unless the key is known by now, or what was found may be of the
    /// past, or the key came by for the first time and there is no place left. For any thread.</summary>
    /// <param name="before">What was looked at before the catalog was read. Whether it still holds is asked while
    /// nobody else writes here.</param>
    /// <returns>The answer, as of <see cref="TryFind"/>. Null also where it does not hold any more.</returns>
    public IReply? TryRemember(
        KeyName name, ObjectState? state, bool forReading, in UnsettledKeys.Glance before)
    {
        var entry = new Entry(state);
        var isPassing = Volatile.Read(ref _passing) is { } passing && !passing.Note(name);
        if (isPassing && _packed is null) return before.StillHolds ? entry.Answer(forReading) : null;
        lock (_gate)
        {
            if (!before.StillHolds) return null;
            if (!_entries.ContainsKey(name))
            {
                if (isPassing)
                {
                    _packed!.TrySet(name, state);
                }
                else
                {
                    _packed?.Remove(name);
                    Add(name, entry);
                }
            }
        }

        return entry.Answer(forReading);
    }

    /// <summary>For the shard alone.</summary>
    public bool TryGet(KeyName name, out ObjectState? state)
    {
        state = null;
        if (!_entries.TryGetValue(name, out var entry)) return _packed?.TryGet(name, out state) ?? false;
        entry.Use();
        state = entry.State;
        return true;
    }

    /// <summary>As <see cref="Set"/>, for keys that change together: readers who see one of them as it is now must not
    /// see another as it was, such as the other key of a rename. Who comes in between asks the shard, which answers
    /// when it is done here.</summary>
    public void SetAll(IEnumerable<KeyValuePair<KeyName, ObjectState?>> states)
    {
        lock (_gate)
        {
            foreach (var (name, _) in states)
            {
                if (_entries.TryGetValue(name, out var entry)) entry.IsHidden = true;
                else _packed?.Remove(name);
            }
        }

        foreach (var (name, state) in states) Set(name, state);
    }

    /// <summary>From here on readers see this. For the shard alone.</summary>
    /// <param name="state">Null: there is no such key.</param>
    public void Set(KeyName name, ObjectState? state)
    {
        lock (_gate)
        {
            if (_entries.ContainsKey(name))
            {
                _entries[name] = new Entry(state);
            }
            else if (_packed?.TrySet(name, state) != true)
            {
                Add(name, new Entry(state));
            }
        }
    }

    private bool TryFindPacked(KeyName name, bool forReading, out IReply? reply)
    {
        reply = null;
        if (_packed is null || !_packed.TryGet(name, out var state)) return false;
        reply = new Entry(state).Answer(forReading);
        if (Volatile.Read(ref _passing)?.Note(name) ?? true) Unpack(name, _packed);
        return true;
    }

    // It may have changed since it was read, and have been packed again.
    private void Unpack(KeyName name, PackedStates packed)
    {
        lock (_gate)
        {
            if (!packed.TryGet(name, out var state)) return;
            packed.Remove(name);
            Add(name, new Entry(state));
        }
    }

    // It is packed no more.
    private void Add(KeyName name, Entry entry)
    {
        TakePlace(name);
        _entries[name] = entry;
    }

    private void TakePlace(KeyName name)
    {
        if (_ring.Count < capacity)
        {
            _ring.Add(name);
            if (_ring.Count == capacity) Volatile.Write(ref _passing, new PassingKeys(capacity));
            return;
        }

        while (_entries[_ring[_hand]].GetsAnotherRound()) Advance();
        if (_entries.TryRemove(_ring[_hand], out var gone) && !gone.IsHidden) _packed?.TrySet(_ring[_hand], gone.State);
        _ring[_hand] = name;
        Advance();
    }

    private void Advance() => _hand = _hand + 1 == _ring.Count ? 0 : _hand + 1;

    private sealed class Entry(ObjectState? state)
    {
        private IReply? _found;
        private bool _isUsed;
        private volatile bool _isHidden;

        public ObjectState? State => state;

        public bool IsHidden
        {
            get => _isHidden;
            set => _isHidden = value;
        }

        // Not written without need: readers on other processors hold the same line.
        public void Use()
        {
            if (!_isUsed) _isUsed = true;
        }

        public bool GetsAnotherRound()
        {
            var wasUsed = _isUsed;
            _isUsed = false;
            return wasUsed;
        }

        public IReply? Answer(bool forReading)
        {
            if (CommandRules.Visible(state) is not { } record) return CommandRules.NotFound(state);
            if (state!.Move is not null) return null;
            if (_found is { } found) return found;
            if (state.HasRows) return forReading ? null : new Found(record, [], null);

            // Two threads may both make it: the answers are the same.
            return _found = new Found(record, state.ReadInline(), null);
        }
    }
}
