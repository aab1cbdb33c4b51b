using Ciaos.Http.Quotas;
using Ciaos.Specs.Index;
using Xunit;

namespace Ciaos.Specs.Http.Quotas;

public sealed class RequestRatesSpec
{
    private readonly ManualTime _time = new();
    private readonly RequestRates _rates;

    public RequestRatesSpec() => _rates = new RequestRates(_time);

    [Fact]
    public void A_user_gets_what_the_limit_brings_and_no_more()
    {
        Assert.Equal(5, Taken("alice", 5, 100));
        _time.Advance(TimeSpan.FromSeconds(0.4));
        Assert.Equal(2, Taken("alice", 5, 100));
        _time.Advance(TimeSpan.FromHours(1));
        Assert.Equal(5, Taken("alice", 5, 100));
    }

    [Fact]
    public void Less_than_one_request_a_second_is_a_limit_too()
    {
        Assert.Equal(1, Taken("alice", 0.1, 100));
        _time.Advance(TimeSpan.FromSeconds(9));
        Assert.Equal(0, Taken("alice", 0.1, 100));
        _time.Advance(TimeSpan.FromSeconds(1.01));
        Assert.Equal(1, Taken("alice", 0.1, 100));
    }

    [Fact]
    public void Users_do_not_share_their_limits_and_no_limit_is_none()
    {
        Assert.Equal(1, Taken("alice", 1, 10));
        Assert.Equal(1, Taken("bob", 1, 10));
        Assert.Equal(10, Taken("alice", null, 10));
    }

    private int Taken(string user, double? perSecond, int attempts) =>
        Enumerable.Range(0, attempts).Count(_ => _rates.TryTake(user, perSecond));
}
