using Akka.Actor;

namespace Akka.Event;

/// <summary>The class of log events whose source was given as a string.</summary>
public class DummyClassForStringSources
{
}

/// <summary>
/// Who logs. An actor is its path with the system's address; a string or type is followed by the system in brackets.
/// </summary>
public struct LogSource
{
    private LogSource(string source, Type type)
    {
        Source = source;
        Type = type;
    }

    public string Source { get; }

    public Type Type { get; }

    public static LogSource Create(object o) => o switch
    {
        IActorContext context => new LogSource(context.Self.Path.ToString()!, SourceType(o)),
        IActorRef actor => new LogSource(actor.Path.ToString()!, SourceType(o)),
        string source => new LogSource(source, SourceType(o)),
        Type type => new LogSource(Logging.SimpleName(type), type),
        _ => new LogSource(Logging.SimpleName(o), SourceType(o)),
    };

    public static LogSource Create(object o, ActorSystem system) => o switch
    {
        IActorContext context => new LogSource(FromActor(context, system), SourceType(o)),
        IActorRef actor => new LogSource(FromActorRef(actor, system), SourceType(o)),
        string source => new LogSource(FromString(source, system), SourceType(o)),
        Type type => new LogSource(FromType(type, system), type),
        _ => new LogSource(FromType(o.GetType(), system), SourceType(o)),
    };

    public static LogSource Create(string source, Type t) => new(source, t);

    public static Type SourceType(object o) => o switch
    {
        Type type => type,
        IActorContext context => context.Props.Type,
        string => typeof(DummyClassForStringSources),
        _ => o.GetType(),
    };

    public static string FromType(Type t, ActorSystem system) => $"{Logging.SimpleName(t)} ({system})";

    public static string FromString(string source, ActorSystem system) => $"{source} ({system})";

    public static string FromActor(IActorContext actor, ActorSystem system) => FromActorRef(actor.Self, system);

    public static string FromActorRef(IActorRef a, ActorSystem system)
    {
        // The provider has no address yet while the system is starting.
        var address = ((ExtendedActorSystem)system).Provider?.DefaultAddress;
        return address is null ? a.Path.ToString()! : a.Path.ToStringWithAddress(address);
    }
}
