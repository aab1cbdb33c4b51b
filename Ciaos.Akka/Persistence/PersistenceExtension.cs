using System.Collections.Concurrent;
using Akka.Actor;
using Akka.Configuration;
using Akka.Event;
using Akka.Persistence.Journal;

namespace Akka.Persistence;

/// <summary>
/// Starts journals and snapshot stores when they are first asked for, one actor per configuration path, and knows
/// their settings and event adapters.
/// </summary>
public class PersistenceExtension : IExtension
{
    private const string NoSnapshotStore = "akka.persistence.no-snapshot-store";
    private const string JournalFallback = "akka.persistence.journal-plugin-fallback";
    private const string SnapshotStoreFallback = "akka.persistence.snapshot-store-plugin-fallback";

    private readonly ExtendedActorSystem _system;
    private readonly Config _config;
    private readonly ILoggingAdapter _log;
    private readonly ConcurrentDictionary<string, Lazy<Plugin>> _plugins = new(StringComparer.Ordinal);
    private readonly Lazy<string> _defaultJournalId;
    private readonly Lazy<string> _defaultSnapshotStoreId;
    private readonly Lazy<IStashOverflowStrategy> _overflowStrategy;
    private readonly Lazy<IActorRef> _recoveryPermitter;

    public PersistenceExtension(ExtendedActorSystem system)
    {
        _system = system;
        system.Settings.InjectTopLevelFallback(Persistence.DefaultConfig());
        _config = system.Settings.Config.GetConfig("akka.persistence");
        _log = Logging.GetLogger(system, this);
        Settings = new PersistenceSettings(system, _config);
        _defaultJournalId = new Lazy<string>(FindDefaultJournal);
        _defaultSnapshotStoreId = new Lazy<string>(FindDefaultSnapshotStore);
        _overflowStrategy = new Lazy<IStashOverflowStrategy>(CreateOverflowStrategy);
        _recoveryPermitter = new Lazy<IActorRef>(StartRecoveryPermitter);

        foreach (var id in _config.GetStringList("journal.auto-start-journals", []))
        {
            _log.Info("Auto-starting journal plugin `{0}`", id);
            JournalFor(id);
        }

        foreach (var id in _config.GetStringList("snapshot-store.auto-start-snapshot-stores", []))
        {
            _log.Info("Auto-starting snapshot store `{0}`", id);
            SnapshotStoreFor(id);
        }
    }

    public PersistenceSettings Settings { get; }

    public IStashOverflowStrategy DefaultInternalStashOverflowStrategy => _overflowStrategy.Value;

    /// <summary>The system's clock, so that a simulated system also simulates when snapshots are taken.</summary>
    internal DateTime UtcNow => _system.Scheduler.Now.UtcDateTime;

    /// <summary>A persistence id for an actor that has no better one.</summary>
    public string PersistenceId(IActorRef actor) => actor.Path.ToStringWithoutAddress();

    /// <param name="journalPluginId">Configuration path; null or empty for the default journal.</param>
    public IActorRef JournalFor(string? journalPluginId) => JournalPlugin(journalPluginId).Ref;

    /// <param name="snapshotPluginId">Configuration path; null or empty for the default snapshot store.</param>
    public IActorRef SnapshotStoreFor(string? snapshotPluginId) => PluginFor(
        string.IsNullOrEmpty(snapshotPluginId) ? _defaultSnapshotStoreId.Value : snapshotPluginId,
        SnapshotStoreFallback).Ref;

    public EventAdapters AdaptersFor(string? journalPluginId) => JournalPlugin(journalPluginId).Adapters;

    internal EventAdapters AdaptersFor(IActorRef journal) => FindPlugin(journal)?.Adapters ?? IdentityEventAdapters.All;

    internal Config JournalConfigFor(string? journalPluginId) => JournalPlugin(journalPluginId).Config;

    internal Config ConfigFor(IActorRef plugin) => FindPlugin(plugin)?.Config
        ?? throw new ArgumentException($"Unknown plugin actor {plugin}");

    internal IActorRef RecoveryPermitter() => _recoveryPermitter.Value;

    private IActorRef StartRecoveryPermitter() => _system.SystemActorOf(
        Akka.Persistence.RecoveryPermitter.Props(_config.GetInt("max-concurrent-recoveries", 50)),
        "recoveryPermitter");

    private Plugin JournalPlugin(string? id) =>
        PluginFor(string.IsNullOrEmpty(id) ? _defaultJournalId.Value : id, JournalFallback);

    private Plugin PluginFor(string path, string fallbackPath) =>
        _plugins.GetOrAdd(path, p => new Lazy<Plugin>(() => ReadPlugin(p, fallbackPath))).Value;

    /// <summary>
    /// A plug-in's constructor asks for its own settings while its actor is still being made, so that they are found by
    /// its name, not by a reference that does not exist yet.
    /// </summary>
    private Plugin? FindPlugin(IActorRef actor) =>
        _plugins.TryGetValue(actor.Path.Name, out var plugin) ? plugin.Value : null;

    private Plugin ReadPlugin(string path, string fallbackPath)
    {
        var config = _system.Settings.Config;
        if (string.IsNullOrEmpty(path) || !config.HasPath(path))
            throw new ArgumentException($"Persistence config is missing plugin config path for: {path}");
        var section = config.GetConfig(path).WithFallback(config.GetConfig(fallbackPath));
        return new Plugin(section, EventAdapters.Create(_system, section), () => StartPlugin(path, section));
    }

    private IActorRef StartPlugin(string path, Config section)
    {
        var className = section.GetString("class", "");
        if (string.IsNullOrEmpty(className))
            throw new ArgumentException($"Plugin class name must be defined in config property [{path}.class]");

        var type = PluginTypes.Load(className);
        var arguments = type.GetConstructor([typeof(Config)]) is null ? Array.Empty<object>() : [section];
        var props = new Props(type, arguments).WithDispatcher(section.GetString("plugin-dispatcher", ""));
        return _system.SystemActorOf(props, path);
    }

    private string FindDefaultJournal()
    {
        var id = _config.GetString("journal.plugin", "");
        return string.IsNullOrEmpty(id)
            ? throw new NullReferenceException("Default journal plugin is not configured")
            : id;
    }

    private string FindDefaultSnapshotStore()
    {
        var id = _config.GetString("snapshot-store.plugin", "");
        if (!string.IsNullOrEmpty(id)) return id;
        _log.Warning(
            "No default snapshot store configured! To configure a default snapshot-store plugin set the "
            + "`akka.persistence.snapshot-store.plugin` key. For details see 'persistence.conf'");
        return NoSnapshotStore;
    }

    private IStashOverflowStrategy CreateOverflowStrategy()
    {
        var type = PluginTypes.Load(_config.GetString("internal-stash-overflow-strategy", ""));
        var configurator = (IStashOverflowStrategyConfigurator)Activator.CreateInstance(type)!;
        return configurator.Create(_system.Settings.Config);
    }

    private sealed class Plugin(Config config, EventAdapters adapters, Func<IActorRef> start)
    {
        private readonly Lazy<IActorRef> _ref = new(start);

        public Config Config { get; } = config;

        public EventAdapters Adapters { get; } = adapters;

        public IActorRef Ref => _ref.Value;
    }
}
