using System.Net;

namespace Ciaos.Client.Http;

/// <summary>Hands an <see cref="UploadBody"/> to <see cref="HttpClient"/>. Made anew for each attempt.</summary>
internal sealed class UploadContent(UploadBody body, IProgress<long>? progress, Watchdog watchdog) : HttpContent
{
    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        body.SendAsync(stream, progress, watchdog);

    protected override bool TryComputeLength(out long length)
    {
        length = body.LengthBytes ?? 0;
        return body.LengthBytes is not null;
    }
}
