using Akka.Actor;
using Akka.Event;
using Ciaos.Actors.Metrics;

namespace Ciaos.Actors.Journal;

/// <summary>
/// What the plug-ins of one actor system share: for each database one writer, however many of them use it, since a
/// second writer on a SQLite file would only wait for the first. It is closed when the last of them lets go of it.
/// </summary>
public sealed class JournalStores : IExtension, IDisposable
{
    private readonly Action<Action>? _post;
    private readonly StoreMetrics? _metrics;
    private readonly Action<string> _warn;
    private readonly Dictionary<JournalSettings, Entry> _open = [];

    private JournalStores(ActorSystem system) => (_post, _metrics, _warn) = (
        WorkSetup.Of(system), StoreMetricsSetup.Of(system), text => system.Log.Warning("Journal: {0}", text));

    public static JournalStores Get(ActorSystem system) => system.WithExtension<JournalStores, Provider>();

    /// <summary>Each call needs a <see cref="JournalStore.Dispose"/> of its own.</summary>
    public JournalStore Open(JournalSettings settings)
    {
        lock (_open)
        {
            if (!_open.TryGetValue(settings, out var entry))
                _open[settings] = entry = new Entry(settings, _post, _metrics, _warn);
            entry.Users++;
            return new JournalStore(entry.Database, entry.Writer, () => Release(settings));
        }
    }

    /// <summary>For what must be left as it is, such as after a crash: closes whatever is open, whoever uses
    /// it.</summary>
    public void Dispose()
    {
        lock (_open)
        {
            foreach (var entry in _open.Values)
            {
                entry.Close();
            }

            _open.Clear();
        }
    }

    private void Release(JournalSettings settings)
    {
        Entry? unused;
        lock (_open)
        {
            if (!_open.TryGetValue(settings, out unused) || --unused.Users > 0) return;
            _open.Remove(settings);
        }

        unused.Close();
    }

    /// <summary>Makes the extension of a system.</summary>
    public sealed class Provider : ExtensionIdProvider<JournalStores>
    {
        public override JournalStores CreateExtension(ExtendedActorSystem system) =>
            new(system);
    }

    private sealed class Entry(
        JournalSettings settings, Action<Action>? post, StoreMetrics? metrics, Action<string> warn)
    {
        private JournalWriter? _writer;

        public int Users { get; set; }

        public JournalDatabase Database { get; } = new(settings);

        public JournalWriter Writer => _writer ??= new JournalWriter(Database, post, metrics, warn);

        // The connection that is closed last deletes the log, if it is the writer's.
        public void Close()
        {
            Database.Dispose();
            Writer.Dispose();
        }
    }
}

/// <summary>One plug-in's hold on a database: how to write to it, and how to read it.</summary>
public sealed class JournalStore : IDisposable
{
    private readonly Action _release;
    private bool _isReleased;

    internal JournalStore(JournalDatabase database, JournalWriter writer, Action release)
    {
        Writer = writer;
        Reader = new JournalReader(database, prepare: true);
        _release = release;
    }

    public JournalWriter Writer { get; }

    public JournalReader Reader { get; }

    public void Dispose()
    {
        if (_isReleased) return;
        _isReleased = true;
        _release();
    }
}
