using System.IO.Pipelines;
using Ciaos.Actors.Index;
using Ciaos.Actors.Objects;

namespace Ciaos.Http;

/// <summary>Small objects, all of whose bytes are read and verified before the answer begins: no
/// <see cref="ReplyWriter"/> has to hold them back.</summary>
internal static class SmallReads
{
    public static bool Allow(IndexProtocol.Found found) =>
        found.Object.SizeBytes <= ReplyWriter.FlushBytes && ObjectStore.CanReadAtOnce(found);

    /// <summary>Reads a range straight to where the server takes the answer from.</summary>
    /// <exception cref="IOException">The bytes cannot be read, or are not what was written. Nothing is
    /// answered.</exception>
    public static void Write(
        ObjectStore store, IndexProtocol.Found found, long offsetBytes, long lengthBytes, PipeWriter output)
    {
        if (lengthBytes == 0) return;
        var length = (int)lengthBytes;
        store.ReadAtOnce(found, offsetBytes, output.GetSpan(length)[..length]);
        output.Advance(length);
    }
}
