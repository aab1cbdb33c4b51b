using Ciaos.Storage;
using Xunit;

namespace Ciaos.Specs.Storage;

public class NeedleIdsSpec
{
    private readonly SettableClock _clock = new();
    private readonly NeedleIds _ids;

    public NeedleIdsSpec() => _ids = new NeedleIds(_clock);

    [Fact]
    public void An_id_is_the_time_in_microseconds()
    {
        _clock.Now = DateTimeOffset.UnixEpoch.AddSeconds(2).AddMicroseconds(3);
        Assert.Equal(new NeedleId(2_000_003), _ids.Next());
    }

    [Fact]
    public void Ids_increase_while_the_clock_stands_still_or_goes_back()
    {
        _clock.Now = DateTimeOffset.UnixEpoch.AddSeconds(1);
        Assert.Equal([1_000_000L, 1_000_001], [_ids.Next().Value, _ids.Next().Value]);
        _clock.Now = DateTimeOffset.UnixEpoch;
        Assert.Equal(1_000_002, _ids.Next().Value);
    }

    [Fact]
    public void Ids_go_on_behind_those_that_were_used_before_the_start()
    {
        _ids.NotBefore(new NeedleId(50));
        _ids.NotBefore(new NeedleId(40));
        Assert.Equal(51, _ids.Next().Value);
    }

    [Fact]
    public void Many_threads_never_get_the_same_id()
    {
        var ids = new long[20_000];
        Parallel.For(0, ids.Length, i => ids[i] = _ids.Next().Value);
        Assert.Equal(ids.Length, ids.Distinct().Count());
    }

    private sealed class SettableClock : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = DateTimeOffset.UnixEpoch;

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
