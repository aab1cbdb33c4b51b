using Akka.Actor;
using Akka.Streams;
using Akka.Streams.Dsl;
using Xunit;

namespace Ciaos.Specs.Akka.Streams;

/// <summary>A system and a materializer for each spec.</summary>
public abstract class StreamSpec : IAsyncLifetime
{
    protected static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    protected StreamSpec()
    {
        Sys = ActorSystem.Create("streams", "akka.loglevel = OFF\nakka.stdout-loglevel = OFF");
        Materializer = ActorMaterializer.Create(Sys);
    }

    protected ActorSystem Sys { get; }

    protected ActorMaterializer Materializer { get; }

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await Sys.Terminate().WaitAsync(Patience);

    protected static Attributes Deciding(global::Akka.Streams.Supervision.Decider decider) =>
        ActorAttributes.CreateSupervisionStrategy(decider);

    /// <summary>All that the source emits.</summary>
    protected async Task<List<T>> Collect<T, TMat>(Source<T, TMat> source) =>
        [.. await source.RunWith(Sink.Seq<T>(), Materializer).WaitAsync(Patience)];

    /// <summary>How the source fails.</summary>
    protected async Task<Exception> Failure<T, TMat>(Source<T, TMat> source) =>
        (await Assert.ThrowsAnyAsync<Exception>(
            () => source.RunWith(Sink.Ignore<T>(), Materializer).WaitAsync(Patience))).GetBaseException();

    /// <summary>A source and a sink that the spec controls, with the flow between them.</summary>
    protected (SourceProbe<TIn> Source, SinkProbe<TOut> Sink) Probes<TIn, TOut, TMat>(Flow<TIn, TOut, TMat> flow) =>
        SourceProbe<TIn>.Create().Via(flow).ToMaterialized(SinkProbe<TOut>.Create(), Keep.Both).Run(Materializer);
}

/// <summary>What a spec throws.</summary>
public sealed class Boom(string message = "boom") : Exception(message);
