namespace Ciaos.Storage.FlatBuffers;

/// <summary>Bytes that can be read at any place, wherever they lie. Not safe for many threads.</summary>
public interface IByteSource
{
    long LengthBytes { get; }

    /// <summary>Fills <paramref name="destination"/>, which must lie within the length, from a place on.</summary>
    void Read(long offsetBytes, Span<byte> destination);
}
