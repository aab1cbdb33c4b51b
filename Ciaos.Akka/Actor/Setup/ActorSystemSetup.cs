using Akka.Util;

namespace Akka.Actor.Setup;

/// <summary>A part of what an actor system is started with.</summary>
public abstract class Setup
{
    public ActorSystemSetup And(Setup other) => ActorSystemSetup.Create(this, other);
}

/// <summary>At most one <see cref="Setup"/> of each type.</summary>
public sealed class ActorSystemSetup
{
    public static readonly ActorSystemSetup Empty = new(new Dictionary<Type, Setup>());

    private readonly Dictionary<Type, Setup> _setups;

    private ActorSystemSetup(Dictionary<Type, Setup> setups) => _setups = setups;

    public static ActorSystemSetup Create(params Setup[] setup) =>
        new(setup.GroupBy(one => one.GetType()).ToDictionary(group => group.Key, group => group.Last()));

    public Option<T> Get<T>()
        where T : Setup => _setups.TryGetValue(typeof(T), out var found) ? (T)found : Option<T>.None;

    public ActorSystemSetup WithSetup<T>(T setup)
        where T : Setup => new(new Dictionary<Type, Setup>(_setups) { [setup.GetType()] = setup });

    public ActorSystemSetup And<T>(T setup)
        where T : Setup => WithSetup(setup);

    public override string ToString() =>
        $"ActorSystemSetup({string.Join(',', _setups.Keys.Select(type => type.FullName))})";
}
