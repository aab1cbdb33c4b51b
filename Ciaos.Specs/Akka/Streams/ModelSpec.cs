using Akka;
using Akka.Streams;
using Akka.Streams.Dsl;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace Ciaos.Specs.Akka.Streams;

/// <summary>Whatever operators are put in a row, on however many actors: the stream computes what LINQ does.</summary>
public sealed class ModelSpec : StreamSpec
{
    private delegate Source<int, NotUsed> Streamed(Source<int, NotUsed> source);

    private sealed record Operator(string Name, Streamed Stream, Func<IEnumerable<int>, IEnumerable<int>> Model)
    {
        public override string ToString() => Name;
    }

    private static readonly Operator[] Operators =
    [
        new("select", s => s.Select(x => x + 1), m => m.Select(x => x + 1)),
        new("where", s => s.Where(x => x % 3 != 0), m => m.Where(x => x % 3 != 0)),
        new("take", s => s.Take(20), m => m.Take(20)),
        new("skip", s => s.Skip(3), m => m.Skip(3)),
        new("take while", s => s.TakeWhile(x => x < 60), m => m.TakeWhile(x => x < 60)),
        new("skip while", s => s.SkipWhile(x => x < 5), m => m.SkipWhile(x => x < 5)),
        new("select many", s => s.SelectMany(Repeated), m => m.SelectMany(Repeated)),
        new("grouped", s => s.Grouped(4).Select(g => g.Sum()), m => m.Chunk(4).Select(g => g.Sum())),
        new("scan", s => s.Scan(0, (sum, x) => (sum + x) % 100), Scan),
        new("select async", s => s.SelectAsync(3, async x =>
        {
            await Task.Yield();
            return x;
        }), m => m),
        new("buffer", s => s.Buffer(2, OverflowStrategy.Backpressure), m => m),
        new("detach", s => s.Detach(), m => m),
        new("batch", s => s.Batch(3, x => new List<int> { x }, (batch, x) => [.. batch, x]).SelectMany(b => b), m => m),
        new("concat", s => s.Concat(Source.From([7, 8])), m => m.Concat([7, 8])),
        new("prepend", s => s.Prepend<int, int, NotUsed>(Source.From([7, 8])), m => new[] { 7, 8 }.Concat(m)),
        new("zip", s => s.ZipWith(Source.From(Thirty), (a, b) => a + b), m => m.Zip(Thirty, (a, b) => a + b)),
        new("also to", s => s.AlsoTo(Flow.Create<int>().To(Sink.Ignore<int>())), m => m),
        new("intersperse", s => s.Intersperse(-1), m => m.SelectMany((x, i) => i == 0 ? new[] { x } : [-1, x])),
        new("async", s => s.Async(), m => m),
        new("async, small buffer", s => s.Async().Select(x => x).AddAttributes(SmallBuffer), m => m),
    ];

    [Fact]
    public void Streams_compute_what_LINQ_does()
    {
        var chains = Gen.Elements(Operators).ListOf().Select(list => list.Take(8).ToList());
        var cases = chains.Zip(Gen.Choose(0, 60));

        Prop.ForAll(cases.ToArbitrary(), async chainAndCount =>
        {
            var (chain, count) = chainAndCount;
            var stream = Source.From(Enumerable.Range(0, count));
            var model = Enumerable.Range(0, count);
            foreach (var op in chain)
            {
                stream = op.Stream(stream);
                model = op.Model(model);
            }

            Assert.Equal(model.ToList(), await Collect(stream));
        }).QuickCheckThrowOnFailure();
    }

    private static IEnumerable<int> Thirty => Enumerable.Range(0, 30);

    private static Attributes SmallBuffer => Attributes.CreateInputBuffer(1, 1);

    private static IEnumerable<int> Repeated(int x) => Enumerable.Repeat(x, Math.Abs(x) % 3);

    private static IEnumerable<int> Scan(IEnumerable<int> elements)
    {
        var sum = 0;
        yield return sum;
        foreach (var x in elements) yield return sum = (sum + x) % 100;
    }
}
