using Akka.Configuration;

namespace Ciaos.Actors.Journal;

/// <summary>The databases that a journal can be kept in.</summary>
public enum JournalProvider
{
    Sqlite = 1,
    Postgres = 2,
}

/// <summary>When a write counts as done.</summary>
public enum JournalSynchronous
{
    /// <summary>When it is on stable storage.</summary>
    Full = 1,

    /// <summary>When the operating system has it; older writes are on stable storage.</summary>
    Normal = 2,

    /// <summary>When the operating system has it.</summary>
    Off = 3,
}

/// <summary>The sections <c>ciaos.journal</c> and <c>ciaos.snapshot-store</c>, checked.</summary>
/// <param name="Location">The file of a SQLite database, or how to connect to PostgreSQL.</param>
/// <param name="MaxBatchEvents">Limit of events in one transaction; a single request may exceed it.</param>
/// <param name="DeleteBatchRows">Limit of rows that one transaction deletes.</param>
/// <param name="LockTimeout">How long to wait for another process's lock.</param>
/// <param name="CheckpointBytes">So much write-ahead log is brought into the database at once (SQLite only).</param>
public sealed record JournalSettings(
    JournalProvider Provider,
    string Location,
    JournalSynchronous Synchronous = JournalSynchronous.Full,
    int MaxBatchEvents = 4096,
    int DeleteBatchRows = 5000,
    TimeSpan LockTimeout = default,
    long CheckpointBytes = 64 << 20)
{
    private const int MaxRows = 1_000_000;
    private const long MinCheckpointBytes = 4 << 10;
    private const long MaxCheckpointBytes = 16L << 30;

    /// <summary>All settings of journal and snapshot store, with comments, as HOCON.</summary>
    public static Config DefaultConfig() => ReferenceConfig.Load();

    /// <param name="section">The section of the plug-in; what it does not say, the defaults do.</param>
    /// <exception cref="ConfigurationException">Names the key, its value, and what is allowed.</exception>
    public static JournalSettings From(Config section)
    {
        var config = section.WithFallback(DefaultConfig().GetConfig("ciaos.journal"));
        var provider = Choose<JournalProvider>(config, "provider");
        var key = provider == JournalProvider.Sqlite ? "path" : "connection-string";
        var location = config.GetString(key, "");
        if (string.IsNullOrWhiteSpace(location)) throw Invalid(key, location, $"a value, since provider = {provider}");
        return new JournalSettings(
            provider,
            location,
            Choose<JournalSynchronous>(config, "synchronous"),
            Count(config, "max-batch-events"),
            Count(config, "delete-batch-rows"),
            config.GetTimeSpan("lock-timeout", TimeSpan.FromSeconds(10), false),
            Bytes(config, "checkpoint-bytes"));
    }

    /// <summary>Without the location: it may hold a password.</summary>
    public override string ToString() => $"{Provider}, synchronous = {Synchronous}";

    private static T Choose<T>(Config config, string key)
        where T : struct, Enum
    {
        var value = config.GetString(key, "");
        foreach (var choice in Enum.GetValues<T>())
        {
            if (string.Equals(choice.ToString(), value, StringComparison.OrdinalIgnoreCase)) return choice;
        }

        throw Invalid(key, value, string.Join(" | ", Enum.GetNames<T>()).ToLowerInvariant());
    }

    private static int Count(Config config, string key)
    {
        var value = config.GetInt(key, 0);
        return value is >= 1 and <= MaxRows ? value : throw Invalid(key, value, $"1 to {MaxRows}");
    }

    private static long Bytes(Config config, string key)
    {
        var value = config.GetByteSize(key, 0) ?? 0;
        return value is >= MinCheckpointBytes and <= MaxCheckpointBytes
            ? value
            : throw Invalid(key, config.GetString(key, ""), "4KiB to 16GiB");
    }

    private static ConfigurationException Invalid(string key, object value, string allowed) =>
        new($"Journal setting {key} = [{value}] is not valid. Allowed: {allowed}");
}
