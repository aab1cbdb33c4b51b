using System.Buffers.Binary;
using System.Numerics;
using Ciaos.Storage;

namespace Ciaos.Actors.Index;

/// <summary>
/// Current states of keys in little memory: as bytes, one behind the other, some 100 for a small object, in chunks that
/// the garbage collector need not look into. Behind the last chunk the oldest one is written over, with all that is in
/// it; a table of hashes tells where a key lies. It may lose a key at any time, and never tells a state that was
/// removed. For any thread.
/// </summary>
/// <param name="capacityBytes">Of the chunks, at least <see cref="MinCapacityBytes"/>; the table takes an eighth of
/// that, to a quarter, besides. All of it is taken only as it is needed.</param>
internal sealed class PackedStates(int capacityBytes)
{
    /// <summary>Of a state without its key. What is larger is not kept.</summary>
    public const int MaxStateBytes = 512;

    /// <summary>Two chunks: one is written over while the other is kept.</summary>
    public const int MinCapacityBytes = 2 * ChunkBytes;

    private const int ChunkBits = 16;
    private const int ChunkBytes = 1 << ChunkBits;
    private const int BytesForSlot = 64;

    // A key may lie in any slot of its set.
    private const int SetSlots = 4;

    // Of an entry: the lengths of key and state, two bytes each.
    private const int HeadBytes = 4;
    private const int KeyBytes = KeySlot.MaxNameBytes;

    // In a slot, a hash's tag above the position; 0 where nothing is.
    private const int TagBits = 16;
    private const int PositionBits = 64 - TagBits;
    private const long PositionMask = (1L << PositionBits) - 1;

    private readonly Lock _gate = new();
    private readonly byte[]?[] _chunks = new byte[]?[capacityBytes / ChunkBytes];
    private ulong[] _slots = [];

    // Chunks are counted on for ever: one is there as long as it is among the last of them.
    private long _chunk = 1;
    private int _usedBytes;

    /// <returns>False: the key is not kept here.</returns>
    public bool TryGet(KeyName name, out ObjectState state)
    {
        state = null!;
        return IsInUse && TryFind(name, ref state);
    }

    /// <summary>The state takes the place of the one that is there.</summary>
    /// <param name="state">Null: there is no such key.</param>
    /// <returns>False: it is none that can be packed. Then nothing is kept of the key.</returns>
    public bool TrySet(KeyName name, ObjectState? state)
    {
        var packed = state is not null && PackedState.CanHold(state) ? PackedState.Write(state) : [];
        if (packed.Length is 0 or > MaxStateBytes)
        {
            Remove(name);
            return false;
        }

        Span<byte> key = stackalloc byte[KeyBytes];
        key = key[..KeySlot.Encode(name.Bucket, name.Key, key)];
        var hash = KeySlot.HashOf(key);
        lock (_gate)
        {
            if (_slots.Length == 0)
            {
                Volatile.Write(
                    ref _slots, new ulong[BitOperations.RoundUpToPowerOf2((uint)(capacityBytes / BytesForSlot))]);
            }

            var slot = Find(key, hash) ?? FreeSlot(hash);
            _slots[slot] = TagOf(hash) | (ulong)Append(key, packed);
            return true;
        }
    }

    /// <returns>Whether it was there.</returns>
    public bool Remove(KeyName name) => IsInUse && TryRemove(name);

    // Few stores have more keys than have places unpacked: the others do not pay for it.
    private bool IsInUse => Volatile.Read(ref _slots).Length > 0;

    private bool TryRemove(KeyName name)
    {
        Span<byte> key = stackalloc byte[KeyBytes];
        key = key[..KeySlot.Encode(name.Bucket, name.Key, key)];
        lock (_gate)
        {
            if (Find(key, KeySlot.HashOf(key)) is not { } slot) return false;
            _slots[slot] = 0;
            return true;
        }
    }

