using Akka.Pattern;
using Akka.Streams.Stage;

namespace Akka.Streams.Implementation;

/// <summary>The stages that one actor runs, and the wires between them.</summary>
internal sealed class Island
{
    private readonly List<GraphStageLogic> _logics = [];
    private readonly List<Connection> _connections = [];

    public Island(Attributes attributes) => Attributes = attributes;

    public Attributes Attributes { get; }

    public IReadOnlyList<GraphStageLogic> Logics => _logics;

    public void Add(GraphStageLogic logic) => _logics.Add(logic);

    public void Add(Connection connection) => _connections.Add(connection);

    public GraphInterpreter NewInterpreter(IInterpreterHost host) => new([.. _logics], [.. _connections], host);
}

/// <summary>Collects the islands while a blueprint is built.</summary>
internal sealed class MaterializationPlan
{
    private readonly List<Island> _islands = [];

    public MaterializationPlan(ActorMaterializerImpl materializer) => Materializer = materializer;

    public ActorMaterializerImpl Materializer { get; }

    public IReadOnlyList<Island> Islands => _islands;

    public Island NewIsland(Attributes attributes)
    {
        var island = new Island(attributes);
        _islands.Add(island);
        return island;
    }

    /// <summary>Connects two ports: by a wire inside an island, by a bridge between two.</summary>
    public void Wire(OutEnd from, InEnd to)
    {
        if (from.Island == to.Island)
        {
            Connect(from, to);
            return;
        }

        var buffer = to.Logic.Attributes.GetAttribute(new Attributes.InputBuffer(16, 16));
        var bridge = from.Port.NewBridge(buffer.Max);
        from.Island.Add(bridge.Entry);
        to.Island.Add(bridge.Exit);
        bridge.Entry.Attributes = from.Logic.Attributes;
        bridge.Exit.Attributes = to.Logic.Attributes;
        Connect(from, new InEnd(from.Island, bridge.Entry, bridge.Inlet));
        Connect(new OutEnd(to.Island, bridge.Exit, bridge.Outlet), to);
    }

    private static void Connect(OutEnd from, InEnd to)
    {
        var connection = from.Port.NewConnection();
        if (!to.Port.Accepts(connection))
            throw new IllegalStateException($"Outlet [{from.Port}] does not carry what inlet [{to.Port}] takes");

        var outPort = from.Logic.InCount + from.Port.Id;
        var inPort = to.Port.Id;
        connection.OutOwner = from.Logic;
        connection.OutHandler = HandlerOf<IOutHandler>(from.Logic, outPort, from.Port);
        connection.InOwner = to.Logic;
        connection.InHandler = HandlerOf<IInHandler>(to.Logic, inPort, to.Port);
        from.Logic.PortToConn[outPort] = connection;
        to.Logic.PortToConn[inPort] = connection;
        from.Island.Add(connection);
    }

    private static T HandlerOf<T>(GraphStageLogic logic, int index, object port) =>
        logic.Handlers[index] is T handler
            ? handler
            : throw new IllegalStateException($"No handler defined in stage [{logic.StageName}] for port [{port}]");
}
