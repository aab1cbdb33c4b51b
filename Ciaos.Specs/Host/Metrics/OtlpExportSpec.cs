using System.Collections.Concurrent;
using System.Net;
using System.Text;
using Akka.Configuration;
using Ciaos.Actors;
using Ciaos.Host.Metrics;
using Ciaos.Http.Metrics;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Ciaos.Specs.Host.Metrics;

public sealed class OtlpExportSpec
{
    private static readonly Config Reference = ReferenceConfig.Load();

    [Theory]
    [InlineData("grpc", "/opentelemetry.proto.collector.metrics.v1.MetricsService/Export")]
    [InlineData("http/protobuf", "/prefix/v1/metrics")]
    public async Task What_was_measured_is_sent_at_the_latest_when_the_node_ends(string protocol, string path)
    {
        var received = new ConcurrentDictionary<string, string>();
        var isGrpc = protocol == "grpc";
        await using var collector = await CollectAsync(received, isGrpc);
        using var metrics = new MetricsCollector();
        var counter = metrics.Create("Ciaos.Otlp").CreateCounter<long>("ciaos.otlp.spec", null, "Spec");
        var endpoint = collector.Urls.First() + (isGrpc ? "" : "/prefix/");
        var settings = OtlpSettings.From(With(
            $"protocol = \"{protocol}\", interval = 1h, endpoint = \"{endpoint}\""));
        var export = new OtlpExport(settings!, NullLogger.Instance, TimeProvider.System, "1.2.3");
        counter.Add(3);
        export.Dispose();
        Assert.Contains("ciaos.otlp.spec", received[path], StringComparison.Ordinal);
        Assert.Contains("service.version", received[path], StringComparison.Ordinal);
    }

    [Fact]
    public void Nothing_is_exported_where_no_endpoint_is_told() => Assert.Null(OtlpSettings.From(Reference));

    [Theory]
    [InlineData("endpoint = \"collector:4318\"", "ciaos.telemetry.otlp.endpoint")]
    [InlineData("endpoint = \"http://a\", headers = \"no-value\"", "ciaos.telemetry.otlp.headers")]
    [InlineData("sampling-ratio = 1.5", "ciaos.telemetry.otlp.sampling-ratio")]
    [InlineData("sampling-ratio = \"-1\"", "ciaos.telemetry.otlp.sampling-ratio")]
    [InlineData("protocol = thrift", "ciaos.telemetry.otlp.protocol")]
    [InlineData("interval = 10ms", "ciaos.telemetry.otlp.interval")]
    public void Settings_that_are_none_are_refused(string settings, string key) =>
        Assert.Equal(key, Assert.Throws<SettingsException>(() => OtlpSettings.From(With(settings))).Key);

    private static Config With(string settings) => ConfigurationFactory
        .ParseString($"ciaos.telemetry.otlp {{ {settings} }}").WithFallback(Reference);

    private static async Task<WebApplication> CollectAsync(
        ConcurrentDictionary<string, string> received, bool isGrpc)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(options => options.Listen(
            IPAddress.Loopback, 0,
            listen => listen.Protocols = isGrpc ? HttpProtocols.Http2 : HttpProtocols.Http1));
        var application = builder.Build();
        ((IApplicationBuilder)application).Run(async context =>
        {
            using var body = new MemoryStream();
            await context.Request.Body.CopyToAsync(body);
            received[context.Request.Path] = Encoding.Latin1.GetString(body.ToArray());
            if (!isGrpc) return;
            context.Response.ContentType = "application/grpc";
            await context.Response.Body.WriteAsync(new byte[5]);
            context.Response.AppendTrailer("grpc-status", "0");
        });
        await application.StartAsync();
        return application;
    }
}
