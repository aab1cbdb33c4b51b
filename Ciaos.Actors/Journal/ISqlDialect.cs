using System.Data.Common;
using Ciaos.Actors.Sql;

namespace Ciaos.Actors.Journal;

/// <summary>All that differs between the databases that a journal can be kept in.</summary>
internal interface ISqlDialect
{
    /// <summary>For error messages: which database, and where. Never a password.</summary>
    string Name { get; }

    /// <summary>Begins a transaction that will write.</summary>
    string Begin { get; }

    /// <summary>Changes something that means nothing, so that there is something to commit; null where no transaction
    /// that failed can come back.</summary>
    string? Touch { get; }

    /// <summary>Makes the tables where they are not there yet.</summary>
    IReadOnlyList<string> Schema { get; }

    /// <summary>The type of a text column that is added to a table of the official plug-in.</summary>
    string TextType { get; }

    /// <summary>
    /// How many rows one INSERT statement takes, largest first, ending in 1: a large batch is cut into these.
    /// </summary>
    IReadOnlyList<int> RowsPerInsert { get; }

    /// <summary>Opens, and creates what is missing, but not the tables.</summary>
    DbConnection OpenForWriting();

    /// <summary>Opens what is there, and refuses to change it.</summary>
    DbConnection OpenForReading();

    /// <summary>Keeps the database's log short; null: the database does so itself.</summary>
    /// <param name="post">Runs something beside the writer; null: on a thread made for it.</param>
    LogCheckpoints? Checkpoints(Action<Action>? post, Action<string>? warn);

    /// <summary>Names of the columns that a table has; empty if it is not there.</summary>
    IReadOnlySet<string> ColumnsOf(DbConnection connection, string table);

    bool IsDuplicateKey(DbException failure);

    /// <summary>Says what has failed, where, and what may be done about it.</summary>
    JournalException Explain(Exception failure);

    /// <summary>Lets go of connections that the driver keeps for later.</summary>
    void Close();
}
