using System.Buffers.Binary;
using System.Numerics;

namespace Ciaos.Http.S3.Bodies;

/// <summary>XXH64 with the seed 0, in the byte order of its canonical form: the highest byte first.</summary>
internal sealed class XxHash64 : RunningChecksum
{
    private const int StripeBytes = 32;

    private readonly byte[] _pending = new byte[StripeBytes];
    private readonly ulong[] _lanes = [unchecked(XxMath.P1 + XxMath.P2), XxMath.P2, 0, unchecked(0 - XxMath.P1)];
    private int _pendingBytes;
    private long _totalBytes;

    public override void Append(ReadOnlySpan<byte> data)
    {
        _totalBytes += data.Length;
        if (_pendingBytes > 0)
        {
            var taken = Math.Min(StripeBytes - _pendingBytes, data.Length);
            data[..taken].CopyTo(_pending.AsSpan(_pendingBytes));
            _pendingBytes += taken;
            data = data[taken..];
            if (_pendingBytes < StripeBytes) return;
            Take(_pending);
        }

        for (; data.Length >= StripeBytes; data = data[StripeBytes..]) Take(data);
        data.CopyTo(_pending);
        _pendingBytes = data.Length;
    }

    public override byte[] Finish(ReadOnlySpan<byte> last)
    {
        Append(last);
        var hash = Mixed() + (ulong)_totalBytes;
        var rest = _pending.AsSpan(0, _pendingBytes);
        for (; rest.Length >= sizeof(ulong); rest = rest[sizeof(ulong)..])
            hash = (BitOperations.RotateLeft(hash ^ Round(0, XxMath.Read64(rest, 0)), 27) * XxMath.P1) + XxMath.P4;
        if (rest.Length >= sizeof(uint))
        {
            hash = (BitOperations.RotateLeft(hash ^ (XxMath.Read32(rest, 0) * XxMath.P1), 23) * XxMath.P2) + XxMath.P3;
            rest = rest[sizeof(uint)..];
        }

        foreach (var value in rest) hash = BitOperations.RotateLeft(hash ^ (value * XxMath.P5), 11) * XxMath.P1;
        var bytes = new byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, XxMath.Avalanche64(hash));
        return bytes;
    }

    public override void Dispose()
    {
    }

    private static ulong Round(ulong lane, ulong input) =>
        BitOperations.RotateLeft(lane + (input * XxMath.P2), 31) * XxMath.P1;

    private void Take(ReadOnlySpan<byte> stripe)
    {
        for (var i = 0; i < _lanes.Length; i++) _lanes[i] = Round(_lanes[i], XxMath.Read64(stripe, 8 * i));
        _pendingBytes = 0;
    }

    private ulong Mixed()
    {
        if (_totalBytes < StripeBytes) return XxMath.P5;
        var hash = BitOperations.RotateLeft(_lanes[0], 1) + BitOperations.RotateLeft(_lanes[1], 7)
            + BitOperations.RotateLeft(_lanes[2], 12) + BitOperations.RotateLeft(_lanes[3], 18);
        foreach (var lane in _lanes) hash = ((hash ^ Round(0, lane)) * XxMath.P1) + XxMath.P4;
        return hash;
    }
}
