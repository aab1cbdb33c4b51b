namespace Ciaos.Storage.Disks.Simulated;

/// <summary>The bytes of one file: as they are seen, as they are on the platter, and the changes between the
/// two.</summary>
internal sealed class SimulatedContents
{
    private const int SectorBytes = 512;

    private readonly GrowingBytes _seen = new();
    private readonly GrowingBytes _durable = new();
    private readonly List<Change> _unflushed = [];
    private long _reservedBytes;

    public long LengthBytes => _seen.Length;

    public long UsedBytes => Math.Max(_reservedBytes, _seen.Length);

    public long GrowthOf(long endBytes) => Math.Max(0, endBytes - UsedBytes);

    public int Read(long offsetBytes, Span<byte> destination) => _seen.Read(offsetBytes, destination);

    public void Write(long offsetBytes, byte[] bytes)
    {
        if (bytes.Length == 0) return;
        _seen.Write(offsetBytes, bytes);
        _unflushed.Add(new Change(offsetBytes, bytes));
    }

    public void SetLength(long lengthBytes)
    {
        _seen.SetLength(lengthBytes);
        _reservedBytes = 0;
        _unflushed.Add(new Change(lengthBytes, null));
    }

    public void Reserve(long upToBytes) => _reservedBytes = Math.Max(_reservedBytes, upToBytes);

    public void Flush()
    {
        foreach (var change in _unflushed) change.ApplyTo(_durable);
        _unflushed.Clear();
    }

    /// <summary>A failed flush: some changes never reach the platter, though they can still be seen.</summary>
    public void LoseSomeUnflushed(Random random)
    {
        foreach (var change in _unflushed) ApplyInPart(change, random);
        _unflushed.Clear();
    }

    public void Crash(Random random)
    {
        LoseSomeUnflushed(random);
        _seen.CopyFrom(_durable);
    }

    public void FlipBit(long offsetBytes, int bit)
    {
        _seen.FlipBit(offsetBytes, bit);
        _durable.FlipBit(offsetBytes, bit);
    }

    // Losing sectors one by one covers reordering too: of two writes to one sector, the later one may be lost.
    private void ApplyInPart(Change change, Random random)
    {
        var fate = random.Next(8);
        if (fate == 0) return;
        if (fate == 1 || change.Bytes is null)
        {
            change.ApplyTo(_durable);
            return;
        }

        var bytes = change.Bytes;
        if (fate == 2) _durable.SetLength(Math.Max(_durable.Length, change.OffsetBytes + bytes.Length));
        if (fate <= 4) bytes = bytes[..random.Next(bytes.Length + 1)];
        var keepOneIn = fate <= 3 ? 1 : 2;
        for (var at = 0; at < bytes.Length;)
        {
            var toSectorEnd = SectorBytes - (int)((change.OffsetBytes + at) % SectorBytes);
            var count = Math.Min(toSectorEnd, bytes.Length - at);
            if (random.Next(keepOneIn) == 0) _durable.Write(change.OffsetBytes + at, bytes.AsSpan(at, count));
            at += count;
        }
    }

    /// <param name="OffsetBytes">Where the bytes go, or the new length where there are none.</param>
    private readonly record struct Change(long OffsetBytes, byte[]? Bytes)
    {
        public void ApplyTo(GrowingBytes target)
        {
            if (Bytes is null) target.SetLength(OffsetBytes);
            else target.Write(OffsetBytes, Bytes);
        }
    }
}
