using Akka.Configuration;
using Akka.Util;

namespace Akka.Actor;

/// <summary>Where an actor is to be created.</summary>
public abstract class Scope : IEquatable<Scope>
{
    public static readonly LocalScope Local = LocalScope.Instance;

    public abstract Scope WithFallback(Scope other);

    public abstract Scope Copy();

    public virtual bool Equals(Scope? other) => other is not null && GetType() == other.GetType();
}

public class LocalScope : Scope, ISurrogated
{
    private LocalScope()
    {
    }

    public static LocalScope Instance { get; } = new();

    public override Scope WithFallback(Scope other) => this;

    public override Scope Copy() => this;

    public ISurrogate ToSurrogate(ActorSystem system) => new LocalScopeSurrogate();

    public class LocalScopeSurrogate : ISurrogate
    {
        public ISurrogated FromSurrogate(ActorSystem system) => Instance;
    }
}

internal sealed class UnspecifiedScope : Scope
{
    public override Scope WithFallback(Scope other) => other;

    public override Scope Copy() => this;
}

/// <summary>Dispatcher, mailbox and stash of an actor, as given in code or in akka.actor.deployment.</summary>
public class Deploy : IEquatable<Deploy>, ISurrogated
{
    public const int NoStashSize = -1;
    public static readonly string NoDispatcherGiven = string.Empty;
    public static readonly string NoMailboxGiven = string.Empty;
    public static readonly Scope NoScopeGiven = new UnspecifiedScope();
    public static readonly Deploy Local = new(Scope.Local);
    public static readonly Deploy None = new();

    public Deploy()
        : this("", NoScopeGiven)
    {
    }

    public Deploy(Scope scope)
        : this("", scope)
    {
    }

    public Deploy(string path, Scope scope)
        : this(path, Config.Empty, scope, NoDispatcherGiven, NoMailboxGiven, NoStashSize)
    {
    }

    internal Deploy(string path, Config config, Scope scope, string dispatcher, string mailbox, int stashCapacity)
    {
        Path = path;
        Config = config;
        Scope = scope ?? NoScopeGiven;
        Dispatcher = dispatcher ?? NoDispatcherGiven;
        Mailbox = mailbox ?? NoMailboxGiven;
        StashCapacity = stashCapacity;
    }

    public string Path { get; }

    public Config Config { get; }

    public Scope Scope { get; }

    public string Mailbox { get; }

    public string Dispatcher { get; }

    /// <summary>How many messages the stash may hold; not positive means the mailbox's setting.</summary>
    public int StashCapacity { get; }

    public virtual Deploy WithFallback(Deploy other) => new(
        Path,
        Config == Config.Empty ? other.Config : Config,
        Scope.WithFallback(other.Scope),
        Dispatcher.Length == 0 ? other.Dispatcher : Dispatcher,
        Mailbox.Length == 0 ? other.Mailbox : Mailbox,
        StashCapacity == NoStashSize ? other.StashCapacity : StashCapacity);

    public virtual Deploy WithScope(Scope scope) => new(Path, Config, scope, Dispatcher, Mailbox, StashCapacity);

    public virtual Deploy WithMailbox(string mailbox) => new(Path, Config, Scope, Dispatcher, mailbox, StashCapacity);

    public virtual Deploy WithDispatcher(string dispatcher) =>
        new(Path, Config, Scope, dispatcher, Mailbox, StashCapacity);

    public virtual Deploy WithStashCapacity(int stashSize) =>
        new(Path, Config, Scope, Dispatcher, Mailbox, stashSize);

    public bool Equals(Deploy? other) =>
        other is not null
        && string.Equals(Mailbox, other.Mailbox, StringComparison.Ordinal)
        && string.Equals(Dispatcher, other.Dispatcher, StringComparison.Ordinal)
        && string.Equals(Path, other.Path, StringComparison.Ordinal)
        && StashCapacity == other.StashCapacity
        && Scope.Equals(other.Scope);

    public ISurrogate ToSurrogate(ActorSystem system) => new DeploySurrogate
    {
        Path = Path,
        Config = Config,
        Scope = Scope,
        Mailbox = Mailbox,
        Dispatcher = Dispatcher,
        StashCapacity = StashCapacity,
    };

    public class DeploySurrogate : ISurrogate
    {
        public Config Config { get; set; } = null!;

        public string Dispatcher { get; set; } = "";

        public string Mailbox { get; set; } = "";

        public string Path { get; set; } = "";

        public Scope Scope { get; set; } = null!;

        public int StashCapacity { get; set; }

        public ISurrogated FromSurrogate(ActorSystem system) =>
            new Deploy(Path, Config, Scope, Dispatcher, Mailbox, StashCapacity);
    }
}
