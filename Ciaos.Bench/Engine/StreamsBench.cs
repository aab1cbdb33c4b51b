using System.Diagnostics;
using Akka;
using Akka.Actor;
using Akka.Streams;
using Akka.Streams.Dsl;

namespace Ciaos.Bench.Engine;

/// <summary>
/// Elements per second of processor time, all threads together: what a stream costs, whatever else the machine does.
/// Each line is the median of several runs, after one that is not counted.
/// </summary>
internal static class StreamsBench
{
    private const int Runs = 5;

    /// <param name="args">None.</param>
    public static async Task Run(string[] args)
    {
        _ = args;
        using var system = ActorSystem.Create("bench", "akka.loglevel = WARNING");
        using var materializer = system.Materializer();
        await Measure("Source.From -> Select -> Ignore", 10_000_000, count => Source.From(Enumerable.Range(0, count))
            .Select(x => x + 1)
            .RunWith(Sink.Ignore<int>(), materializer));
        await Measure("... five Selects", 5_000_000, count => Source.From(Enumerable.Range(0, count))
            .Select(x => x + 1).Select(x => x + 1).Select(x => x + 1).Select(x => x + 1).Select(x => x + 1)
            .RunWith(Sink.Ignore<int>(), materializer));
        await Measure("... over an asynchronous boundary", 2_000_000, count => Source.From(Enumerable.Range(0, count))
            .Async()
            .Select(x => x + 1)
            .RunWith(Sink.Ignore<int>(), materializer));
        await Measure("Source.From -> ActorRefWithAck", 1_000_000, count =>
        {
            var done = new TaskCompletionSource();
            var receiver = system.ActorOf(Props.Create(() => new Acknowledger(done)));
            Source.From(Enumerable.Range(0, count))
                .RunWith(Sink.ActorRefWithAck<int>(receiver, "init", "ack", "complete"), materializer);
            return done.Task;
        });
        await Measure("SelectAsync(8), tasks done at once", 2_000_000, count => Source.From(Enumerable.Range(0, count))
            .SelectAsync(8, Task.FromResult)
            .RunWith(Sink.Ignore<int>(), materializer));
        await Measure("Source.Queue(128, Backpressure) -> Ignore", 200_000, async count =>
        {
            var (queue, done) = Source.Queue<int>(128, OverflowStrategy.Backpressure)
                .ToMaterialized(Sink.Ignore<int>(), Keep.Both).Run(materializer);
            for (var i = 0; i < count; i++) await queue.OfferAsync(i);
            queue.Complete();
            await done;
        });
    }

    private static async Task Measure(string name, int count, Func<int, Task> run)
    {
        await run(count / 10);
        var rates = new List<double>();
        for (var i = 0; i < Runs; i++)
        {
            var process = Process.GetCurrentProcess();
            var before = process.TotalProcessorTime;
            await run(count);
            process.Refresh();
            rates.Add(count / (process.TotalProcessorTime - before).TotalSeconds);
        }

        rates.Sort();
        Console.WriteLine($"{name,-45} {rates[Runs / 2] / 1e6,8:F2} M elements per CPU second");
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