    private bool TryFind(KeyName name, ref ObjectState state)
    {
        Span<byte> key = stackalloc byte[KeyBytes];
        Span<byte> packed = stackalloc byte[MaxStateBytes];
        key = key[..KeySlot.Encode(name.Bucket, name.Key, key)];
        lock (_gate)
        {
            if (Find(key, KeySlot.HashOf(key)) is not { } slot) return false;
            var entry = EntryAt(_slots[slot]);
            var stored = entry[(HeadBytes + key.Length)..];
            stored.CopyTo(packed);
            packed = packed[..stored.Length];
        }

        state = PackedState.Read(packed, name);
        return true;
    }

    private int? Find(ReadOnlySpan<byte> key, uint hash)
    {
        if (_slots.Length == 0) return null;
        var (first, tag) = (FirstSlotOf(hash), TagOf(hash));
        for (var slot = first; slot < first + SetSlots; slot++)
        {
            var content = _slots[slot];
            if ((content & ~(ulong)PositionMask) != tag || !IsThere(content)) continue;
            var entry = EntryAt(content);
            if (entry[HeadBytes..].StartsWith(key) && KeyLengthOf(entry) == key.Length) return slot;
        }

        return null;
    }

    // One that holds nothing any more, or else the oldest.
    private int FreeSlot(uint hash)
    {
        var first = FirstSlotOf(hash);
        var free = first;
        for (var slot = first; slot < first + SetSlots; slot++)
        {
            if (!IsThere(_slots[slot])) return slot;
            if (PositionOf(_slots[slot]) < PositionOf(_slots[free])) free = slot;
        }

        return free;
    }

    private long Append(ReadOnlySpan<byte> key, ReadOnlySpan<byte> packed)
    {
        var length = HeadBytes + key.Length + packed.Length;
        if (_usedBytes + length > ChunkBytes) (_chunk, _usedBytes) = (_chunk + 1, 0);
        var chunk = _chunks[_chunk % _chunks.Length] ??=
            GC.AllocateUninitializedArray<byte>(ChunkBytes, pinned: true);
        var entry = chunk.AsSpan(_usedBytes, length);
        BinaryPrimitives.WriteUInt16LittleEndian(entry, (ushort)key.Length);
        BinaryPrimitives.WriteUInt16LittleEndian(entry[sizeof(ushort)..], (ushort)packed.Length);
        key.CopyTo(entry[HeadBytes..]);
        packed.CopyTo(entry[(HeadBytes + key.Length)..]);
        var position = (_chunk << ChunkBits) | (uint)_usedBytes;
        _usedBytes += length;
        return position & PositionMask;
    }

    private bool IsThere(ulong content) =>
        content != 0 && PositionOf(content) >> ChunkBits > _chunk - _chunks.Length;

    private ReadOnlySpan<byte> EntryAt(ulong content)
    {
        var position = PositionOf(content);
        var entry = _chunks[(position >> ChunkBits) % _chunks.Length].AsSpan((int)(position & (ChunkBytes - 1)));
        var stateBytes = BinaryPrimitives.ReadUInt16LittleEndian(entry[sizeof(ushort)..]);
        return entry[..(HeadBytes + KeyLengthOf(entry) + stateBytes)];
    }

    private static int KeyLengthOf(ReadOnlySpan<byte> entry) => BinaryPrimitives.ReadUInt16LittleEndian(entry);

    private static long PositionOf(ulong content) => (long)content & PositionMask;

    // Fibonacci hashing: the keys of a shard have some bits in common.
    private static ulong Spread(uint hash) => hash * 0x9E37_79B9_7F4A_7C15;

    private static ulong TagOf(uint hash) => Spread(hash) << PositionBits;

    private int FirstSlotOf(uint hash) =>
        (int)(Spread(hash) >> (64 - BitOperations.Log2((uint)(_slots.Length / SetSlots)))) * SetSlots;
}
