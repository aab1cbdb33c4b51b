namespace Ciaos.Simulation.Model;

/// <summary>Random choices that follow from a seed alone, in every version of the runtime.</summary>
internal sealed class Dice(long seed)
{
    private ulong _state = Hashing.Mix((ulong)seed);

    /// <summary>From 0, below the bound.</summary>
    public int Next(int bound)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(bound, 1);
        _state += 0x9E3779B97F4A7C15;
        return (int)(Hashing.Mix(_state) % (ulong)bound);
    }

    /// <summary>Both ends are possible.</summary>
    public int Between(int least, int most) => least + Next(most - least + 1);

    public bool Chance(int percent) => Next(100) < percent;

    public T Pick<T>(IReadOnlyList<T> items) => items[Next(items.Count)];

    /// <summary>An item, as often as its weight among all weights. One of them must be above 0.</summary>
    public T Pick<T>(IReadOnlyList<(int Weight, T Item)> items)
    {
        var at = Next(items.Sum(item => item.Weight));
        return items.First(item => (at -= item.Weight) < 0).Item;
    }
}
