using System.Collections.Concurrent;
using System.Linq.Expressions;
using System.Reflection;

namespace Akka.Actor;

/// <summary>
/// How instances of an actor class are made. A constructor is bound once, when the recipe is first used.
/// </summary>
internal abstract class ActorProducer
{
    private static readonly ConcurrentDictionary<ConstructorInfo, Func<object?[], ActorBase>> Compiled = new();

    public abstract Type ActorType { get; }

    public static ActorProducer OfType(Type type, object[] args)
    {
        ArgumentNullException.ThrowIfNull(type);
        return typeof(IIndirectActorProducer).IsAssignableFrom(type)
            ? new Delegating((IIndirectActorProducer)Activator.CreateInstance(type, args)!)
            : new ByType(type, args);
    }

    public static ActorProducer OfConstructor(Type type, ConstructorInfo constructor, object?[] args) =>
        new ByConstructor(type, constructor, args);

    public static ActorProducer Indirect(IIndirectActorProducer producer) => new Delegating(producer);

    public abstract ActorBase Produce();

    public virtual void Release(ActorBase actor)
    {
    }

    private static Func<object?[], ActorBase> Compile(ConstructorInfo constructor)
    {
        var arguments = Expression.Parameter(typeof(object[]), "arguments");
        var parameters = constructor.GetParameters().Select((parameter, i) => Expression.Convert(
            Expression.ArrayIndex(arguments, Expression.Constant(i)), parameter.ParameterType));
        var create = Expression.New(constructor, parameters);
        return Expression.Lambda<Func<object?[], ActorBase>>(create, arguments).Compile();
    }

    private sealed class ByType(Type type, object[] args) : ActorProducer
    {
        private const BindingFlags AnyConstructor =
            BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.CreateInstance
            | BindingFlags.OptionalParamBinding;

        public override Type ActorType => type;

        public override ActorBase Produce()
        {
            try
            {
                return (ActorBase)Activator.CreateInstance(
                    type, AnyConstructor, binder: null, args, System.Globalization.CultureInfo.InvariantCulture)!;
            }
            catch (MissingMethodException missing)
            {
                throw new TypeLoadException(
                    $"Error while creating actor instance of type {type} with {args.Length} args: "
                    + $"({string.Join(',', args)})",
                    missing);
            }
        }
    }

    private sealed class ByConstructor(Type type, ConstructorInfo constructor, object?[] args) : ActorProducer
    {
        private Func<object?[], ActorBase>? _create;

        public override Type ActorType => type;

        public override ActorBase Produce()
        {
            _create ??= Compiled.GetOrAdd(constructor, Compile);
            return _create(args);
        }
    }

    private sealed class Delegating(IIndirectActorProducer producer) : ActorProducer
    {
        public override Type ActorType => producer.ActorType;

        public override ActorBase Produce() => producer.Produce();

        public override void Release(ActorBase actor) => producer.Release(actor);
    }
}
