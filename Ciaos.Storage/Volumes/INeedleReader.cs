namespace Ciaos.Storage.Volumes;

/// <summary>Reads durable needles by place, past the actors: committed bytes never change. Safe for many
/// threads.</summary>
public interface INeedleReader
{
    /// <summary>
    /// Fills <paramref name="destination"/> with a needle's data from <paramref name="offsetBytes"/> on, verified
    /// against the needle's checksums.
    /// </summary>
    /// <exception cref="VolumeCorruptException">The bytes on disk are not those that were written.</exception>
    /// <exception cref="IOException">The volume cannot be read.</exception>
    void Read(NeedleLocation needle, int offsetBytes, Span<byte> destination);
}
