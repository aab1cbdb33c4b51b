using Ciaos.Client.Http;

namespace Ciaos.Client.Files;

/// <summary>Keys as lists of files, with the FlatBuffers bodies of the original protocol.</summary>
internal sealed class FileLists(Transport transport)
{
    private const string BodyType = "application/octet-stream";

    public async Task<ObjectInfo> SendAsync(
        string route, string key, IReadOnlyList<ReadOnlyMemory<byte>> files, WriteOptions? options,
        IProgress<long>? progress, CancellationToken cancellation)
    {
        var call = new Call(HttpMethod.Post, Target.OfKey(route, key), key)
        {
            Body = new MemoryBody(FileListWriter.Write(key, files)),
            BodyType = BodyType,
            Progress = progress,
        };
        using var answer = await transport.SendAsync(call.With(options), cancellation).ConfigureAwait(false);
        var made = ObjectWrites.Made(key, answer);
        if (route == "append") return made;
        return made with { SizeBytes = files.Sum(file => (long)file.Length), FileCount = files.Count };
    }

    /// <summary>A list that breaks off is asked for again as a whole: it may have become another one.</summary>
    public async Task<IReadOnlyList<ReadOnlyMemory<byte>>> GetAsync(string key, CancellationToken cancellation)
    {
        for (var failures = 0; ; failures++)
        {
            var call = new Call(HttpMethod.Get, Target.OfKey("get", key), key);
            using var answer = await transport.SendAsync(call, cancellation).ConfigureAwait(false);
            try
            {
                return FileListReader.Read(await ReadAsync(key, answer, cancellation).ConfigureAwait(false));
            }
            catch (InvalidDataException error)
            {
                throw new CiaosException(CiaosError.BrokenTransfer, error.Message, key, cause: error);
            }
            catch (Exception error) when (Transport.IsTransportFailure(error, cancellation))
            {
                if (failures >= transport.Options.Retries) throw transport.Explain(key, error);
            }

            await transport.PauseAsync(failures, null, cancellation).ConfigureAwait(false);
        }
    }

    private async Task<byte[]> ReadAsync(string key, HttpResponseMessage answer, CancellationToken cancellation)
    {
        if (answer.Content.Headers.ContentLength is not ({ } length and >= 0))
            throw new InvalidDataException("The answer does not tell its length");
        if (length > Array.MaxLength)
            throw new CiaosException(CiaosError.TooLarge, $"{length} bytes do not fit into an array", key);
        var body = new byte[length];
        using var watchdog = new Watchdog(transport.Options, cancellation);
        var stream = await answer.Content.ReadAsStreamAsync(watchdog.Token).ConfigureAwait(false);
        for (var count = 0; count < body.Length;)
        {
            var read = await stream.ReadAsync(body.AsMemory(count), watchdog.Token).ConfigureAwait(false);
            if (read == 0) throw new IOException($"The body ended {body.Length - count} bytes early");
            count += read;
            watchdog.Touch();
        }

        return body;
    }
}
