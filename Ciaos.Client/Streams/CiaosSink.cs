using System.Runtime.CompilerServices;
using Akka.Streams;
using Akka.Streams.Dsl;

namespace Ciaos.Client.Streams;

/// <summary>Sinks of Akka.Streams over a <see cref="CiaosClient"/>, which must outlive the streams.</summary>
public static class CiaosSink
{
    // The node's window and the socket's are buffers enough.
    private static readonly Attributes SmallBuffer = Attributes.CreateInputBuffer(1, 1);

    /// <summary>
    /// Stores an object of the stream's bytes, taken as fast as the node stores them. The object is there when the
    /// stream has completed and not before: when the upstream fails, nothing is stored and what was at the key stays.
    /// When storing fails, the upstream is cancelled.
    /// </summary>
    /// <returns>Materializes what was stored, once it is on stable storage.</returns>
    public static Sink<ReadOnlyMemory<byte>, Task<ObjectInfo>> Object(
        CiaosClient client, string key, PutOptions? options = null) =>
        Flow.Create<ReadOnlyMemory<byte>>()
            .ViaMaterialized(KillSwitches.Single<ReadOnlyMemory<byte>>(), Keep.Right)
            .ToMaterialized(Sink.Queue<ReadOnlyMemory<byte>>().AddAttributes(SmallBuffer), Keep.Both)
            .MapMaterializedValue(stream => StoreAsync(client, key, options, stream.Item1, stream.Item2));

    private static async Task<ObjectInfo> StoreAsync(
        CiaosClient client, string key, PutOptions? options, UniqueKillSwitch upstream,
        ISinkQueue<ReadOnlyMemory<byte>> queue)
    {
        try
        {
            return await client.PutAsync(key, PullAsync(queue), options).ConfigureAwait(false);
        }
        catch (Exception error)
        {
            upstream.Abort(error);
            throw;
        }
    }

    private static async IAsyncEnumerable<ReadOnlyMemory<byte>> PullAsync(
        ISinkQueue<ReadOnlyMemory<byte>> queue, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        while (true)
        {
            var next = await queue.PullAsync().WaitAsync(cancellation).ConfigureAwait(false);
            if (!next.HasValue) yield break;
            yield return next.Value;
        }
    }
}
