using System.Data.Common;
using System.Runtime.Serialization;
using Microsoft.Data.Sqlite;
using Npgsql;
using static Ciaos.Actors.Index.IndexProtocol;

namespace Ciaos.Actors.Index;

/// <summary>What a failure of the journal or the catalog means to those who wait.</summary>
internal static class IndexFailures
{
    // SQLITE_FULL, from sqlite3.h.
    private const int SqliteFull = 13;

    // ENOSPC of Linux, which .NET gives as HResult, and ERROR_DISK_FULL of Windows.
    private const int NoSpace = 28;
    private const int WindowsDiskFull = unchecked((int)0x80070070);

    public static Failed Of(string what, Exception cause) => new(
        IsDiskFull(cause) ? FailReason.DiskFull : FailReason.Unavailable, $"{what}: {cause.Message}");

    public static bool IsDiskFull(Exception? failure) => failure switch
    {
        null => false,
        AggregateException several => several.InnerExceptions.Any(IsDiskFull),
        SqliteException { SqliteErrorCode: SqliteFull } => true,
        PostgresException { SqlState: PostgresErrorCodes.DiskFull } => true,
        IOException { HResult: NoSpace or WindowsDiskFull } => true,
        _ => IsDiskFull(failure.InnerException),
    };

    /// <summary>A failure to reach or use the catalog, or a row of it that has rotted, as against an error of
    /// ours.</summary>
    public static bool IsOfCatalog(Exception failure) =>
        failure is DbException or IOException or TimeoutException or Catalog.CatalogOutOfStepException
            or InvalidDataException or SerializationException;
}
