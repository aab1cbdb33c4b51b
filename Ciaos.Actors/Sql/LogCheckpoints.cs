using System.Data.Common;
using Ciaos.Storage;
using Microsoft.Data.Sqlite;
using static SQLitePCL.raw;

namespace Ciaos.Actors.Sql;

/// <summary>
/// Brings what the write-ahead log of a SQLite database holds into the database, in place of SQLite's own checkpoints:
/// those make a commit wait for all pages and their flush, and keep it to themselves when one fails. Here the pages are
/// written and flushed beside the writer, which has only those of its latest commits left to do.
/// <para>
/// What a flush that failed has lost, the system takes for written (fsync(2)): the next flush succeeds without it, and
/// SQLite would begin its log anew. So after one nothing is brought into the database any more by this process. Nothing
/// is lost by that: everything is in the log, which grows until the next start reads all of it.
/// </para>
/// </summary>
/// <param name="open">Opens another connection to the database.</param>
/// <param name="limitBytes">So much log, and it is brought into the database.</param>
/// <param name="post">Runs something beside the writer; null: on a thread made for it.</param>
/// <param name="warn">Is told what has failed, and what that means.</param>
internal sealed class LogCheckpoints(
    Func<SqliteConnection> open, long limitBytes, Action<Action>? post, Action<string>? warn) : IDisposable
{
    private const int PageBytes = 4096;

    // The writer does the rest: its pages, mostly the same few ones, and one flush are some milliseconds.
    private const int TailPages = 256;
    private const int MaxPasses = 8;

    // From sqlite3.h.
    private const int NoCheckpointOnClose = 1006;
    private const int CacheWrites = 9;

    private readonly Lock _running = new();
    private readonly int _limitPages = (int)Math.Clamp(limitBytes / PageBytes, 1, int.MaxValue / 2);
    private volatile Stage _stage;
    private volatile bool _isDelayed;
    private long _pages;
    private bool _isClosed;

    private enum Stage
    {
        /// <summary>The log is short.</summary>
        Filling = 0,

        /// <summary>It is being brought into the database beside the writer.</summary>
        Running,

        /// <summary>It is there but for a few pages.</summary>
        AlmostDone,

        /// <summary>Never again.</summary>
        Failed,
    }

    /// <summary>Makes a connection leave the log as it is: by itself, one that is closed last would bring it into the
    /// database and delete it, even after a failure. Every connection needs it.</summary>
    public static void LeaveLogOnClose(SqliteConnection connection) => LeaveLog(connection, isLeft: true);

    /// <summary>To be called by the writer behind each of its commits, with its connection.</summary>
    public void AfterCommit(DbConnection writer)
    {
        var connection = (SqliteConnection)writer;
        _ = sqlite3_db_status(connection.Handle, CacheWrites, out var written, out _, 1);
        _pages += written;
        if (_isDelayed) (_isDelayed, _pages) = (false, _limitPages - (_limitPages / 8));
        if (_stage == Stage.AlmostDone) Finish(connection);
        else if (_stage == Stage.Filling && _pages >= _limitPages) Begin();
    }

    /// <summary>To be called by the writer before it closes its connection for good: leaves no log behind, unless
    /// something has failed or somebody still reads it.</summary>
    public void Close(DbConnection writer)
    {
        Dispose();
        var connection = (SqliteConnection)writer;
        if (_stage == Stage.Failed) return;
        if (Try(connection, SQLITE_CHECKPOINT_TRUNCATE, out var log, out _) && log == 0)
            LeaveLog(connection, isLeft: false);
    }

    /// <summary>Waits for what runs, and begins nothing any more.</summary>
    public void Dispose()
    {
        lock (_running) _isClosed = true;
    }

    private static void LeaveLog(SqliteConnection connection, bool isLeft)
    {
        var result = sqlite3_db_config(connection.Handle, NoCheckpointOnClose, isLeft ? 1 : 0, out _);
        if (result != SQLITE_OK) throw new SqliteException("What happens to the log cannot be set", result);
    }

    private void Begin()
    {
        _stage = Stage.Running;
        if (post is not null) post(Run);
        else new Thread(Run) { IsBackground = true, Name = "ciaos-checkpoint" }.Start();
    }

    private void Run()
    {
        lock (_running)
        {
            if (_isClosed) return;
            try
            {
                using var connection = open();
                CopyMost(connection);
            }
            catch (SqliteException failure)
            {
                Fail(failure.SqliteExtendedErrorCode, failure.Message);
            }
        }
    }

    /// <summary>The writer goes on meanwhile, so that each pass leaves what was committed during it.</summary>
    private void CopyMost(SqliteConnection connection)
    {
        var copied = 0;
        for (var pass = 0; pass < MaxPasses; pass++)
        {
            if (!Try(connection, SQLITE_CHECKPOINT_PASSIVE, out var log, out var done)) return;

            // SQLite flushes when it has copied the last page of the log, which it never has while somebody writes.
            var result = SqliteFile.Sync(connection);
            if (result != SQLITE_OK)
            {
                Fail(SQLITE_IOERR_FSYNC, $"SQLite Error {result}");
                return;
            }

            // A reader that looks at older pages keeps newer ones out of the database.
            if (done < log || done - copied <= TailPages) break;
            copied = done;
        }

        CrashPoints.Reach(CrashPoint.LogCopied);
        _stage = Stage.AlmostDone;
    }

    private void Finish(SqliteConnection writer)
    {
        if (!Try(writer, SQLITE_CHECKPOINT_PASSIVE, out var log, out var done)) return;

        // Where a reader was in the way, it is tried again a little later. Else the next commit begins the log anew.
        if (done < log) _isDelayed = true;
        else _pages = 0;
        _stage = Stage.Filling;
    }

    private bool Try(SqliteConnection connection, int mode, out int log, out int done)
    {
        var result = sqlite3_wal_checkpoint_v2(connection.Handle, "main", mode, out log, out done);
        switch (result)
        {
            case SQLITE_OK:
                return true;
            case SQLITE_BUSY or SQLITE_LOCKED:
                // Another process does the same, or readers are in the way: nothing is wrong.
                (log, done) = (1, 0);
                return true;
            default:
                var code = sqlite3_extended_errcode(connection.Handle);
                Fail(code, sqlite3_errmsg(connection.Handle).utf8_to_string());
                return false;
        }
    }

    // What has failed without a flush is done again from where SQLite knows that it is done.
    private void Fail(int code, string reason)
    {
        var isFinal = code == SQLITE_IOERR_FSYNC;
        warn?.Invoke(isFinal
            ? $"A flush has failed ({reason}): the log grows until the next start, which reads all of it"
            : $"The log is not yet brought into the database ({reason})");
        _isDelayed = true;
        _stage = isFinal ? Stage.Failed : Stage.Filling;
    }
}
