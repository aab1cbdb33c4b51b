using System.Collections.Concurrent;
using Akka.Actor;
using Akka.Annotations;
using Akka.Configuration;
using Akka.Dispatch.MessageQueues;

namespace Akka.Dispatch;

/// <summary>Chooses the mailbox of an actor from its recipe, its deployment, its dispatcher and its class.</summary>
public class Mailboxes
{
    public static readonly string DefaultMailboxId = "akka.actor.default-mailbox";
    public static readonly string NoMailboxRequirement = "";

    private readonly ActorSystem _system;
    private readonly Dictionary<Type, string> _idsByQueueType = [];
    private readonly ConcurrentDictionary<string, MailboxType> _byId = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<Type, Type?> _required = new();

    public Mailboxes(ActorSystem system)
    {
        _system = system;
        DeadLetterMailbox = new DeadLetterMailbox(system.DeadLetters);
        if (Config.GetConfig("akka.actor.mailbox.requirements") is not { } requirements) return;
        foreach (var (name, id) in requirements.AsEnumerable())
        {
            if (Util.TypeNames.Resolve(name.Trim('"')) is { } type) _idsByQueueType[type] = id.GetString()!;
        }
    }

    public DeadLetterMailbox DeadLetterMailbox { get; }

    private Config Config => _system.Settings.Config;

    /// <exception cref="ConfigurationException">HOCON has no such section.</exception>
    public MailboxType Lookup(string id) => _byId.GetOrAdd(id, Create);

    public MailboxType LookupByQueueType(Type queueType) =>
        _idsByQueueType.TryGetValue(queueType, out var id)
            ? Lookup(id)
            : throw new ConfigurationException($"Mailbox Mapping for [{queueType}] not configured");

    public bool HasRequiredType(Type actorType) => Required(actorType) is not null;

    public Type GetRequiredType(Type actorType) => Required(actorType)!;

    public bool ProducesMessageQueue(Type mailboxType) => Produced(mailboxType) is not null;

    public MailboxType GetMailboxType(Props props, Config dispatcherConfig)
    {
        dispatcherConfig ??= Config.Empty;
        var byDispatcher = Util.TypeNames.Resolve(dispatcherConfig.GetString("mailbox-requirement", ""));
        var byActor = Required(props.Type);
        var mailbox = Choose(props, dispatcherConfig, byActor, byDispatcher);
        Verify(mailbox, byActor, props.Type);
        Verify(mailbox, byDispatcher, props.Type);
        return mailbox;
    }

    /// <returns>Not positive if there is no limit.</returns>
    [InternalApi]
    public int StashCapacity(string dispatcher, string mailbox)
    {
        const string key = "stash-capacity";
        if (!string.IsNullOrEmpty(mailbox) && Config.HasPath($"{mailbox}.{key}"))
        {
            return Config.GetInt($"{mailbox}.{key}");
        }

        if (!string.IsNullOrEmpty(dispatcher) && Config.HasPath($"{dispatcher}.{key}"))
        {
            return Config.GetInt($"{dispatcher}.{key}");
        }

        return Config.GetInt($"{DefaultMailboxId}.{key}", Deploy.NoStashSize);
    }

    private MailboxType Choose(Props props, Config dispatcherConfig, Type? byActor, Type? byDispatcher)
    {
        if (!string.IsNullOrEmpty(props.Mailbox)) return Lookup(props.Mailbox);
        var dispatcherId = dispatcherConfig.GetString("id", "") ?? "";
        if (!string.IsNullOrEmpty(dispatcherConfig.GetString("mailbox-type", "")) && dispatcherId.Length > 0)
        {
            return Lookup(dispatcherId);
        }

        if (byActor is not null && _idsByQueueType.ContainsKey(byActor)) return LookupByQueueType(byActor);
        if (byDispatcher is not null) return LookupByQueueType(byDispatcher);
        return byActor is not null ? LookupByQueueType(byActor) : Lookup(DefaultMailboxId);
    }

    private static void Verify(MailboxType mailbox, Type? required, Type actorType)
    {
        if (required is null || Produced(mailbox.GetType()) is not { } produced) return;
        if (required.IsAssignableFrom(produced)) return;
        throw new ArgumentException(
            $"produced message queue type [{produced}] does not fulfill requirement for actor class [{actorType}]. "
            + $"Must be a subclass of [{required}]");
    }

    private static Type? Produced(Type mailboxType) => ArgumentOf(mailboxType, typeof(IProducesMessageQueue<>));

    private static Type? ArgumentOf(Type type, Type generic) =>
        type.GetInterfaces()
            .FirstOrDefault(one => one.IsGenericType && one.GetGenericTypeDefinition() == generic)?
            .GetGenericArguments()[0];

    private Type? Required(Type actorType) =>
        _required.GetOrAdd(actorType, type => ArgumentOf(type, typeof(IRequiresMessageQueue<>)));

    private MailboxType Create(string id)
    {
        if (!Config.HasPath(id)) throw new ConfigurationException($"Mailbox Type [{id}] not configured");
        var config = ConfigurationFactory.ParseString($"id = \"{id}\"")
            .WithFallback(Config.GetConfig(id)!)
            .WithFallback(Config.GetConfig(DefaultMailboxId)!);
        var typeName = Config.GetString($"{id}.mailbox-type") ?? config.GetString("mailbox-type");
        if (string.IsNullOrEmpty(typeName))
        {
            throw new ConfigurationException($"The setting mailbox-type defined in [{id}] is empty");
        }

        var type = Util.TypeNames.Resolve(typeName)
            ?? throw new ConfigurationException($"Found mailbox-type [{typeName}] in configuration for [{id}], "
                + "but could not find that type in any loaded assemblies.");
        return Util.Instances.Create<MailboxType>(type, _system.Settings, config);
    }
}
