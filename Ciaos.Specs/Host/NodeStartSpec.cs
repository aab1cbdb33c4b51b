using System.Net;
using System.Net.Sockets;
using Ciaos.Actors;
using Ciaos.Host;
using Ciaos.Host.Settings;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Ciaos.Specs.Host;

/// <summary>Whole nodes, as the process starts them.</summary>
public sealed class NodeStartSpec : IDisposable
{
    private readonly string _data = Directory.CreateTempSubdirectory("ciaos-node-").FullName;

    public void Dispose() => Directory.Delete(_data, recursive: true);

    [Fact]
    public async Task A_start_that_does_not_get_ready_can_be_given_up_and_leaves_the_data_folder_free()
    {
        var journal = Path.Combine(_data, "journal.db");
        await File.WriteAllTextAsync(journal, new string('?', 10_000));
        using var stop = new CancellationTokenSource();
        var start = StartAsync(stop.Token);
        stop.CancelAfter(TimeSpan.FromMilliseconds(500));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => start.WaitAsync(TimeSpan.FromSeconds(30)));
        File.Delete(journal);
        await using var node = await StartAsync(CancellationToken.None);
        Assert.StartsWith("http://127.0.0.1:", node.Address, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ciaos.http.port")]
    [InlineData("ciaos.s3.port")]
    public async Task A_start_that_fails_for_its_port_has_made_no_keys_and_no_store(string setting)
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        var port = ((IPEndPoint)other.LocalEndpoint).Port;
        var refused = await Assert.ThrowsAsync<NodeStartException>(
            () => StartAsync(CancellationToken.None, $"{setting}={port}"));
        Assert.Contains($"127.0.0.1:{port} cannot be listened on", refused.Message, StringComparison.Ordinal);
        Assert.Equal(["disk.lock"], Directory.GetFileSystemEntries(_data).Select(Path.GetFileName));

        await using var node = await StartAsync(CancellationToken.None);
        Assert.NotNull(node.NewRootKey);
    }

    [Fact]
    public async Task Chunks_that_no_volume_could_hold_are_refused()
    {
        var refused = await Assert.ThrowsAsync<SettingsException>(() => StartAsync(
            CancellationToken.None, "ciaos.volumes.max-volume-bytes=4MiB", "ciaos.objects.chunk-size=4MiB"));
        Assert.Equal("ciaos.objects.chunk-size", refused.Key);
    }

    private Task<Node> StartAsync(CancellationToken cancellation, params string[] settings) => Node.StartAsync(
        NodeConfig.Load(null, [], [$"ciaos.data={_data}", "ciaos.http.port=0", .. settings]),
        NullLoggerFactory.Instance,
        TimeProvider.System,
        cancellation);
}
