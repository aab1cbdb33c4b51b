using System.Linq.Expressions;
using Akka.Util;

namespace Akka.Actor;

/// <summary>Makes actor instances in its own way.</summary>
public interface IIndirectActorProducer
{
    ActorBase Produce();

    Type ActorType { get; }

    void Release(ActorBase actor);
}

/// <summary>An immutable recipe for an actor: its class, its constructor's arguments, how it is deployed.</summary>
public class Props : IEquatable<Props>, ISurrogated
{
    public static readonly Props None = new(typeof(NoActor));

    private static readonly Deploy DefaultDeploy = new();

    private readonly ActorProducer _producer;

    protected Props()
        : this(DefaultDeploy, null, ActorProducer.OfType(typeof(NoActor), []), [])
    {
    }

    protected Props(Props copy)
        : this(copy.Deploy, copy.SupervisorStrategy, copy._producer, copy.Arguments)
    {
    }

    public Props(Type type)
        : this(DefaultDeploy, null, ActorProducer.OfType(type, []), [])
    {
    }

    public Props(Type type, object[] args)
        : this(DefaultDeploy, null, ActorProducer.OfType(type, args), args)
    {
    }

    public Props(Type type, SupervisorStrategy? supervisorStrategy, IEnumerable<object> args)
        : this(type, supervisorStrategy, args.ToArray())
    {
    }

    public Props(Type type, SupervisorStrategy? supervisorStrategy, params object[] args)
        : this(DefaultDeploy, supervisorStrategy, ActorProducer.OfType(type, args), args)
    {
    }

    public Props(Deploy deploy, Type type, IEnumerable<object> args)
        : this(deploy, type, args.ToArray())
    {
    }

    public Props(Deploy deploy, Type type, params object[] args)
        : this(deploy, null, ActorProducer.OfType(type, args), args)
    {
    }

    private Props(Deploy deploy, SupervisorStrategy? strategy, ActorProducer producer, object[] arguments)
    {
        Deploy = deploy;
        SupervisorStrategy = strategy!;
        _producer = producer;
        Arguments = arguments;
    }

    public static Props Empty { get; } = Create<EmptyActor>();

    public Type Type => _producer.ActorType;

    public string TypeName => Type.AssemblyQualifiedName!;

    public object[] Arguments { get; }

    public Deploy Deploy { get; protected set; }

    /// <summary>Null unless it was given here: then the actor's own decides.</summary>
    public SupervisorStrategy SupervisorStrategy { get; protected set; }

    /// <summary>Null unless it was given.</summary>
    public string Dispatcher => EmptyToNull(Deploy.Dispatcher);

    /// <summary>Null unless it was given.</summary>
    public string Mailbox => EmptyToNull(Deploy.Mailbox);

    /// <summary>Reads a constructor call, whose arguments are evaluated now and used for every incarnation.</summary>
    public static Props Create<TActor>(
        Expression<Func<TActor>> factory, SupervisorStrategy? supervisorStrategy = null)
        where TActor : ActorBase
    {
        if (factory.Body is UnaryExpression) return new Props(typeof(TActor), supervisorStrategy, []);
        if (factory.Body is not NewExpression newExpression)
        {
            throw new ArgumentException("The create function must be a 'new T (args)' expression", nameof(factory));
        }

        var arguments = newExpression.Arguments.Select(Evaluate).ToArray();
        var producer = ActorProducer.OfConstructor(typeof(TActor), newExpression.Constructor!, arguments!);
        return new Props(DefaultDeploy, supervisorStrategy, producer, arguments!);
    }

    public static Props Create<TActor>(params object[] args)
        where TActor : ActorBase => new(typeof(TActor), args);

    public static Props Create<TActor>(SupervisorStrategy supervisorStrategy)
        where TActor : ActorBase, new() => new(typeof(TActor), supervisorStrategy, []);

    public static Props Create(Type type, params object[] args)
    {
        ArgumentNullException.ThrowIfNull(type, "Props must be instantiated with an actor type.");
        return new Props(type, args);
    }

    public static Props CreateBy(IIndirectActorProducer producer, params object[] args) =>
        new(DefaultDeploy, null, ActorProducer.Indirect(producer), args);

    public Props WithDispatcher(string dispatcher) => Deployed(Deploy.WithDispatcher(dispatcher));

    public Props WithMailbox(string mailbox) => Deployed(Deploy.WithMailbox(mailbox));

    public Props WithStashCapacity(int stashCapacity) =>
        Deployed(Deploy.WithStashCapacity(stashCapacity));

    /// <summary>What the given deployment says wins; this one's fills its gaps.</summary>
    public Props WithDeploy(Deploy deploy) => Deployed(deploy.WithFallback(Deploy));

    public Props WithSupervisorStrategy(SupervisorStrategy supervisorStrategy)
    {
        var copy = Copy();
        copy.SupervisorStrategy = supervisorStrategy;
        return copy;
    }

    public virtual ActorBase NewActor() =>
        _producer.Produce() ?? throw new InvalidOperationException($"The producer of {Type} returned no actor.");

    public bool Equals(Props? other) =>
        other is not null
        && (ReferenceEquals(this, other)
            || (Type == other.Type && Equals(Deploy, other.Deploy) && Arguments.SequenceEqual(other.Arguments)));

    public override bool Equals(object? obj) => Equals(obj as Props);

    public override int GetHashCode() => HashCode.Combine(Type, Deploy.Path);

    public ISurrogate ToSurrogate(ActorSystem system) =>
        new PropsSurrogate { Type = Type, Arguments = Arguments, Deploy = Deploy };

    protected virtual Props Copy() => new(this);

    internal void Release(ActorBase actor) => _producer.Release(actor);

    private static string EmptyToNull(string text) => string.IsNullOrEmpty(text) ? null! : text;

    private static object? Evaluate(Expression argument) => argument switch
    {
        ConstantExpression constant => constant.Value,
        MemberExpression { Expression: ConstantExpression owner, Member: System.Reflection.FieldInfo field } =>
            field.GetValue(owner.Value),
        _ => Expression.Lambda<Func<object?>>(Expression.Convert(argument, typeof(object)))
            .Compile(preferInterpretation: true)(),
    };

    private Props Deployed(Deploy deploy)
    {
        var copy = Copy();
        copy.Deploy = deploy;
        return copy;
    }

    public class PropsSurrogate : ISurrogate
    {
        public Type Type { get; set; } = null!;

        public Deploy Deploy { get; set; } = null!;

        public object[] Arguments { get; set; } = null!;

        public ISurrogated FromSurrogate(ActorSystem system) => new Props(Deploy, Type, Arguments);
    }

    private sealed class EmptyActor : UntypedActor
    {
        protected override void OnReceive(object message)
        {
        }
    }

    private sealed class NoActor : UntypedActor
    {
        protected override void OnReceive(object message) => Unhandled(message);
    }
}

/// <summary>What a cell holds in place of its recipe after it has stopped.</summary>
public class TerminatedProps : Props
{
    public override ActorBase NewActor() => throw new InvalidOperationException("This actor has been terminated");
}
