using System.Data.Common;
using Ciaos.Actors.Metrics;
using Ciaos.Actors.Sql;

namespace Ciaos.Actors.Journal;

/// <summary>
/// The only writer of a journal. It has one connection and a thread of its own (or works where it is told to,
/// since a simulation has but one thread), and writes whatever waits, of all actors, in
/// one transaction with one sync; what arrives meanwhile makes up the next one. So the more actors write, the more
/// events share a sync.
/// <para>
/// A request that clashes with events already there fails alone. A transaction that fails takes all its requests with
/// it, since after a failed write or sync nobody knows what the file holds; the next one begins on a new connection.
/// </para>
/// <para>
/// The queue needs no limit: a persistent actor does not send a request before the last one is answered.
/// </para>
/// </summary>
public sealed class JournalWriter : IDisposable
{
    private readonly JournalDatabase _database;
    private readonly Queue<Request> _queue = new();
    private readonly Action<Action>? _post;
    private readonly StoreMetrics? _metrics;
    private readonly LogCheckpoints? _checkpoints;
    private readonly Thread? _thread;
    private readonly List<Request> _batch = [];
    private JournalSession? _session;
    private JournalSession? _abandoned;
    private long _transactions;
    private long _events;
    private long _begunAt;
    private bool _isScheduled;
    private bool _isIdle;
    private bool _isClosed;

    /// <param name="post">Runs its work in place of a thread of its own.</param>
    /// <param name="metrics">Null: nothing is measured.</param>
    /// <param name="warn">Is told what fails beside the writer, and what that means.</param>
    public JournalWriter(
        JournalDatabase database, Action<Action>? post = null, StoreMetrics? metrics = null,
        Action<string>? warn = null)
    {
        (_database, _post, _metrics) = (database, post, metrics);
        _checkpoints = database.Dialect.Checkpoints(post, warn);
        if (post is not null) return;
        _thread = new Thread(Run) { IsBackground = true, Name = "ciaos-journal-writer" };
        _thread.Start();
    }

    /// <summary>Transactions committed so far.</summary>
    public long Transactions => Interlocked.Read(ref _transactions);

    /// <summary>Events written so far.</summary>
    public long Events => Interlocked.Read(ref _events);

    /// <summary>Stores all the events or none of them. The task ends when they are durable.</summary>
    /// <exception cref="SequenceNumberTakenException">None was stored.</exception>
    /// <exception cref="JournalException">Whether they were stored is unknown.</exception>
    public Task Append(IReadOnlyList<JournalEvent> events) => Enqueue(new Request(events));

    /// <summary>Deletes the events up to a number, inclusive. None of their numbers is used again.</summary>
    public async Task DeleteTo(string persistenceId, long toSequenceNr)
    {
        bool more;
        do
        {
            more = false;
            await Enqueue(new Request(
                s => more = s.DeleteSome(persistenceId, toSequenceNr, _database.Settings.DeleteBatchRows)))
                .ConfigureAwait(false);
        }
        while (more);
    }

    /// <summary>Replaces the snapshot of the same number, if there is one.</summary>
    public Task Save(JournalSnapshot snapshot) => Enqueue(new Request(s => s.SaveSnapshot(snapshot)));

    public Task DeleteSnapshots(string persistenceId, SnapshotRange range) =>
        Enqueue(new Request(s => s.DeleteSnapshots(persistenceId, range)));

    /// <summary>Ends when everything that was asked for before is done, or has failed, and what has failed cannot come
    /// back.</summary>
    /// <exception cref="JournalException">It still could: ask again.</exception>
    public Task Drained() => Enqueue(new Request());

    /// <summary>Finishes what was asked for, then closes the database.</summary>
    public void Dispose()
    {
        lock (_queue)
        {
            _isClosed = true;
            Monitor.Pulse(_queue);
        }

        if (_thread is not null) _thread.Join();
        else WriteWaiting();
        if (_session is not null) _checkpoints?.Close(_session.Connection);
        _checkpoints?.Dispose();
        _session?.Dispose();
        _session = null;
        DropAbandoned();
    }

    private Task Enqueue(Request request)
    {
        _metrics?.Mailboxes.Sent(Mailbox.Journal);
        if (TryQueue(request))
        {
            if (_post is not null) Schedule(_post);
        }
        else
        {
            _metrics?.Mailboxes.Taken(Mailbox.Journal);
            request.Failure = new JournalException("The journal is closed");
            request.Tell();
        }

        return request.Task;
    }

    private bool TryQueue(Request request)
    {
        lock (_queue)
        {
            if (_isClosed) return false;
            _queue.Enqueue(request);
            if (_isIdle) Monitor.Pulse(_queue);
            return true;
        }
    }

    private void Run()
    {
        while (WaitForRequests())
        {
            FillBatch();
            WriteBatch();
            _batch.Clear();
        }
    }

    /// <summary>Sleeps without spinning first: that would take the processor from those whose requests it waits
    /// for. False: it is closed.</summary>
    private bool WaitForRequests()
    {
        lock (_queue)
        {
            _isIdle = true;
            while (_queue.Count == 0 && !_isClosed) Monitor.Wait(_queue);
            _isIdle = false;
            return _queue.Count > 0;
        }
    }

    private void Schedule(Action<Action> post)
    {
        if (_isScheduled) return;
        _isScheduled = true;
        post(() =>
        {
            _isScheduled = false;
            WriteWaiting();
        });
    }

    private void WriteWaiting()
    {
        while (true)
        {
            FillBatch();
            if (_batch.Count == 0) return;
            WriteBatch();
            _batch.Clear();
        }
    }

