using System.Data.Common;

namespace Ciaos.Actors.Index.Catalog;

/// <summary>
/// A bounded pool of read connections, for many threads. Who comes when all are in use waits for one. A connection that
/// failed is closed and replaced by a new one at the next use. Waiting blocks the thread, as reading a database does:
/// shards call it on ciaos.index.dispatcher, where that is allowed, listings on a scheduler of their own.
/// </summary>
internal sealed class CatalogReaders : IDisposable
{
    private readonly CatalogDatabase _database;
    private readonly SemaphoreSlim _places;
    private readonly Lock _gate = new();
    private readonly Stack<CatalogReader> _idle = [];
    private bool _closed;

    public CatalogReaders(CatalogDatabase database, int connections)
    {
        (_database, _places) = (database, new SemaphoreSlim(connections));
        database.Changes.Beginning += EndSnapshots;
    }

    /// <summary>Runs <paramref name="work"/> on a connection of its own; what it reads it must have read when it
    /// returns.</summary>
    /// <exception cref="System.Data.Common.DbException">The catalog cannot be read.</exception>
    public T Read<T>(Func<CatalogReader, T> work)
    {
        _places.Wait();
        return Use(
            work,
            static (reader, read) =>
            {
                reader.EndKeptSnapshot();
                return read(reader);
            });
    }

    /// <summary>What the catalog has of a key when this is called, or later. It may wait for a connection.</summary>
    /// <exception cref="System.Data.Common.DbException">The catalog cannot be read.</exception>
    public ObjectState? Find(KeyName name)
    {
        _places.Wait();
        return FindNow(name);
    }

    /// <summary>As <see cref="Find"/>, for any thread: it does not wait for a connection, nor for a network.</summary>
    /// <returns>False: it would have had to wait.</returns>
    /// <exception cref="System.Data.Common.DbException">The catalog cannot be read.</exception>
    public bool TryFind(KeyName name, out ObjectState? state)
    {
        state = null;
        if (!_database.IsAtHand || !_places.Wait(0)) return false;
        state = FindNow(name);
        return true;
    }

    public void Dispose()
    {
        _database.Changes.Beginning -= EndSnapshots;
        lock (_gate)
        {
            _closed = true;
            CloseIdle();
        }
    }

    private ObjectState? FindNow(KeyName name) => Use(
        (name, Keep: _database.IsAtHand ? _database.Changes : null),
        static (reader, find) => reader.FindInKeptSnapshot(find.name, find.Keep));

    // Who calls it has taken one of the places.
    private T Use<TArgument, T>(TArgument argument, Func<CatalogReader, TArgument, T> work)
    {
        try
        {
            var reader = Take();
            try
            {
                var result = work(reader, argument);
                GiveBack(reader);
                return result;
            }
            catch
            {
                reader.Dispose();
                throw;
            }
        }
        finally
        {
            _places.Release();
        }
    }

    // The one that was used last has most of what is wanted next in its memory.
    private CatalogReader Take()
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_closed, this);
            if (_idle.TryPop(out var idle)) return idle;
        }

        return new CatalogReader(_database.OpenReader(), _database.BeginSnapshot);
    }

    private void GiveBack(CatalogReader reader)
    {
        lock (_gate)
        {
            if (_closed) reader.Dispose();
            else _idle.Push(reader);
        }
    }

    // A log of which a reader still sees something cannot begin anew, and would grow for ever. Who reads in this moment
    // ends its snapshot itself, since it finds that something is being written.
    private void EndSnapshots()
    {
        lock (_gate)
        {
            try
            {
                foreach (var reader in _idle) reader.EndKeptSnapshot();
            }
            catch (DbException)
            {
                CloseIdle();
            }
        }
    }

    private void CloseIdle()
    {
        while (_idle.TryPop(out var reader)) reader.Dispose();
    }
}
