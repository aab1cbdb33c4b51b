using Ciaos.Actors.Index;
using Ciaos.Actors.Index.Catalog;
using Xunit;
using static Ciaos.Actors.Index.IndexProtocol;

namespace Ciaos.Specs.Index;

public class ReadTicketsSpec
{
    private static readonly ContentView Content = new(7, default, 1000, 5000);

    private readonly ManualTime _time = new();

    [Fact]
    public void Content_is_held_until_its_last_reader_ends()
    {
        var tickets = new ReadTickets(_time, TimeSpan.FromHours(1), 10);
        var first = tickets.Give(Content);
        var second = tickets.Give(Content);
        Assert.NotEqual(first, second);
        tickets.End(first);
        tickets.End(first);
        Assert.True(tickets.IsRead(7));
        Assert.Null(tickets.Use(first));
        Assert.Equal(Content, tickets.Use(second));
        tickets.End(second);
        Assert.False(tickets.IsRead(7));
    }

    [Fact]
    public void A_reader_that_is_idle_loses_its_hold_and_one_that_reads_keeps_it()
    {
        var tickets = new ReadTickets(_time, TimeSpan.FromHours(1), 10);
        var idle = tickets.Give(Content);
        var busy = tickets.Give(Content);
        _time.Advance(TimeSpan.FromMinutes(59));
        Assert.NotNull(tickets.Use(busy));
        Assert.Equal(0, tickets.Expire());
        _time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(1, tickets.Expire());
        Assert.Null(tickets.Use(idle));
        Assert.NotNull(tickets.Use(busy));
    }

    [Fact]
    public void Tickets_of_another_time_or_content_are_worth_nothing()
    {
        var before = new ReadTickets(_time, TimeSpan.FromHours(1), 10).Give(Content);
        _time.Advance(TimeSpan.FromMilliseconds(1));
        var tickets = new ReadTickets(_time, TimeSpan.FromHours(1), 10);
        var now = tickets.Give(Content);
        Assert.Null(tickets.Use(before));
        Assert.Null(tickets.Use(now with { ContentSequence = 8 }));
        tickets.End(now with { ContentSequence = 8 });
        Assert.NotNull(tickets.Use(now));
    }

    [Fact]
    public void There_are_only_so_many()
    {
        var tickets = new ReadTickets(_time, TimeSpan.FromHours(1), 1);
        var ticket = tickets.Give(Content);
        Assert.True(tickets.IsFull);
        tickets.End(ticket);
        Assert.False(tickets.IsFull);
    }
}
