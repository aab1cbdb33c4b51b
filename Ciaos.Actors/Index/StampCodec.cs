using Ciaos.Storage;

namespace Ciaos.Actors.Index;

/// <summary>
/// The token of a write within its event:
/// <code>
/// text (text) operation (1 byte) length of the body (unsigned) CRC-32C of the body (unsigned)
/// </code>
/// </summary>
internal static class StampCodec
{
    public static void Write(PackedWriter writer, IdempotencyStamp stamp)
    {
        writer.Text(stamp.Token.Text);
        writer.Byte((byte)stamp.Operation);
        writer.Unsigned(stamp.Token.BodyBytes);
        writer.Unsigned(stamp.Token.BodyCrc);
    }

    /// <exception cref="System.Runtime.Serialization.SerializationException">It is none.</exception>
    public static IdempotencyStamp Read(ref PackedReader reader)
    {
        var text = reader.Text();
        if (!IdempotencyToken.IsAllowed(text)) throw reader.Wrong("the token is not printable ASCII");
        var operation = (WriteOperation)reader.Byte();
        if (!Enum.IsDefined(operation)) throw reader.Wrong($"there is no operation {(byte)operation}");
        var (bytes, crc) = (reader.Unsigned(), reader.Unsigned());
        if (crc > uint.MaxValue) throw reader.Wrong("the checksum has more than 32 bits");
        return new IdempotencyStamp(new IdempotencyToken(text, bytes, (uint)crc), operation);
    }
}
