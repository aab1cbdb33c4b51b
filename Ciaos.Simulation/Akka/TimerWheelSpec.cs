using Akka.Actor.Internal;
using Xunit;

namespace Ciaos.Simulation.Akka;

/// <summary>The wheel of the scheduler, without its thread.</summary>
public sealed class TimerWheelSpec
{
    private readonly TimerWheel _wheel = new(slots: 8);
    private readonly List<string> _fired = [];

    [Fact]
    public void Entries_fire_at_their_tick_in_the_order_in_which_they_were_added()
    {
        Add("b", 2);
        Add("a1", 1);
        Add("a2", 1);
        AdvanceTo(1);
        Assert.Equal(["a1", "a2"], _fired);
        AdvanceTo(2);
        Assert.Equal(["a1", "a2", "b"], _fired);
        Assert.Equal(0, _wheel.Count);
    }

    [Fact]
    public void An_entry_beyond_the_wheels_size_waits_for_its_turn()
    {
        Add("far", 20);
        AdvanceTo(19);
        Assert.Empty(_fired);
        AdvanceTo(20);
        Assert.Equal(["far"], _fired);
    }

    [Fact]
    public void After_a_long_pause_all_that_is_overdue_fires()
    {
        for (var tick = 1; tick <= 30; tick++) Add($"{tick}", tick);
        AdvanceTo(1_000_000);
        var all = Enumerable.Range(1, 30).Select(tick => $"{tick}");
        Assert.Equal(all.Order(StringComparer.Ordinal), _fired.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void What_is_due_in_the_past_fires_at_the_next_tick()
    {
        AdvanceTo(10);
        Add("late", 3);
        AdvanceTo(11);
        Assert.Equal(["late"], _fired);
    }

    [Fact]
    public void What_is_removed_is_gone_at_once_and_can_be_removed_again()
    {
        var entry = Add("never", 5);
        Add("kept", 5);
        entry.Remove();
        entry.Remove();
        Assert.Equal(1, _wheel.Count);
        AdvanceTo(5);
        Assert.Equal(["kept"], _fired);
    }

    [Fact]
    public void A_repeated_entry_fires_until_it_is_removed()
    {
        var entry = Add("again", 2, interval: 3);
        AdvanceTo(4);
        AdvanceTo(5);
        AdvanceTo(8);
        Assert.Equal(["again", "again", "again"], _fired);
        entry.Remove();
        AdvanceTo(100);
        Assert.Equal(3, _fired.Count);
        Assert.Equal(0, _wheel.Count);
    }

    [Fact]
    public void It_behaves_like_a_sorted_list()
    {
        var random = new Random(11);
        var expected = new List<(long Due, string Name)>();
        for (var i = 0; i < 500; i++)
        {
            var due = random.Next(1, 200);
            var entry = Add($"{i}", due);
            if (random.Next(4) == 0) entry.Remove();
            else expected.Add((due, $"{i}"));
        }

        for (var tick = 1; tick <= 200; tick++) AdvanceTo(tick);

        Assert.Equal(expected.OrderBy(one => one.Due).Select(one => one.Name), _fired);
    }

    private Entry Add(string name, long due, long interval = 0)
    {
        var entry = new Entry(name, _fired) { IntervalTicks = interval };
        _wheel.Add(entry, due);
        return entry;
    }

    private void AdvanceTo(long tick) => _wheel.AdvanceTo(tick, [], timeout => timeout.Fire());

    private sealed class Entry(string name, List<string> fired) : WheelTimeout
    {
        public override void Fire() => fired.Add(name);
    }
}
