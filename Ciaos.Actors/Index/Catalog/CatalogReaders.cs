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
            return Use(work, static (reader, read) => read(reader));
        }
        finally
        {
            _places.Release();
        }
    }

    /// <summary>As <see cref="Read"/>, for any thread: it does not wait for a connection, nor for a network.</summary>
    /// <returns>False: it would have had to wait.</returns>
    /// <exception cref="System.Data.Common.DbException">The catalog cannot be read.</exception>
    public bool TryRead<TArgument, T>(TArgument argument, Func<CatalogReader, TArgument, T?> work, out T? result)
    {
        result = default;
        if (!database.IsAtHand || !_places.Wait(0)) return false;
        try
        {
            if (_closed) return false;
            result = Use(argument, work);
            return true;
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

    private T Use<TArgument, T>(TArgument argument, Func<CatalogReader, TArgument, T> work)
    {
        if (!_idle.TryTake(out var reader))
            reader = new CatalogReader(database.OpenReader(), database.BeginSnapshot);
        try
        {
            var result = work(reader, argument);
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
