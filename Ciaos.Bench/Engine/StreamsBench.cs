using Akka.Actor;
using Akka.Streams;
using Akka.Streams.Dsl;

namespace Ciaos.Bench.Engine;

/// <summary>What an element costs on its way through a stream.</summary>
internal static class StreamsBench
{
    public static async Task Run(string[] args, BenchReport report)
    {
        using var system = ActorSystem.Create("bench", "akka.loglevel = WARNING");
        using var materializer = system.Materializer();
        report.Add(await Measure("select", 10_000_000, materializer, source => source.Select(x => x + 1)));
        report.Add(await Measure("select x5", 4_000_000, materializer, source => source
            .Select(x => x + 1).Select(x => x + 1).Select(x => x + 1).Select(x => x + 1).Select(x => x + 1)));
        report.Add(await Measure(
            "async boundary", 4_000_000, materializer, source => source.Async().Select(x => x + 1)));
        report.Add(await Measure(
            "select async 8", 4_000_000, materializer, source => source.SelectAsync(8, Task.FromResult)));
        const int Acknowledged = 500_000;
        report.Add(await CpuMeter.Measure(
            "actor ref with ack", Acknowledged, () => Acknowledge(system, materializer, Acknowledged)));
        const int Offered = 200_000;
        report.Add(await CpuMeter.Measure("queue, backpressure", Offered, () => Offer(materializer, Offered)));
        const int Started = 50_000;
        report.Add(await CpuMeter.Measure("streams of one element", Started, () => StartMany(materializer, Started)));
    }

    private static async Task StartMany(IMaterializer materializer, int count)
    {
        for (var i = 0; i < count; i++) await Source.Single(i).RunWith(Sink.Ignore<int>(), materializer);
    }

    private static Task<CpuFigure> Measure<TMat>(
        string name, int count, IMaterializer materializer,
        Func<Source<int, Akka.NotUsed>, Source<int, TMat>> through) =>
        CpuMeter.Measure(
            name,
            count,
            () => through(Source.From(Enumerable.Range(0, count))).RunWith(Sink.Ignore<int>(), materializer));

    private static Task Acknowledge(ActorSystem system, IMaterializer materializer, int count)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var receiver = system.ActorOf(Props.Create(() => new Acknowledger(done)));
        Source.From(Enumerable.Range(0, count))
            .RunWith(Sink.ActorRefWithAck<int>(receiver, "init", "ack", "complete"), materializer);
        return done.Task;
    }

    private static async Task Offer(IMaterializer materializer, int count)
    {
        var (queue, done) = Source.Queue<int>(128, OverflowStrategy.Backpressure)
            .ToMaterialized(Sink.Ignore<int>(), Keep.Both).Run(materializer);
        for (var i = 0; i < count; i++) await queue.OfferAsync(i);
        queue.Complete();
        await done;
    }

    private sealed class Acknowledger : UntypedActor
    {
        private readonly TaskCompletionSource _done;

        public Acknowledger(TaskCompletionSource done) => _done = done;

        protected override void OnReceive(object message)
        {
            if (message is "complete")
            {
                _done.SetResult();
                Context.Stop(Self);
            }
            else
            {
                Sender.Tell("ack", ActorRefs.NoSender);
            }
        }
    }
}
