using System.Collections.Concurrent;

namespace Ciaos.Actors.Index.Catalog;

/// <summary>
/// A bounded pool of read connections, for many threads. Who comes when all are in use waits for one. A connection that
/// failed is closed and replaced by a new one at the next use. Waiting blocks the thread, as reading a database does:
/// shards call it on ciaos.index.dispatcher, where that is allowed, listings on a scheduler of their own.
/// </summary>
internal sealed class CatalogReaders(CatalogDatabase database, int connections) : IDisposable
{
    private readonly ConcurrentBag<CatalogReader> _idle = [];
    private readonly SemaphoreSlim _places = new(connections);
    private volatile bool _closed;

    /// <summary>Runs <paramref name="work"/> on a connection of its own; what it reads it must have read when it
    /// returns.</summary>
    /// <exception cref="System.Data.Common.DbException">The catalog cannot be read.</exception>
    public T Read<T>(Func<CatalogReader, T> work)
    {
        _places.Wait();
        try
        {
            ObjectDisposedException.ThrowIf(_closed, this);
            if (!_idle.TryTake(out var reader))
                reader = new CatalogReader(database.OpenReader(), database.BeginSnapshot);
            return Use(reader, work);
        }
        finally
        {
            _places.Release();
        }
    }

    public void Dispose()
    {
        _closed = true;
        while (_idle.TryTake(out var reader)) reader.Dispose();
    }

    private T Use<T>(CatalogReader reader, Func<CatalogReader, T> work)
    {
        try
        {
            var result = work(reader);
            _idle.Add(reader);
            if (_closed) Dispose();
            return result;
        }
        catch
        {
            reader.Dispose();
            throw;
        }
    }
}
