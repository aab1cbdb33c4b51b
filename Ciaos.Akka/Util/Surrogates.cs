using Akka.Actor;

namespace Akka.Util;

/// <summary>The form in which a reference, path or strategy is serialised.</summary>
public interface ISurrogate
{
    ISurrogated FromSurrogate(ActorSystem system);
}

/// <summary>Something that is replaced by its surrogate while it is serialised.</summary>
public interface ISurrogated
{
    ISurrogate ToSurrogate(ActorSystem system);
}
