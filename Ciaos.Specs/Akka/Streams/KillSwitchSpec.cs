using Akka;
using Akka.Streams;
using Akka.Streams.Dsl;
using Xunit;

namespace Ciaos.Specs.Akka.Streams;

public sealed class KillSwitchSpec : StreamSpec
{
    [Fact]
    public async Task A_switch_shuts_its_stream_down()
    {
        var ((source, killSwitch), sink) = SourceProbe<int>.Create()
            .ViaMaterialized(KillSwitches.Single<int>(), Keep.Both)
            .ToMaterialized(SinkProbe<int>.Create(), Keep.Both).Run(Materializer);
        await sink.Request(2);
        await source.Send(1);
        await sink.ExpectNext(1);

        killSwitch.Shutdown();
        killSwitch.Abort(new Boom());

        await sink.ExpectComplete();
        await source.ExpectCancellation();
    }

    [Fact]
    public async Task A_switch_aborts_its_stream()
    {
        var ((source, killSwitch), sink) = SourceProbe<int>.Create()
            .ViaMaterialized(KillSwitches.Single<int>(), Keep.Both)
            .ToMaterialized(SinkProbe<int>.Create(), Keep.Both).Run(Materializer);

        killSwitch.Abort(new Boom());

        Assert.IsType<Boom>((await sink.ExpectFailure()).GetBaseException());
        await source.ExpectCancellation();
    }

    [Fact]
    public async Task A_shared_switch_ends_all_its_streams_also_later_ones()
    {
        var killSwitch = KillSwitches.Shared("all");
        var source = Source.Never<int>().Via(killSwitch.Flow<int>());
        var first = Collect(source);
        var second = Collect(source);

        killSwitch.Shutdown();

        Assert.Empty(await first);
        Assert.Empty(await second);
        Assert.Empty(await Collect(source));
    }

    [Fact]
    public async Task A_token_ends_a_stream_by_failure_or_gracefully()
    {
        using var cancellation = new CancellationTokenSource();
        var failing = Failure(Source.Never<int>().Via(cancellation.Token.AsFlow<int>()));
        var ending = Collect(Source.Never<int>().Via(cancellation.Token.AsFlow<int>(cancelGracefully: true)));

        await cancellation.CancelAsync();

        Assert.IsType<OperationCanceledException>(await failing);
        Assert.Empty(await ending);
    }
}
