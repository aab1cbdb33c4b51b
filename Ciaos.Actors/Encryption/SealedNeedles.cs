using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;
using Ciaos.Storage.Volumes;

namespace Ciaos.Actors.Encryption;

/// <summary>
/// Reads the needles of one encrypted object as if they were not encrypted. Only the blocks that are asked for are read
/// and decrypted, and none is given out whose tag does not hold. For one reader, one call at a time.
/// </summary>
/// <param name="needles">As they lie on disk.</param>
internal sealed class SealedNeedles(INeedleReader needles, DataKey key) : INeedleReader, IDisposable
{
    /// <summary>Up to here the whole data of a needle is read at once: two reads would cost more.</summary>
    private const int ShortBytes = 2 * NeedleFormat.BlockBytes;

    private readonly byte[] _nonce = new byte[NeedleEncryption.NonceBytes];
    private readonly byte[] _context = new byte[NeedleEncryption.ContextBytes];
    private NeedleLocation _needle;
    private AesGcm? _cipher;
    private int _plainBytes;

    /// <summary>The end of the current needle's data: all of it where that is short, else what lies behind the
    /// ciphertext.</summary>
    private byte[] _held = [];
    private int _heldFromBytes;
    private byte[] _block = [];

    /// <inheritdoc/>
    /// <param name="offsetBytes">Counted in plaintext.</param>
    /// <exception cref="VolumeCorruptException">The bytes on disk are not those that were encrypted with this
    /// key.</exception>
    public void Read(NeedleLocation needle, int offsetBytes, Span<byte> destination)
    {
        if (destination.IsEmpty) return;
        if (_cipher is null || needle != _needle) Enter(needle);
        ArgumentOutOfRangeException.ThrowIfNegative(offsetBytes);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(
            (long)offsetBytes + destination.Length, _plainBytes, nameof(offsetBytes));
        while (!destination.IsEmpty)
        {
            var readBytes = WholeBlocksBytes(offsetBytes, destination.Length);
            if (readBytes > 0)
                ReadBlocks(offsetBytes, destination[..readBytes]);
            else
                readBytes = ReadPart(offsetBytes, destination);
            destination = destination[readBytes..];
            offsetBytes += readBytes;
        }
    }

    public void Dispose()
    {
        Leave();
        if (_block.Length > 0) ArrayPool<byte>.Shared.Return(_block, clearArray: true);
        _block = [];
    }

    private void Enter(NeedleLocation needle)
    {
        Leave();
        if (!NeedleEncryption.TryPlainBytes(needle.DataBytes, out var plainBytes))
            throw new VolumeCorruptException(
                needle.Volume.FileName, needle.OffsetBytes, "an encrypted needle", Text($"{needle.DataBytes} bytes"));
        var heldFromBytes = needle.DataBytes <= ShortBytes ? 0 : plainBytes;
        var held = ArrayPool<byte>.Shared.Rent(needle.DataBytes - heldFromBytes);
        try
        {
            needles.Read(needle, heldFromBytes, held.AsSpan(0, needle.DataBytes - heldFromBytes));
        }
        catch
        {
            ArrayPool<byte>.Shared.Return(held);
            throw;
        }

        (_needle, _plainBytes, _held, _heldFromBytes) = (needle, plainBytes, held, heldFromBytes);
        _cipher = NeedleEncryption.CipherOf(key, held.AsSpan(plainBytes - heldFromBytes, NeedleEncryption.SaltBytes));
        NeedleEncryption.WriteContext(_context, plainBytes);
    }

    private void Leave()
    {
        _cipher?.Dispose();
        _cipher = null;
        if (_held.Length > 0) ArrayPool<byte>.Shared.Return(_held);
        _held = [];
    }

    /// <summary>How many of these bytes are whole blocks, from the first one on.</summary>
    private int WholeBlocksBytes(int offsetBytes, int lengthBytes)
    {
        if (offsetBytes % NeedleEncryption.BlockBytes != 0) return 0;
        return offsetBytes + lengthBytes == _plainBytes
            ? lengthBytes
            : lengthBytes - (lengthBytes % NeedleEncryption.BlockBytes);
    }

    private void ReadBlocks(int offsetBytes, Span<byte> destination)
    {
        Fetch(offsetBytes, destination);
        var block = offsetBytes / NeedleEncryption.BlockBytes;
        for (var at = 0; at < destination.Length; at += NeedleEncryption.BlockBytes)
            Open(block++, destination[at..Math.Min(at + NeedleEncryption.BlockBytes, destination.Length)]);
    }

    /// <summary>Fills as much as one block has of it.</summary>
    private int ReadPart(int offsetBytes, Span<byte> destination)
    {
        if (_block.Length == 0) _block = ArrayPool<byte>.Shared.Rent(NeedleEncryption.BlockBytes);
        var block = offsetBytes / NeedleEncryption.BlockBytes;
        var start = block * NeedleEncryption.BlockBytes;
        var bytes = _block.AsSpan(0, Math.Min(NeedleEncryption.BlockBytes, _plainBytes - start));
        Fetch(start, bytes);
        Open(block, bytes);
        var wanted = bytes[(offsetBytes - start)..];
        wanted = wanted[..Math.Min(wanted.Length, destination.Length)];
        wanted.CopyTo(destination);
        return wanted.Length;
    }

    private void Fetch(int offsetBytes, Span<byte> destination)
    {
        if (_heldFromBytes == 0) _held.AsSpan(offsetBytes, destination.Length).CopyTo(destination);
        else needles.Read(_needle, offsetBytes, destination);
    }

    private void Open(int block, Span<byte> bytes)
    {
        var tag = _held.AsSpan(
            _plainBytes - _heldFromBytes + NeedleEncryption.SaltBytes + (block * NeedleEncryption.TagBytes),
            NeedleEncryption.TagBytes);
        NeedleEncryption.WriteNonce(_nonce, block);
        try
        {
            _cipher!.Decrypt(_nonce, bytes, tag, bytes, _context);
        }
        catch (AuthenticationTagMismatchException)
        {
            throw new VolumeCorruptException(
                _needle.Volume.FileName,
                _needle.OffsetBytes,
                Text($"block {block} as it was encrypted"),
                "bytes, or a key, for which its tag does not hold");
        }
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
