using Ciaos.Client;
using Ciaos.Specs.Http;

namespace Ciaos.Specs.Client;

/// <summary>A client, the wire that it talks over, and a front end in memory behind it.</summary>
internal sealed class ClientBench : IAsyncDisposable
{
    private ClientBench(MemoryNode node, FaultyWire wire, CiaosClient client) =>
        (Node, Wire, Client) = (node, wire, client);

    public MemoryNode Node { get; }

    public FaultyWire Wire { get; }

    public CiaosClient Client { get; }

    public static async Task<ClientBench> StartAsync(Func<CiaosClientOptions, CiaosClientOptions>? change = null)
    {
        var node = await MemoryNode.StartAsync();
        var wire = new FaultyWire();
        var options = Impatient(node.Client.BaseAddress!, wire);
        return new ClientBench(node, wire, new CiaosClient(change is null ? options : change(options)));
    }

    /// <summary>Retries come at once, so that specs need not wait.</summary>
    public static CiaosClientOptions Impatient(Uri address, HttpMessageHandler? handler = null) => new()
    {
        Address = address,
        User = "me",
        MinBackoff = TimeSpan.FromMilliseconds(1),
        MaxBackoff = TimeSpan.FromMilliseconds(2),
        Retries = 3,
        Handler = handler,
    };

    /// <summary>A client of nothing but scripted answers.</summary>
    public static (CiaosClient Client, FaultyWire Wire) Scripted(
        Func<int, HttpRequestMessage, HttpResponseMessage> answer,
        Func<CiaosClientOptions, CiaosClientOptions>? change = null)
    {
        var wire = new FaultyWire { Overrule = answer };
        var options = Impatient(new Uri("http://nowhere.invalid"), wire);
        return (new CiaosClient(change is null ? options : change(options)), wire);
    }

    public static byte[] Bytes(int count, int seed = 1)
    {
        var bytes = new byte[count];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    public async ValueTask DisposeAsync()
    {
        await Client.DisposeAsync();
        Wire.Dispose();
        await Node.DisposeAsync();
    }
}
