using Ciaos.Client.Http;

namespace Ciaos.Client;

/// <summary>Plain bodies on their way up, deletes and renames.</summary>
internal sealed class ObjectWrites(Transport transport)
{
    public async Task<ObjectInfo> PutAsync(
        string key, UploadBody body, PutOptions? options, IProgress<long>? progress, CancellationToken cancellation)
    {
        var counted = new Counter(progress);
        var call = new Call(HttpMethod.Put, Target.OfKey("raw", key), key)
        {
            Body = body,
            BodyType = options?.ContentType,
            Progress = counted,
        };
        using var answer = await transport.SendAsync(call.With(options), cancellation).ConfigureAwait(false);
        return Made(key, answer) with
        {
            SizeBytes = body.LengthBytes ?? counted.Bytes,
            FileCount = 1,
            ContentType = options?.ContentType,
        };
    }

    public async Task DeleteAsync(string key, WriteOptions? options, CancellationToken cancellation)
    {
        var call = new Call(HttpMethod.Delete, Target.OfKey("raw", key), key).With(options, isRemembered: false);
        try
        {
            using var answer = await transport.SendAsync(call, cancellation).ConfigureAwait(false);
        }
        catch (CiaosException error) when (error.Error is CiaosError.NotFound && call.IsOutcomeUnknown)
        {
            // An attempt whose answer was lost has deleted it, or somebody else has: it is gone, as was asked for.
        }
    }

    public async Task RenameAsync(string from, string to, WriteOptions? options, CancellationToken cancellation)
    {
        var call = new Call(HttpMethod.Put, Target.OfKeys("update_key", from, to), from)
            .With(options, isRemembered: false);
        try
        {
            using var answer = await transport.SendAsync(call, cancellation).ConfigureAwait(false);
        }
        catch (CiaosException error) when (
            error.Error is CiaosError.NotFound or CiaosError.Exists or CiaosError.PreconditionFailed
            && call.IsOutcomeUnknown)
        {
            throw new CiaosException(
                CiaosError.Unavailable,
                $"An attempt whose answer was lost may have renamed it; another one was told: {error.Text}",
                from, error.Status, error.RequestId, error);
        }
    }

    /// <summary>What the head of a write's answer tells.</summary>
    public static ObjectInfo Made(string key, HttpResponseMessage answer) => new()
    {
        Key = key,
        ETag = Transport.ETag(answer),
        WasReplayed = Transport.Header(answer, "Idempotent-Replay") is "true",
    };

    /// <summary>Remembers how long a body was that did not know.</summary>
    private sealed class Counter(IProgress<long>? next) : IProgress<long>
    {
        public long Bytes { get; private set; }

        public void Report(long value)
        {
            Bytes = value;
            next?.Report(value);
        }
    }
}
