using System.Data.Common;
using Npgsql;

namespace Ciaos.Actors.Index.Catalog;

/// <summary>PostgreSQL. As with SQLite, a commit need not wait for the disk: the journal is the truth.</summary>
internal sealed class PostgresCatalogDatabase(CatalogSettings settings) : CatalogDatabase
{
    public override string BytesType => "bytea";

    public override string KeyedTable => "";

    public override string BeginSnapshot => "BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY";

    public override string BeginWrite => "BEGIN";

    public override DbConnection OpenWriter() =>
        Opened(new NpgsqlConnection(settings.Location), "SET synchronous_commit = off");

    public override DbConnection OpenReader() => Opened(new NpgsqlConnection(settings.Location), null);
}
