namespace Akka.TestKit;

/// <summary>A predicate and the type of message that it is for.</summary>
public class PredicateInfo
{
    private readonly Func<object, bool> _accepts;

    private PredicateInfo(Delegate predicateT, Type type, Func<object, bool> accepts)
    {
        PredicateT = predicateT;
        Type = type;
        _accepts = accepts;
    }

    public Delegate PredicateT { get; }

    public Type Type { get; }

    public static PredicateInfo Create<T>(Predicate<T> predicateT) =>
        new(predicateT, typeof(T), message => message is T typed && predicateT(typed));

    public override string ToString() => $"Predicate<{Type.Name}>: {PredicateT.Method.Name}";

    internal bool Accepts(object message) => _accepts(message);
}

/// <summary>Short ways to make a <see cref="PredicateInfo"/>.</summary>
public static class PredicateInfoFactory
{
    public static PredicateInfo CreatePredicateInfo<T>(this Predicate<T> predicateT) =>
        PredicateInfo.Create(predicateT);

    public static PredicateInfo CreatePredicateInfo<T>(this Delegate predicateT) =>
        PredicateInfo.Create<T>(message => (bool)predicateT.DynamicInvoke(message)!);
}
