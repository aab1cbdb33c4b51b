using Akka.Streams.Implementation;

namespace Akka.Streams;

/// <summary>Where elements enter a stage.</summary>
public abstract class InPort
{
    /// <summary>The port's index among its stage's inlets, known once the stage is materialized.</summary>
    internal int Id { get; set; } = -1;
}

/// <summary>Where elements leave a stage.</summary>
public abstract class OutPort
{
    /// <summary>The port's index among its stage's outlets, known once the stage is materialized.</summary>
    internal int Id { get; set; } = -1;
}

/// <summary>An input port, its element type aside.</summary>
public abstract class Inlet : InPort
{
    public readonly string Name;

    protected Inlet(string name) => Name = name ?? throw new ArgumentException("Inlet name must be defined");

    public static Inlet<T> Create<T>(Inlet inlet) => inlet as Inlet<T> ?? new Inlet<T>(inlet.Name);

    public abstract Inlet CarbonCopy();

    public sealed override string ToString() => Name;

    /// <summary>Whether a connection carries exactly what this port takes.</summary>
    internal abstract bool Accepts(Connection connection);
}

/// <summary>An input port for elements of type <typeparamref name="T"/>.</summary>
public sealed class Inlet<T> : Inlet
{
    public Inlet(string name)
        : base(name)
    {
    }

    public override Inlet CarbonCopy() => new Inlet<T>(Name);

    internal override bool Accepts(Connection connection) => connection is Connection<T>;
}

/// <summary>An output port, its element type aside.</summary>
public abstract class Outlet : OutPort
{
    public readonly string Name;

    protected Outlet(string name) => Name = name ?? throw new ArgumentException("Outlet name must be defined");

    public static Outlet<T> Create<T>(Outlet outlet) => outlet as Outlet<T> ?? new Outlet<T>(outlet.Name);

    public abstract Outlet CarbonCopy();

    public sealed override string ToString() => Name;

    /// <summary>A connection with a slot of this port's element type.</summary>
    internal abstract Connection NewConnection();

    /// <summary>A bridge that carries this port's elements from one island to another.</summary>
    internal abstract IslandBridge NewBridge(int bufferSize);
}

/// <summary>An output port for elements of type <typeparamref name="T"/>.</summary>
public sealed class Outlet<T> : Outlet
{
    public Outlet(string name)
        : base(name)
    {
    }

    public override Outlet CarbonCopy() => new Outlet<T>(Name);

    internal override Connection NewConnection() => new Connection<T>();

    internal override IslandBridge NewBridge(int bufferSize) => new IslandBridge<T>(bufferSize);
}
