using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Ciaos.Http.S3.Auth;

namespace Ciaos.Http.S3.Bodies;

/// <summary>
/// The framing of aws-chunked, and its signatures:
/// <code>
/// body     = *chunk last [trailers]
/// chunk    = size [";chunk-signature=" 64 hex digits] CRLF bytes CRLF      size: hexadecimal, 1 or more
/// last     = "0" [";chunk-signature=" 64 hex digits] CRLF
/// trailers = *(name ":" value CRLF) ["x-amz-trailer-signature:" 64 hex digits CRLF] CRLF
/// </code>
/// The end of the trailers is the end of the body. Between them some clients send empty lines, or lines that end with a
/// line feed alone. A chunk that lies in the input as a whole is verified before any of its bytes is given on; the
/// bytes of a longer one are given on as they come, and its signature, or the next read, is the end of the matter.
/// </summary>
/// <param name="signatures">Null: nothing is signed.</param>
/// <param name="lengthBytes">The most that may be in the chunks; null where the client did not tell. Who reads them
/// sees that it is not less.</param>
/// <param name="trailer">The checksum that must come behind the body; null for none.</param>
internal sealed class ChunkDecoder(
    ChunkSignatures? signatures, bool hasTrailer, long? lengthBytes, ChecksumAlgorithm? trailer) : IDisposable
{
    /// <summary>A whole object may come as one chunk: 5 GiB.</summary>
    public const long MaxChunkBytes = 5L * 1024 * 1024 * 1024;

    private const int MaxLineBytes = 1024;
    private const int MaxTrailerLines = 16;
    private const string TrailerSignature = "x-amz-trailer-signature";
    private const string SignatureField = "chunk-signature=";

    private readonly IncrementalHash? _hash =
        signatures is null ? null : IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly StringBuilder _trailers = new();
    private State _state = State.Head;
    private string _signature = "";
    private long _leftBytes;
    private long _decodedBytes;
    private int _trailerLines;
    private bool _isVerified;
    private bool _isTrailerSigned;

    private enum State
    {
        Head,
        Bytes,
        End,
        Trailers,
    }

    public byte[]? TrailerChecksum { get; private set; }

    /// <summary>Decodes what it can, and returns up to where.</summary>
    /// <exception cref="S3Exception">The framing is broken, a signature is wrong, or the length is.</exception>
    public SequencePosition Decode(ReadOnlySequence<byte> input, bool isCompleted, IBufferWriter<byte> output)
    {
        while (Step(ref input, isCompleted, output))
        {
        }

        if (isCompleted) Finish(input);
        return input.Start;
    }

    public void Dispose() => _hash?.Dispose();

    private bool Step(ref ReadOnlySequence<byte> input, bool isCompleted, IBufferWriter<byte> output)
    {
        switch (_state)
        {
            case State.Bytes:
                if (input.IsEmpty) return false;
                TakeBytes(ref input, output);
                return true;
            case State.End:
                if (!TryTakeLine(ref input, isCompleted, out var end)) return false;
                if (end.Length > 0) throw Broken();
                _state = State.Head;
                return true;
            case State.Head:
                if (!TryTakeLine(ref input, isCompleted: false, out var head)) return false;
                TakeHead(head);
                VerifyAhead(input);
                return true;
            default:
                if (!TryTakeLine(ref input, isCompleted, out var line)) return false;
                TakeTrailer(line);
                return true;
        }
    }

    private void TakeHead(string line)
    {
        var semicolon = line.IndexOf(';', StringComparison.Ordinal);
        var size = semicolon < 0 ? line : line[..semicolon];
        if (!long.TryParse(size, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out _leftBytes)
            || _leftBytes is < 0 or > MaxChunkBytes)
            throw Broken();
        if (signatures is not null) _signature = SignatureOf(line[size.Length..]);
        if (_decodedBytes + _leftBytes > lengthBytes) throw Broken();
        _decodedBytes += _leftBytes;
        _isVerified = _hash is null;
        _state = State.Bytes;
        if (_leftBytes > 0) return;
        VerifyChunk();
        _state = State.Trailers;
    }

    private static string SignatureOf(string extensions)
    {
        foreach (var extension in extensions.Split(';', StringSplitOptions.TrimEntries))
        {
            if (extension.StartsWith(SignatureField, StringComparison.Ordinal))
                return extension[SignatureField.Length..];
        }

        throw new S3Exception(S3Error.SignatureDoesNotMatch, "A chunk of the body has no signature.");
    }

    /// <summary>A chunk that is here as a whole is hashed first, and taken afterwards.</summary>
    private void VerifyAhead(ReadOnlySequence<byte> input)
    {
        if (_isVerified || _state != State.Bytes || input.Length < _leftBytes) return;
        Hash(input.Slice(0, _leftBytes));
        VerifyChunk();
    }

    private void TakeBytes(ref ReadOnlySequence<byte> input, IBufferWriter<byte> output)
    {
        var taken = input.Slice(0, Math.Min(_leftBytes, input.Length));
        if (!_isVerified) Hash(taken);
        foreach (var memory in taken) output.Write(memory.Span);
        _leftBytes -= taken.Length;
        input = input.Slice(taken.End);
        if (_leftBytes > 0) return;
        if (!_isVerified) VerifyChunk();
        _state = State.End;
    }

    private void Hash(ReadOnlySequence<byte> bytes)
    {
        foreach (var memory in bytes) _hash!.AppendData(memory.Span);
    }

    private void VerifyChunk()
    {
        if (_isVerified) return;
        _isVerified = signatures!.Accept(_hash!.GetHashAndReset(), _signature);
        if (_isVerified) return;
        throw new S3Exception(S3Error.SignatureDoesNotMatch, "The signature of a chunk of the body does not match.");
    }

    private void TakeTrailer(string line)
    {
        if (line.Length == 0) return;
        var colon = line.IndexOf(':', StringComparison.Ordinal);
        if (!hasTrailer || colon <= 0 || ++_trailerLines > MaxTrailerLines || _isTrailerSigned)
            throw MalformedTrailer();
        var name = line[..colon].Trim().ToLowerInvariant();
        var value = line[(colon + 1)..].Trim();
        if (name == TrailerSignature && signatures is not null)
        {
            _isTrailerSigned = true;
            var hash = SHA256.HashData(Encoding.Latin1.GetBytes(_trailers.ToString()));
            if (signatures.AcceptTrailer(hash, value)) return;
            throw new S3Exception(S3Error.SignatureDoesNotMatch, "The signature of the trailer does not match.");
        }

        // A checksum that is not the one that was announced would be taken for checked, and is not.
        if (name != trailer?.HeaderName() || TrailerChecksum is not null) throw MalformedTrailer();
        _trailers.Append(name).Append(':').Append(value).Append('\n');
        TrailerChecksum = trailer.Value.ParseValue(value) ?? throw new S3Exception(
            S3Error.InvalidRequest, $"Value for {name} trailing header is invalid.");
    }

    private void Finish(ReadOnlySequence<byte> rest)
    {
        if (_state != State.Trailers || !rest.IsEmpty) throw Broken();
        if (trailer is not null && TrailerChecksum is null) throw MalformedTrailer();
        if (hasTrailer && signatures is not null && !_isTrailerSigned)
            throw new S3Exception(S3Error.SignatureDoesNotMatch, "The trailer has no signature.");
    }

    /// <summary>Without the end of the line. The last line of a body needs no end.</summary>
    private static bool TryTakeLine(ref ReadOnlySequence<byte> input, bool isCompleted, out string line)
    {
        line = "";
        var end = input.PositionOf((byte)'\n');
        var bytes = end is { } found ? input.Slice(0, found) : input;
        if (bytes.Length > MaxLineBytes) throw Broken();
        if (end is null && (!isCompleted || input.IsEmpty)) return false;
        line = Encoding.Latin1.GetString(bytes).TrimEnd('\r');
        input = end is { } position ? input.Slice(input.GetPosition(1, position)) : input.Slice(input.End);
        return true;
    }

    private static S3Exception Broken() => new(
        S3Error.IncompleteBody, "The request body terminated unexpectedly, or its chunks are malformed.");

    private static S3Exception MalformedTrailer() => new(S3Error.MalformedTrailer);
}
