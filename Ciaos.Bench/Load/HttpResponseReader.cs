using System.Buffers.Text;
using System.Text;

namespace Ciaos.Bench.Load;

/// <summary>Finds the end of HTTP/1.1 answers in what a socket gives, and counts the bytes of their bodies. Bodies are
/// not kept.</summary>
internal sealed class HttpResponseReader
{
    private const int MaxHeadBytes = 16 * 1024;

    private readonly byte[] _head = new byte[MaxHeadBytes];
    private int _headBytes;
    private long _left;
    private bool _isChunked;
    private Part _part;

    private enum Part
    {
        Head,
        Body,
        ChunkSize,
        ChunkData,
        Trailer,
    }

    public int Status { get; private set; }

    public long BodyBytes { get; private set; }

    public bool MustClose { get; private set; }

    /// <summary>True when the answer is whole; <paramref name="used"/> bytes belonged to it.</summary>
    public bool Take(ReadOnlySpan<byte> bytes, out int used)
    {
        used = 0;
        while (used < bytes.Length)
        {
            var rest = bytes[used..];
            if (_part is Part.Body or Part.ChunkData)
            {
                var count = (int)Math.Min(_left, rest.Length);
                used += count;
                _left -= count;
                if (_left > 0) return false;
                if (_part == Part.Body) return End();
                _part = Part.ChunkSize;
                continue;
            }

            var end = rest.IndexOf((byte)'\n');
            var line = end < 0 ? rest : rest[..(end + 1)];
            used += line.Length;
            if (_headBytes + line.Length > MaxHeadBytes) throw new InvalidDataException("The head is too long");
            line.CopyTo(_head.AsSpan(_headBytes));
            _headBytes += line.Length;
            if (end < 0) return false;
            var whole = _head.AsSpan(0, _headBytes).TrimEnd("\r\n"u8);
            if (TakeLine(whole)) return End();
            _headBytes = 0;
        }

        return false;
    }

    private bool End()
    {
        (_part, _headBytes) = (Part.Head, 0);
        return true;
    }

    private bool TakeLine(ReadOnlySpan<byte> line)
    {
        switch (_part)
        {
            case Part.Head when line.StartsWith("HTTP/1."u8):
                (Status, BodyBytes, _left, _isChunked, MustClose) = (int.Parse(line[9..12]), 0, 0, false, false);
                return false;
            case Part.Head when line.IsEmpty:
                if (Status is >= 100 and < 200) return false;
                _part = _isChunked ? Part.ChunkSize : Part.Body;
                BodyBytes += _left;
                return !_isChunked && _left == 0;
            case Part.Head:
                TakeHeader(line);
                return false;
            case Part.ChunkSize:
                if (line.IsEmpty) return false; // The end of the chunk before.
                if (!Utf8Parser.TryParse(line, out long size, out _, 'x')) throw new InvalidDataException("No chunk");
                BodyBytes += size;
                (_part, _left) = (size == 0 ? Part.Trailer : Part.ChunkData, size);
                return false;
            default:
                return line.IsEmpty;
        }
    }

    private void TakeHeader(ReadOnlySpan<byte> line)
    {
        if (IsNamed(line, "content-length:"u8, out var value))
        {
            if (!Utf8Parser.TryParse(value, out _left, out _)) throw new InvalidDataException("No length");
        }
        else if (IsNamed(line, "transfer-encoding:"u8, out value))
        {
            _isChunked = Ascii.EqualsIgnoreCase(value, "chunked"u8);
        }
        else if (IsNamed(line, "connection:"u8, out value))
        {
            MustClose = Ascii.EqualsIgnoreCase(value, "close"u8);
        }
    }

    private static bool IsNamed(ReadOnlySpan<byte> line, ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value)
    {
        value = default;
        if (line.Length < name.Length || !Ascii.EqualsIgnoreCase(line[..name.Length], name)) return false;
        value = line[name.Length..].Trim((byte)' ');
        return true;
    }
}
