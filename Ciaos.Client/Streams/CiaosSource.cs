using System.Runtime.CompilerServices;
using Akka;
using Akka.Streams.Dsl;

namespace Ciaos.Client.Streams;

/// <summary>
/// Sources of Akka.Streams over a <see cref="CiaosClient"/>, which must outlive the streams. Nothing is asked of the
/// node before there is demand, and no faster than there is; a stream that is cancelled lets go of its connection.
/// Failures come as <see cref="CiaosException"/>s.
/// </summary>
public static class CiaosSource
{
    private const int ChunkBytes = 64 * 1024;

    /// <summary>An object's bytes, all its files in a row, in buffers of up to 64 KiB that the stream may keep.
    /// </summary>
    /// <param name="length">Bytes wanted at most; null: all.</param>
    /// <returns>Materializes what is known of the object, once it has been opened; fails if it cannot be.</returns>
    public static Source<ReadOnlyMemory<byte>, Task<ObjectInfo>> Object(
        CiaosClient client, string key, long offset = 0, long? length = null, ReadOptions? options = null) =>
        Source.Lazily(() =>
        {
            var opened = new TaskCompletionSource<ObjectInfo>(TaskCreationOptions.RunContinuationsAsynchronously);
            return Source
                .From(() => ReadAsync(client, key, offset, length, options, opened))
                .MapMaterializedValue(_ => opened.Task);
        }).MapMaterializedValue(made => made.Unwrap());

    /// <summary>The user's keys in the order of their UTF-8 bytes.</summary>
    /// <param name="after">Keys come behind it.</param>
    public static Source<ObjectInfo, NotUsed> Listing(CiaosClient client, string prefix = "", string after = "") =>
        Source.From(() => client.ListAsync(prefix, after));

    /// <summary>The files of many keys. Whoever takes an item disposes of it.</summary>
    /// <param name="isOrdered">False: as the disk has them, which is faster.</param>
    public static Source<BatchItem, NotUsed> Batch(
        CiaosClient client, IEnumerable<string> keys, bool isOrdered = false) =>
        Source.From(() => client.GetManyAsync(keys, isOrdered));

    /// <summary>What happens to the user's keys. A program that keeps the <see cref="StoreEvent.Position"/> of the last
    /// event it is done with, and starts anew from there, misses none.</summary>
    /// <param name="after">A position; empty: from the beginning; <c>now</c>: only what is to come.</param>
    /// <param name="follow">False: completes when all has been told that there was.</param>
    public static Source<StoreEvent, NotUsed> Events(
        CiaosClient client, string after = "", string prefix = "", bool follow = true) =>
        Source.From(() => client.EventsAsync(after, prefix, follow));

    private static async IAsyncEnumerable<ReadOnlyMemory<byte>> ReadAsync(
        CiaosClient client, string key, long offset, long? length, ReadOptions? options,
        TaskCompletionSource<ObjectInfo> opened, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        ObjectStream stream;
        try
        {
            stream = await client.OpenReadAsync(key, offset, length, options, cancellation).ConfigureAwait(false);
        }
        catch (Exception error)
        {
            opened.TrySetException(error);
            throw;
        }

        opened.TrySetResult(stream.Info);
        await using (stream.ConfigureAwait(false))
        {
            while (stream.Position < stream.Length)
            {
                var chunk = new byte[Math.Min(ChunkBytes, stream.Length - stream.Position)];
                var count = await stream.ReadAtLeastAsync(
                    chunk, chunk.Length, throwOnEndOfStream: false, cancellation).ConfigureAwait(false);
                yield return chunk.AsMemory(0, count);
            }
        }
    }
}
