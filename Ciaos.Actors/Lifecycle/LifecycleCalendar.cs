namespace Ciaos.Actors.Lifecycle;

/// <summary>When a number of days is over. As in S3 that is at the first midnight (UTC) behind it; where days are set
/// to be shorter, at once.</summary>
/// <param name="Day">Length of a day.</param>
public readonly record struct LifecycleCalendar(TimeSpan Day)
{
    private static readonly TimeSpan RealDay = TimeSpan.FromDays(1);

    /// <summary>When so many days are over, counted from <paramref name="since"/>.</summary>
    public DateTimeOffset DueAt(DateTimeOffset since, int days)
    {
        if (days > (DateTimeOffset.MaxValue - since).Ticks / Day.Ticks - 2) return DateTimeOffset.MaxValue;
        var due = since.ToUniversalTime() + (Day * days);
        var midnight = Midnight(due);
        return Day < RealDay || due == midnight ? due : midnight + RealDay;
    }

    /// <summary>The last moment from which so many days are over by <paramref name="now"/>; null: there is
    /// none.</summary>
    public DateTimeOffset? DueSince(DateTimeOffset now, int days)
    {
        var end = Day < RealDay ? now.ToUniversalTime() : Midnight(now.ToUniversalTime());
        return days > (end - DateTimeOffset.UnixEpoch).Ticks / Day.Ticks ? null : end - (Day * days);
    }

    private static DateTimeOffset Midnight(DateTimeOffset utc) => new(utc.Date, TimeSpan.Zero);
}
