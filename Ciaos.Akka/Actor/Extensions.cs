namespace Akka.Actor;

/// <summary>Something of which an actor system holds one.</summary>
public interface IExtension;

public interface IExtensionId
{
    Type ExtensionType { get; }

    object Apply(ActorSystem system);

    object Get(ActorSystem system);

    object CreateExtension(ExtendedActorSystem system);
}

public interface IExtensionId<out T> : IExtensionId
    where T : IExtension
{
    new T Apply(ActorSystem system);

    new T Get(ActorSystem system);

    new T CreateExtension(ExtendedActorSystem system);
}

/// <summary>Creates an extension once per actor system, on first use, and finds it again.</summary>
public abstract class ExtensionIdProvider<T> : IExtensionId<T>
    where T : IExtension
{
    public Type ExtensionType => typeof(T);

    public T Apply(ActorSystem system) => (T)system.RegisterExtension(this);

    public T Get(ActorSystem system) => (T)system.GetExtension(this);

    public abstract T CreateExtension(ExtendedActorSystem system);

    object IExtensionId.Apply(ActorSystem system) => Apply(system);

    object IExtensionId.Get(ActorSystem system) => Get(system);

    object IExtensionId.CreateExtension(ExtendedActorSystem system) => CreateExtension(system);

    public override bool Equals(object? obj) => obj is not null && obj.GetType() == GetType();

    public override int GetHashCode() => GetType().GetHashCode();
}

public static class ActorSystemWithExtensions
{
    public static T WithExtension<T>(this ActorSystem system, Type extensionId)
        where T : class, IExtension =>
        (T)((IExtensionId)Activator.CreateInstance(extensionId)!).Apply(system);

    public static T WithExtension<T>(this ActorSystem system)
        where T : class, IExtension
    {
        if (system.TryGetExtension<T>(out var present)) return present;
        var nested = typeof(T).Assembly.GetTypes().FirstOrDefault(
            type => !type.IsAbstract && typeof(IExtensionId<T>).IsAssignableFrom(type));
        return nested is null
            ? throw new InvalidOperationException($"There is no provider of the extension {typeof(T)}.")
            : system.WithExtension<T>(nested);
    }

    public static T WithExtension<T, TI>(this ActorSystem system)
        where T : class, IExtension
        where TI : IExtensionId =>
        (T)Activator.CreateInstance<TI>().Apply(system);
}
