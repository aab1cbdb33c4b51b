using Ciaos.Actors.Lifecycle;
using Xunit;

namespace Ciaos.Specs.Lifecycle;

public sealed class LifecycleCalendarSpec
{
    private static readonly LifecycleCalendar Real = new(TimeSpan.FromDays(1));
    private static readonly LifecycleCalendar Short = new(TimeSpan.FromSeconds(2));

    [Theory]
    [InlineData("2026-01-15T10:30:00Z", 3, "2026-01-19T00:00:00Z")]
    [InlineData("2026-01-15T00:00:00Z", 1, "2026-01-16T00:00:00Z")]
    [InlineData("2026-01-15T23:59:59Z", 1, "2026-01-17T00:00:00Z")]
    [InlineData("2026-01-15T23:30:00-01:00", 1, "2026-01-18T00:00:00Z")]
    public void A_real_day_ends_at_the_next_midnight(string since, int days, string due) =>
        Assert.Equal(Time(due), Real.DueAt(Time(since), days));

    [Fact]
    public void A_short_day_ends_to_the_second() =>
        Assert.Equal(Time("2026-01-15T10:30:06Z"), Short.DueAt(Time("2026-01-15T10:30:00Z"), 3));

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void What_is_due_is_what_began_no_later_than_the_last_due_moment(int days)
    {
        foreach (var calendar in new[] { Real, Short })
        {
            var now = Time("2026-01-20T08:15:00Z");
            var last = calendar.DueSince(now, days)!.Value;
            Assert.True(calendar.DueAt(last, days) <= now);
            Assert.True(calendar.DueAt(last + TimeSpan.FromTicks(1), days) > now);
        }
    }

    [Fact]
    public void Ages_that_nothing_can_reach_are_never_due()
    {
        Assert.Null(Real.DueSince(Time("2026-01-20T08:15:00Z"), int.MaxValue));
        Assert.Equal(DateTimeOffset.MaxValue, Real.DueAt(Time("2026-01-20T08:15:00Z"), int.MaxValue));
    }

    private static DateTimeOffset Time(string text) =>
        DateTimeOffset.Parse(text, System.Globalization.CultureInfo.InvariantCulture);
}
