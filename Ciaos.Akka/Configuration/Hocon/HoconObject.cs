namespace Akka.Configuration.Hocon;

/// <summary>Values by key, in the order in which the keys were first written.</summary>
public class HoconObject : IHoconElement
{
    public Dictionary<string, HoconValue> Items { get; private init; } = new(StringComparer.Ordinal);

    /// <summary>Objects as dictionaries, all else as <see cref="HoconValue"/>.</summary>
    public IDictionary<string, object> Unwrapped =>
        Items.ToDictionary(i => i.Key, i => i.Value.GetObject() is { } o ? (object)o.Unwrapped : i.Value,
            StringComparer.Ordinal);

    public HoconValue? GetKey(string key) => Items.GetValueOrDefault(key);

    public HoconValue GetOrCreateKey(string key)
    {
        if (!Items.TryGetValue(key, out var value)) Items.Add(key, value = new HoconValue());
        return value;
    }

    /// <summary>Takes over the keys of another object, which wins except that objects merge.</summary>
    public void Merge(HoconObject other)
    {
        foreach (var (key, theirs) in other.Items)
        {
            if (Items.TryGetValue(key, out var mine)) mine.Override(theirs);
            else Items.Add(key, theirs);
        }
    }

    public bool IsString() => false;

    public string? GetString() => throw new NotSupportedException("An object is not a string");

    public bool IsArray() => false;

    public IList<HoconValue> GetArray() => throw new NotSupportedException("An object is not an array");

    public override string ToString() => ToString(0);

    public string ToString(int indent) => HoconPrinter.Fields(this, indent);

    /// <summary>A new object that has the keys of both, <paramref name="over"/> winning. Neither is changed.</summary>
    internal static HoconObject Layer(HoconObject over, HoconObject under)
    {
        var items = new Dictionary<string, HoconValue>(over.Items, StringComparer.Ordinal);
        foreach (var (key, theirs) in under.Items)
        {
            if (!items.TryGetValue(key, out var mine)) items.Add(key, theirs);
            else if (mine.GetObject() is { } o && theirs.GetObject() is { } u)
                items[key] = new HoconValue([Layer(o, u)], adoptedFromFallback: false);
        }
        return new HoconObject { Items = items };
    }
}
