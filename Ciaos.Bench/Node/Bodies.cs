using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Text;
using Ciaos.Bench.Load;

namespace Ciaos.Bench.Node;

/// <summary>Requests of the native API as bytes, and what they carry.</summary>
internal static class Bodies
{
    public const string User = "bench";

    private const int ListHeadBytes = 24;

    public static LoadRequest Request(
        IPEndPoint server, string method, string path, ReadOnlyMemory<byte> body = default)
    {
        var length = body.IsEmpty && method is "GET" or "DELETE" or "HEAD"
            ? ""
            : string.Create(CultureInfo.InvariantCulture, $"Content-Length: {body.Length}\r\n");
        return new LoadRequest(
            Encoding.ASCII.GetBytes($"{method} {path} HTTP/1.1\r\nHost: {server}\r\nUser: {User}\r\n{length}\r\n"),
            body);
    }

    /// <summary>Bytes that do not compress.</summary>
    public static byte[] Random(int bytes)
    {
        var content = new byte[bytes];
        new Random(20261122).NextBytes(content);
        return content;
    }

    /// <summary>A FlatBuffers FileDataList of files of one length (docs/formats-wire.md, "What is written").</summary>
    public static byte[] FileList(int files, int bytesEach)
    {
        var padded = (bytesEach + 3) & ~3;
        var list = new byte[ListHeadBytes + (12 * files) + (files * (4 + padded))];
        var at = 0;
        foreach (var number in new[] { 12, 6 | (8 << 16), 4, 8, 4, files }) Add(number);
        var tables = ListHeadBytes + (4 * files);
        for (var i = 0; i < files; i++) Add((4 * files) + (4 * i));
        for (var i = 0; i < files; i++)
        {
            var table = tables + (8 * i);
            Add(table - 4);
            Add(tables + (8 * files) + (i * (4 + padded)) - table - 4);
        }

        for (var i = 0; i < files; i++, at += padded)
        {
            Add(bytesEach);
            Random(bytesEach).CopyTo(list, at);
        }

        return list;

        void Add(int number)
        {
            BinaryPrimitives.WriteInt32LittleEndian(list.AsSpan(at), number);
            at += 4;
        }
    }
}
