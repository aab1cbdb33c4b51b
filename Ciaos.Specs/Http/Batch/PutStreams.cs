using System.Buffers.Binary;
using System.Text;

namespace Ciaos.Specs.Http.Batch;

/// <summary>Makes bodies of /batch/put by the table of docs/formats-wire.md.</summary>
internal sealed class PutStreams
{
    public const int Create = 1;
    public const int Replace = 2;
    public const int Upsert = 3;
    public const int Append = 4;

    private readonly List<byte> _bytes = [];

    public static byte[] End { get; } = [2, .. new byte[19]];

    public PutStreams Add(int mode, string key, params byte[][] files) =>
        Add(mode, Encoding.UTF8.GetBytes(key), files, files.Sum(file => file.LongLength), 1);

    /// <summary>Lies where it is told to.</summary>
    public PutStreams Add(int mode, byte[] key, byte[][] files, long bodyBytes, int kind)
    {
        var head = new byte[20];
        BinaryPrimitives.WriteUInt16LittleEndian(head, (ushort)kind);
        BinaryPrimitives.WriteUInt16LittleEndian(head.AsSpan(2), (ushort)mode);
        BinaryPrimitives.WriteInt32LittleEndian(head.AsSpan(4), key.Length);
        BinaryPrimitives.WriteInt32LittleEndian(head.AsSpan(8), files.Length);
        BinaryPrimitives.WriteInt64LittleEndian(head.AsSpan(12), bodyBytes);
        _bytes.AddRange(head);
        _bytes.AddRange(key);
        foreach (var file in files) _bytes.AddRange(BitConverter.GetBytes((long)file.Length));
        foreach (var file in files) _bytes.AddRange(file);
        return this;
    }

    /// <summary>All frames, and the end frame.</summary>
    public byte[] ToArray() => [.. _bytes, .. End];
}
