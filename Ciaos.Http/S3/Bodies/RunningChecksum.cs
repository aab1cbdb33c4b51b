using System.Buffers.Binary;
using System.Security.Cryptography;
using Ciaos.Storage;

namespace Ciaos.Http.S3.Bodies;

/// <summary>One checksum over bytes that come piece by piece.</summary>
internal abstract class RunningChecksum : IDisposable
{
    public static RunningChecksum Begin(ChecksumAlgorithm algorithm) => algorithm switch
    {
        ChecksumAlgorithm.Crc32 => new Cyclic(sizeof(uint), ReflectedCrc.Crc32.Append),
        ChecksumAlgorithm.Crc32C => new Cyclic(sizeof(uint), static (crc, data) => Crc32C.Append((uint)crc, data)),
        ChecksumAlgorithm.Crc64Nvme => new Cyclic(sizeof(ulong), ReflectedCrc.Crc64Nvme.Append),
        ChecksumAlgorithm.Sha1 => new Hash(HashAlgorithmName.SHA1),
        ChecksumAlgorithm.Sha256 => new Hash(HashAlgorithmName.SHA256),
        ChecksumAlgorithm.Sha512 => new Hash(HashAlgorithmName.SHA512),
        ChecksumAlgorithm.Md5 => BeginMd5(),
        ChecksumAlgorithm.XxHash64 => new XxHash64(),
        ChecksumAlgorithm.XxHash3 => new XxHash3(isWide: false),
        ChecksumAlgorithm.XxHash128 => new XxHash3(isWide: true),
        _ => throw new ArgumentOutOfRangeException(nameof(algorithm), algorithm, null),
    };

    /// <summary>The ETag of what is put at once.</summary>
    public static RunningChecksum BeginMd5() => new Hash(HashAlgorithmName.MD5);

    public abstract void Append(ReadOnlySpan<byte> data);

    /// <summary>Of all that was appended. Numbers stand with their highest byte first, as S3 writes them.</summary>
    public byte[] Finish() => Finish([]);

    /// <summary>The same, of what was appended and of what comes behind it: the cheapest way where that is all there
    /// is.</summary>
    public abstract byte[] Finish(ReadOnlySpan<byte> last);

    public abstract void Dispose();

    /// <summary>The checksum of two runs of bytes, one behind the other.</summary>
    /// <param name="algorithm">A cyclic one: see <see cref="ChecksumAlgorithms.CanCombine"/>.</param>
    /// <param name="secondBytes">Length of the second run.</param>
    public static byte[] Combine(
        ChecksumAlgorithm algorithm, ReadOnlySpan<byte> first, ReadOnlySpan<byte> second, long secondBytes)
    {
        var (a, b) = (ReadNumber(first), ReadNumber(second));
        var whole = algorithm switch
        {
            ChecksumAlgorithm.Crc32 => ReflectedCrc.Crc32.Combine(a, b, secondBytes),
            ChecksumAlgorithm.Crc32C => Crc32C.Combine((uint)a, (uint)b, secondBytes),
            ChecksumAlgorithm.Crc64Nvme => ReflectedCrc.Crc64Nvme.Combine(a, b, secondBytes),
            _ => throw new ArgumentOutOfRangeException(nameof(algorithm), algorithm, null),
        };
        return WriteNumber(whole, algorithm.ByteCount());
    }

    private static ulong ReadNumber(ReadOnlySpan<byte> bytes) => bytes.Length == sizeof(uint)
        ? BinaryPrimitives.ReadUInt32BigEndian(bytes)
        : BinaryPrimitives.ReadUInt64BigEndian(bytes);

    private static byte[] WriteNumber(ulong value, int byteCount)
    {
        var bytes = new byte[byteCount];
        if (byteCount == sizeof(uint)) BinaryPrimitives.WriteUInt32BigEndian(bytes, (uint)value);
        else BinaryPrimitives.WriteUInt64BigEndian(bytes, value);
        return bytes;
    }

    private delegate ulong AppendTo(ulong crc, ReadOnlySpan<byte> data);

    private sealed class Cyclic(int byteCount, AppendTo append) : RunningChecksum
    {
        private ulong _crc;

        public override void Append(ReadOnlySpan<byte> data) => _crc = append(_crc, data);

        public override byte[] Finish(ReadOnlySpan<byte> last)
        {
            Append(last);
            return WriteNumber(_crc, byteCount);
        }

        public override void Dispose()
        {
        }
    }

    private sealed class Hash(HashAlgorithmName name) : RunningChecksum
    {
        private IncrementalHash? _hash;

        public override void Append(ReadOnlySpan<byte> data) =>
            (_hash ??= IncrementalHash.CreateHash(name)).AppendData(data);

        public override byte[] Finish(ReadOnlySpan<byte> last)
        {
            if (_hash is null) return CryptographicOperations.HashData(name, last);
            _hash.AppendData(last);
            return _hash.GetHashAndReset();
        }

        public override void Dispose() => _hash?.Dispose();
    }
}
