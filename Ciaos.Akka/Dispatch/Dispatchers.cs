using System.Collections.Concurrent;
using Akka.Actor;
using Akka.Annotations;
using Akka.Configuration;
using Akka.Event;

namespace Akka.Dispatch;

/// <summary>The dispatchers of an actor system, by the path of their section in HOCON.</summary>
public sealed class Dispatchers
{
    public const string DefaultDispatcherId = "akka.actor.default-dispatcher";
    public const string DefaultBlockingDispatcherId = "akka.actor.default-blocking-io-dispatcher";
    public const string SynchronizedDispatcherId = "akka.actor.synchronized-dispatcher";
    internal const string InternalDispatcherId = "akka.actor.internal-dispatcher";

    private const int MostAliases = 20;

    private readonly ActorSystem _system;
    private readonly ConcurrentDictionary<string, MessageDispatcherConfigurator> _configurators =
        new(StringComparer.Ordinal);

    private readonly ConcurrentDictionary<MessageDispatcher, bool> _made = new();

    public Dispatchers(ActorSystem system, IDispatcherPrerequisites prerequisites, ILoggingAdapter logger)
    {
        _system = system;
        Prerequisites = prerequisites;
        DefaultDispatcherConfig = WithId(Section(Config, DefaultDispatcherId) ?? Config.Empty, DefaultDispatcherId);
    }

    public Config DefaultDispatcherConfig { get; }

    public IDispatcherPrerequisites Prerequisites { get; }

    public MessageDispatcher DefaultGlobalDispatcher => Lookup(DefaultDispatcherId);

    /// <summary>Not null in a simulation: then it runs every actor, whatever HOCON says.</summary>
    internal MessageDispatcherConfigurator? Override { get; set; }

    private Config Config => _system.Settings.Config;

    /// <exception cref="ConfigurationException">HOCON has no such section.</exception>
    public MessageDispatcher Lookup(string dispatcherName)
    {
        var configurator = Override ?? LookupConfigurator(
            string.IsNullOrEmpty(dispatcherName) ? DefaultDispatcherId : dispatcherName);
        var dispatcher = configurator.Dispatcher();
        _made.TryAdd(dispatcher, value: true);
        return dispatcher;
    }

    public bool HasDispatcher(string id) => _configurators.ContainsKey(id) || Section(Config, id) is not null;

    /// <returns>false if there is one already.</returns>
    public bool RegisterConfigurator(string id, MessageDispatcherConfigurator configurator) =>
        _configurators.TryAdd(id, configurator);

    [InternalApi]
    public static Config GetConfig(Config config, string id, int depth = 0)
    {
        if (depth > MostAliases)
        {
            throw new ConfigurationException(
                $"Could not resolve dispatcher config [{id}], because it contains too many aliases.");
        }

        var value = config.GetValue(id)
            ?? throw new ConfigurationException($"Could not find dispatcher configuration at [{id}].");
        if (!value.IsString()) return Section(config, id) ?? Config.Empty;
        return GetConfig(config, value.GetString()!, depth + 1);
    }

    internal void Shutdown()
    {
        foreach (var dispatcher in _made.Keys) dispatcher.ShutdownNow();
    }

    internal Config ConfigOf(string id) =>
        WithId(Section(Config, id) is null ? Config.Empty : GetConfig(Config, id), id)
            .WithFallback(DefaultDispatcherConfig);

    private static Config? Section(Config config, string id) => config.HasPath(id) ? config.GetConfig(id) : null;

    private static Config WithId(Config config, string id)
    {
        var name = id[(id.LastIndexOf('.') + 1)..];
        return ConfigurationFactory.ParseString($"id = \"{id}\", name = \"{name}\"").WithFallback(config);
    }

    private MessageDispatcherConfigurator LookupConfigurator(string id)
    {
        if (_configurators.TryGetValue(id, out var known)) return known;
        if (!Config.HasPath(id)) throw new ConfigurationException($"Dispatcher [{id}] not configured.");
        return _configurators.GetOrAdd(id, ConfiguratorFrom(ConfigOf(id)));
    }

    private MessageDispatcherConfigurator ConfiguratorFrom(Config config)
    {
        if (!config.HasPath("id")) throw new ConfigurationException("Missing dispatcher `id` property in dispatcher");
        var type = config.GetString("type", "Dispatcher");
        return type switch
        {
            "Dispatcher" => new DispatcherConfigurator(config, Prerequisites),
            "PinnedDispatcher" => new PinnedDispatcherConfigurator(config, Prerequisites),
            "TaskDispatcher" => new FixedExecutorDispatcherConfigurator(
                config, Prerequisites, (c, p) => new TaskExecutorServiceConfigurator(c, p)),
            "ForkJoinDispatcher" => new FixedExecutorDispatcherConfigurator(
                config, Prerequisites, (c, p) => new ForkJoinExecutorServiceConfigurator(c, p)),
            "SynchronizedDispatcher" => new FixedExecutorDispatcherConfigurator(
                config, Prerequisites, (c, p) => new CurrentContextExecutorServiceConfigurator(c, p)),
            null => throw new ConfigurationException("Missing dispatcher `type` property in dispatcher"),
            _ => Custom(type, config),
        };
    }

    private MessageDispatcherConfigurator Custom(string typeName, Config config)
    {
        var type = Util.TypeNames.Resolve(typeName)
            ?? throw new ConfigurationException(
                $"Could not resolve dispatcher type {typeName} for dispatcher [{config.GetString("id")}]");
        return Util.Instances.Create<MessageDispatcherConfigurator>(type, config, Prerequisites);
    }
}
