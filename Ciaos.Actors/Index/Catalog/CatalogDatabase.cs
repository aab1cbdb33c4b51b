using System.Data.Common;
using Ciaos.Actors.Sql;

namespace Ciaos.Actors.Index.Catalog;

/// <summary>What differs between the SQL engines that can hold the catalog. All else is the same SQL for
/// each.</summary>
internal abstract class CatalogDatabase
{
    /// <summary>The type of a column of bytes, ordered as bytes.</summary>
    public abstract string BytesType { get; }

    /// <summary>Ends the definition of a table that is only ever reached through its primary key.</summary>
    public abstract string KeyedTable { get; }

    /// <summary>When it is being written, by whoever has it from here.</summary>
    public CatalogChanges Changes { get; } = new();

    /// <summary>It is a file of this machine that nobody else writes: a look-up takes some microseconds, and need not
    /// be kept off threads that have other things to do.</summary>
    public virtual bool IsAtHand => false;

    /// <summary>Begins a transaction that sees all as it is at its first statement.</summary>
    public virtual string BeginSnapshot => "BEGIN";

    /// <summary>Begins a transaction that will write.</summary>
    public abstract string BeginWrite { get; }

    /// <summary>The one connection that writes.</summary>
    public abstract DbConnection OpenWriter();

    public abstract DbConnection OpenReader();

    /// <summary>Keeps the database's log short; null: the database does so itself.</summary>
    /// <param name="post">Runs something beside the writer; null: on a thread made for it.</param>
    public virtual LogCheckpoints? Checkpoints(Action<Action>? post, Action<string>? warn) => null;

    public static CatalogDatabase From(CatalogSettings settings) => settings.Provider switch
    {
        CatalogProvider.Sqlite => new SqliteCatalogDatabase(settings),
        CatalogProvider.Postgres => new PostgresCatalogDatabase(settings),
        _ => throw new ArgumentOutOfRangeException(nameof(settings), settings.Provider, "Not a provider"),
    };

    protected static void Execute(DbConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    protected static TConnection Opened<TConnection>(TConnection connection, string? setUp)
        where TConnection : DbConnection
    {
        try
        {
            connection.Open();
            if (setUp is not null) Execute(connection, setUp);
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }
}
