using Akka;
using Akka.Streams;
using Akka.Streams.Dsl;
using Akka.Streams.Supervision;
using Xunit;

namespace Ciaos.Specs.Akka.Streams;

public sealed class FoldingSpec : StreamSpec
{
    private static int AddUnlessTwo(int sum, int x) => x == 2 ? throw new Boom() : sum + x;

    [Fact]
    public async Task Aggregate_emits_its_fold_at_the_end()
    {
        Assert.Equal([10], await Collect(Source.From([1, 2, 3]).Aggregate(4, (sum, x) => sum + x)));
        Assert.Equal([4], await Collect(Source.Empty<int>().Aggregate(4, (sum, x) => sum + x)));
        Assert.IsType<Boom>(await Failure(Source.From([1, 2]).Aggregate(0, AddUnlessTwo)));
    }

    [Fact]
    public async Task Aggregate_resumes_with_its_fold_and_restarts_from_zero()
    {
        var source = Source.From([1, 2, 3]).Aggregate(0, AddUnlessTwo);

        Assert.Equal([4], await Collect(source.WithAttributes(Deciding(Deciders.ResumingDecider))));
        Assert.Equal([3], await Collect(source.WithAttributes(Deciding(Deciders.RestartingDecider))));
    }

    [Fact]
    public async Task AggregateAsync_folds_one_after_the_other()
    {
        var source = Source.From(Enumerable.Range(1, 50)).AggregateAsync("", async (text, x) =>
        {
            await Task.Yield();
            return text + x;
        });

        Assert.Equal([string.Concat(Enumerable.Range(1, 50))], await Collect(source));
    }

    [Fact]
    public async Task AggregateAsync_fails_resumes_and_restarts()
    {
        static Task<int> Add(int sum, int x) => x == 2 ? Task.FromException<int>(new Boom()) : Task.FromResult(sum + x);
        var source = Source.From([1, 2, 3]).AggregateAsync(0, Add);

        Assert.IsType<Boom>(await Failure(source));
        Assert.Equal([4], await Collect(source.WithAttributes(Deciding(Deciders.ResumingDecider))));
        Assert.Equal([3], await Collect(source.WithAttributes(Deciding(Deciders.RestartingDecider))));
    }

    [Fact]
    public async Task Sum_folds_into_the_first_element_and_fails_without_one()
    {
        Assert.Equal([6], await Collect(Source.From([1, 2, 3]).Sum((a, b) => a + b)));
        Assert.Equal([1], await Collect(Source.From([1]).Sum((a, b) => a + b)));
        Assert.IsType<NoSuchElementException>(await Failure(Source.Empty<int>().Sum((a, b) => a + b)));
    }

    [Fact]
    public async Task Scan_emits_the_zero_and_each_step()
    {
        Assert.Equal([0, 1, 3, 6], await Collect(Source.From([1, 2, 3]).Scan(0, (sum, x) => sum + x)));
        Assert.Equal([0], await Collect(Source.Empty<int>().Scan(0, (sum, x) => sum + x)));
    }

    [Fact]
    public async Task Scan_emits_the_zero_even_before_a_failure()
    {
        var sink = Source.Failed<int>(new Boom()).Scan(0, (sum, x) => sum + x)
            .RunWith(SinkProbe<int>.Create(), Materializer);

        await sink.Request(2);

        await sink.ExpectNext(0);
        Assert.IsType<Boom>(await sink.ExpectFailure());
    }

    [Fact]
    public async Task Scan_resumes_with_its_state_and_restarts_with_the_zero()
    {
        var source = Source.From([1, 2, 3]).Scan(0, AddUnlessTwo);

        Assert.Equal([0, 1, 4], await Collect(source.WithAttributes(Deciding(Deciders.ResumingDecider))));
        Assert.Equal([0, 1, 0, 3], await Collect(source.WithAttributes(Deciding(Deciders.RestartingDecider))));
    }

    [Fact]
    public async Task ScanAsync_emits_the_zero_and_each_step()
    {
        var source = Source.From([1, 2, 3]).ScanAsync(0, async (sum, x) =>
        {
            await Task.Yield();
            return sum + x;
        });

        Assert.Equal([0, 1, 3, 6], await Collect(source));
        Assert.Equal([0], await Collect(Source.Empty<int>().ScanAsync(0, (sum, x) => Task.FromResult(sum + x))));
    }

    [Fact]
    public async Task Sinks_fold_like_the_operators()
    {
        var source = Source.From([1, 2, 3]);
        static Task<int> Add(int sum, int x) => Task.FromResult(sum + x);

        Assert.Equal(6, await source.RunAggregate(0, (sum, x) => sum + x, Materializer).WaitAsync(Patience));
        Assert.Equal(6, await source.RunAggregateAsync(0, Add, Materializer).WaitAsync(Patience));
        Assert.Equal(6, await source.RunSum((a, b) => a + b, Materializer).WaitAsync(Patience));
        await Assert.ThrowsAsync<NoSuchElementException>(
            () => Source.Empty<int>().RunSum((a, b) => a + b, Materializer).WaitAsync(Patience));
    }
}
