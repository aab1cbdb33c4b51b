using System.Buffers.Binary;

namespace Ciaos.Http.S3.Bodies;

/// <summary>XXH3 without seed or key, of 64 or of 128 bits, in the byte order of its canonical form: the highest byte
/// first. Inputs of up to 240 bytes are hashed at once (<see cref="XxHash3Short"/>), longer ones in stripes.</summary>
internal sealed class XxHash3(bool isWide) : RunningChecksum
{
    private const int StripeBytes = 64;
    private const int StripesOfBlock = 16;
    private const int KeyOfLastStripe = 121;
    private const int KeyOfLow = 11;
    private const int KeyOfHigh = 117;
    private const int KeyOfScramble = 128;

    private readonly byte[] _head = new byte[XxHash3Short.MaxBytes];

    // The stripe that was taken last, and the bytes behind it: the last stripe of all may begin in the middle of it.
    private readonly byte[] _tail = new byte[2 * StripeBytes];
    private readonly ulong[] _lanes =
    [
        XxMath.P32C, XxMath.P1, XxMath.P2, XxMath.P3, XxMath.P4, XxMath.P32B, XxMath.P5, XxMath.P32A,
    ];

    private int _pendingBytes;
    private int _stripes;
    private long _totalBytes;

    public override void Append(ReadOnlySpan<byte> data)
    {
        if (_totalBytes < _head.Length)
            data[..(int)Math.Min(_head.Length - _totalBytes, data.Length)].CopyTo(_head.AsSpan((int)_totalBytes));
        _totalBytes += data.Length;
        while (data.Length > 0)
        {
            if (_pendingBytes == StripeBytes) TakePending();
            var taken = Math.Min(StripeBytes - _pendingBytes, data.Length);
            data[..taken].CopyTo(_tail.AsSpan(StripeBytes + _pendingBytes));
            _pendingBytes += taken;
            data = data[taken..];
        }
    }

    public override byte[] Finish(ReadOnlySpan<byte> last)
    {
        Append(last);
        var head = _head.AsSpan(0, (int)Math.Min(_totalBytes, _head.Length));
        var isShort = _totalBytes <= _head.Length;
        if (!isShort) Accumulate(_tail.AsSpan(_pendingBytes, StripeBytes), KeyOfLastStripe);
        if (isWide)
        {
            var wide = isShort ? XxHash3Short.Of128(head) : (Merge(KeyOfHigh, ~(Length * XxMath.P2)), Low());
            var both = new byte[2 * sizeof(ulong)];
            BinaryPrimitives.WriteUInt64BigEndian(both, wide.Item1);
            BinaryPrimitives.WriteUInt64BigEndian(both.AsSpan(sizeof(ulong)), wide.Item2);
            return both;
        }

        var bytes = new byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, isShort ? XxHash3Short.Of64(head) : Low());
        return bytes;
    }

    public override void Dispose()
    {
    }

    private ulong Length => (ulong)_totalBytes;

    private ulong Low() => Merge(KeyOfLow, Length * XxMath.P1);

    private void TakePending()
    {
        var stripe = _tail.AsSpan(StripeBytes);
        Accumulate(stripe, 8 * _stripes);
        stripe.CopyTo(_tail);
        _pendingBytes = 0;
        if (++_stripes < StripesOfBlock) return;
        _stripes = 0;
        for (var i = 0; i < _lanes.Length; i++)
            _lanes[i] = (_lanes[i] ^ (_lanes[i] >> 47) ^ XxMath.Key(KeyOfScramble + (8 * i))) * XxMath.P32A;
    }

    private void Accumulate(ReadOnlySpan<byte> stripe, int keyAt)
    {
        for (var i = 0; i < _lanes.Length; i++)
        {
            var value = XxMath.Read64(stripe, 8 * i);
            var keyed = value ^ XxMath.Key(keyAt + (8 * i));
            _lanes[i ^ 1] += value;
            _lanes[i] += (uint)keyed * (keyed >> 32);
        }
    }

    private ulong Merge(int keyAt, ulong start)
    {
        for (var i = 0; i < 4; i++)
            start += XxMath.Fold(
                _lanes[2 * i] ^ XxMath.Key(keyAt + (16 * i)), _lanes[(2 * i) + 1] ^ XxMath.Key(keyAt + (16 * i) + 8));
        return XxMath.Avalanche3(start);
    }
}