    private void FillBatch()
    {
        var events = 0;
        lock (_queue)
        {
            while (events < _database.Settings.MaxBatchEvents && _queue.TryDequeue(out var request))
            {
                _batch.Add(request);
                events += request.Events.Count;
            }
        }

        for (var i = 0; i < _batch.Count; i++) _metrics?.Mailboxes.Taken(Mailbox.Journal);
    }

    private void WriteBatch()
    {
        try
        {
            if (_abandoned is not null) _session ??= OpenSession();
            if (_batch.TrueForAll(request => request.IsBarrier))
            {
                Tell(_batch.ToArray());
                return;
            }

            _session ??= OpenSession();
            if (!TryWriteTogether(_session)) WriteOneByOne(_session);
            _checkpoints?.AfterCommit(_session.Connection);
        }
        catch (Exception failure) when (JournalDatabase.IsOfDatabase(failure) || failure is JournalException)
        {
            Abandon(_database.Dialect.Explain(failure));
        }
    }

    /// <returns>False if some request clashes: then nothing is written.</returns>
    private bool TryWriteTogether(JournalSession session)
    {
        Begin(session);
        try
        {
            foreach (var request in _batch) request.Apply(session);
        }
        catch (DbException failure) when (_database.Dialect.IsDuplicateKey(failure))
        {
            session.Rollback();
            return false;
        }

        session.Commit();
        Complete();
        return true;
    }

    /// <summary>Finds out which requests clash, and writes the others.</summary>
    private void WriteOneByOne(JournalSession session)
    {
        Begin(session);
        foreach (var request in _batch)
        {
            session.Savepoint();
            try
            {
                request.Apply(session);
                session.ReleaseSavepoint();
            }
            catch (DbException failure) when (_database.Dialect.IsDuplicateKey(failure))
            {
                session.RollbackToSavepoint();
                var first = request.Events[0];
                request.Failure = new SequenceNumberTakenException(first.PersistenceId, first.SequenceNr, failure);
            }
        }

        session.Commit();
        Complete();
    }

    private void Begin(JournalSession session)
    {
        _begunAt = _metrics?.Time.GetTimestamp() ?? 0;
        session.Begin();
    }

    /// <summary>
    /// Tells those who asked, on another thread: this one goes on with the next batch. One errand for the whole batch
    /// is cheaper than one for each request.
    /// </summary>
    private void Complete()
    {
        Interlocked.Increment(ref _transactions);
        var events = 0;
        foreach (var request in _batch) events += request.Failure is null ? request.Events.Count : 0;
        Interlocked.Add(ref _events, events);
        _metrics?.JournalCommitted(events, _metrics.Time.GetElapsedTime(_begunAt));
        Tell(_batch.ToArray());
    }

    private void Tell(Request[] batch)
    {
        if (_post is not null) _post(() => TellAll(batch));
        else ThreadPool.UnsafeQueueUserWorkItem(TellAll, batch, preferLocal: false);
    }

    private static void TellAll(Request[] batch)
    {
        foreach (var request in batch) request.Tell();
    }

    private JournalSession OpenSession()
    {
        var session = new JournalSession(_database);
        try
        {
            if (_abandoned is not null) session.Supersede();
        }
        catch
        {
            // Now there are two that failed, and what the older one knows, the other has from it.
            DropAbandoned();
            _abandoned = session;
            throw;
        }

        DropAbandoned();
        return session;
    }

    /// <summary>
    /// Writes no more on a connection that failed, but keeps it until there is another. While one is open, SQLite knows
    /// in memory where its log ends. Else the next one would look into the log, find the transaction whose sync failed
    /// in the page cache, and take it for durable: after a power cut it is not there, and what was committed behind it
    /// is lost with it.
    /// </summary>
    private void Abandon(JournalException cause)
    {
        _metrics?.Errors.Add(StoreError.Journal);
        foreach (var request in _batch) request.Failure ??= cause;
        Tell(_batch.ToArray());
        if (_session is null) return;
        _abandoned = _session;
        _session = null;
        Quietly(_abandoned.Rollback);
    }

    private void DropAbandoned()
    {
        if (_abandoned is not null) Quietly(_abandoned.Dispose);
        _abandoned = null;
    }

    /// <summary>Does what may fail, since it is done to a connection that is thrown away in any case.</summary>
    private static void Quietly(Action action)
    {
        try
        {
            action();
        }
        catch (Exception failure) when (JournalDatabase.IsOfDatabase(failure))
        {
            // SQLite has rolled back already when a commit failed, and PostgreSQL when the connection was lost.
        }
    }

    /// <summary>Events to store, something else to do, or neither: it only waits for those before it. It is its own
    /// promise, since there are many.</summary>
    private sealed class Request : TaskCompletionSource
    {
        private readonly Action<JournalSession>? _apply;

        public Request()
        {
        }

        public Request(IReadOnlyList<JournalEvent> events) => Events = events;

        public Request(Action<JournalSession> apply) => _apply = apply;

        /// <summary>Set on the writer's thread; told on another.</summary>
        public JournalException? Failure { get; set; }

        public IReadOnlyList<JournalEvent> Events { get; } = [];

        public bool IsBarrier => _apply is null && Events.Count == 0;

        public void Apply(JournalSession session)
        {
            if (Events.Count > 0) session.Insert(Events);
            else _apply?.Invoke(session);
        }

        public void Tell()
        {
            if (Failure is null) SetResult();
            else SetException(Failure);
        }
    }
}
