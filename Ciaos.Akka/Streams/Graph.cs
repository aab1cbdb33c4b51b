using Akka.Streams.Implementation;

namespace Akka.Streams;

/// <summary>A blueprint of a piece of a stream. It can be materialized any number of times.</summary>
public interface IGraph<out TShape>
    where TShape : Shape
{
    TShape Shape { get; }

    internal Module Module { get; }
}

/// <summary>A blueprint that yields a <typeparamref name="TMaterialized"/> each time it is materialized.</summary>
public interface IGraph<out TShape, out TMaterialized> : IGraph<TShape>
    where TShape : Shape
{
    /// <summary>The same graph with these attributes in place of its own.</summary>
    IGraph<TShape, TMaterialized> WithAttributes(Attributes attributes);

    /// <summary>The same graph with these attributes added to its own.</summary>
    IGraph<TShape, TMaterialized> AddAttributes(Attributes attributes);

    IGraph<TShape, TMaterialized> Named(string name);

    /// <summary>The same graph, run by an actor of its own.</summary>
    IGraph<TShape, TMaterialized> Async();
}
