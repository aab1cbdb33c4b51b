using System.Globalization;

namespace Akka.Configuration.Hocon;

/// <summary>
/// The value of a setting: elements that stand side by side. Texts are concatenated, arrays too, objects merged.
/// </summary>
public class HoconValue : IMightBeAHoconObject
{
    private static readonly NumberFormatInfo Invariant = NumberFormatInfo.InvariantInfo;

    // What the key was before this was assigned. Kept only while it can matter: an object merges with the object
    // that it is assigned over, and a substitution that names its own key means the value before.
    private HoconValue? _previous;

    // How many values there are before this one; they are visited recursively.
    private int _previousCount;

    // The objects of all elements and of the previous value as one; only where there is more than one.
    private HoconObject? _merged;

    // What the elements amount to, once it is known what the substitutions among them stand for. Without this every
    // question would be asked again of all that they stand for, and small texts can stand for much.
    private HoconKind? _kind;

    public HoconValue()
    {
        Values = [];
    }

    public HoconValue(List<IHoconElement> values, bool adoptedFromFallback = true)
    {
        Values = values;
        _ = adoptedFromFallback;
    }

    public bool IsEmpty => Values.Count == 0 || (Values.Count == 1 && Values[0] is HoconObject { Items.Count: 0 });

    public List<IHoconElement> Values { get; private set; }

    internal HoconValue? Previous => _previous;

    internal bool HasSubstitution => Values.Exists(v => v is HoconSubstitution);

    // True after resolution where a value consists of nothing but optional substitutions of missing settings.
    internal bool IsUndefined =>
        Values.Count > 0 && Values.TrueForAll(v => v is HoconSubstitution { ResolvedValue: null }
            || v is HoconLiteral { IsBlank: true });

    internal HoconKind Kind => _kind ?? Values.Select(KindOf).FirstOrDefault(k => k != HoconKind.None);

    /// <summary>A configuration in which this value has the given key.</summary>
    public Config AtKey(string key)
    {
        var o = new HoconObject();
        o.Items[key] = this;
        return new Config(new HoconRoot(new HoconValue([o], adoptedFromFallback: false)));
    }

    public void AppendValue(IHoconElement value)
    {
        Forget();
        Values.Add(value);
    }

    public void Clear()
    {
        Forget();
        _previous = null;
        Values.Clear();
    }

    public void NewValue(IHoconElement value)
    {
        Clear();
        Values.Add(value);
    }

    public HoconValue? GetChildObject(string key) => GetObject()?.GetKey(key);

    public bool IsObject() => GetObject() is not null;

    public HoconObject? GetObject()
    {
        if (_merged is not null) return _merged;
        if (Kind != HoconKind.Object) return null;
        if (_previous is null && Values.Count == 1) return AsObject(Values[0]);
        var objects = Values.Select(AsObject).OfType<HoconObject>().ToList();
        if (_previous?.GetObject() is { } before) objects.Insert(0, before);
        if (objects.Count <= 1) return objects.FirstOrDefault();
        _merged = MergeLazily(objects);
        return _merged;
    }

    public bool IsString() => Kind == HoconKind.Text;

    /// <summary>The text; null where it is <c>null</c>, or no text.</summary>
    public string? GetString()
    {
        if (!IsString()) return null;
        if (Values.Count == 1 && Values[0] is HoconSubstitution substitution) return substitution.GetString();
        var text = string.Concat(Values.Select(v => v.GetString()));
        if (Values.Exists(v => v is HoconLiteral { IsQuoted: true })) return text;
        text = text.Trim();
        return string.Equals(text, "null", StringComparison.Ordinal) ? null : text;
    }

    public bool IsArray() => Kind == HoconKind.Array;

    /// <summary>The elements; none where this is no array.</summary>
    public IList<HoconValue> GetArray() => Values.Where(v => v.IsArray()).SelectMany(v => v.GetArray()).ToList();

    public bool GetBoolean() => GetString() switch
    {
        "on" or "true" or "yes" => true,
        "off" or "false" or "no" => false,
        var other => throw new NotSupportedException($"Unknown boolean format: {other}"),
    };

    public decimal GetDecimal() => decimal.Parse(GetNumber(), Invariant);

    public float GetFloat() => float.Parse(GetNumber(), Invariant);

    public double GetDouble() => double.Parse(GetNumber(), Invariant);

    public long GetLong() => HoconUnits.IsHex(GetNumber(), out var hex)
        ? long.Parse(hex, NumberStyles.AllowHexSpecifier, Invariant)
        : long.Parse(GetNumber(), Invariant);

    public int GetInt() => checked((int)GetLong());

    public byte GetByte() => checked((byte)GetLong());

    public IList<byte> GetByteList() => List(v => v.GetByte());

    public IList<int> GetIntList() => List(v => v.GetInt());

    public IList<long> GetLongList() => List(v => v.GetLong());

    public IList<bool> GetBooleanList() => List(v => v.GetBoolean());

    public IList<float> GetFloatList() => List(v => v.GetFloat());

    public IList<double> GetDoubleList() => List(v => v.GetDouble());

    public IList<decimal> GetDecimalList() => List(v => v.GetDecimal());

    public IList<string> GetStringList() => List(v => v.GetString()!);

    public TimeSpan GetTimeSpan(bool allowInfinite = true) => HoconUnits.ParseDuration(GetNumber(), allowInfinite);

    public long? GetByteSize() => GetString() is { Length: > 0 } text ? HoconUnits.ParseByteSize(text) : null;

    /// <summary>The value as a configuration of its own.</summary>
    public Config ToConfig() => new(new HoconRoot(this));

    public override string ToString() => ToString(0);

    public virtual string ToString(int indent) => HoconPrinter.Value(this, indent);

    /// <summary>Assigns another value over this one.</summary>
    internal void Override(HoconValue other)
    {
        if (IsObjectLiteral && other.IsObjectLiteral && other._previous is null)
        {
            ((HoconObject)Values[0]).Merge((HoconObject)other.Values[0]);
            return;
        }
        var canMatter = Values.Count > 0 && (other.HasSubstitution || (other.IsObjectLiteral && HasSubstitution));
        var before = canMatter ? Take(this) : null;
        _previous = other._previous ?? before;
        _previousCount = _previous is null ? 0 : _previous._previousCount + 1;
        Values = other.Values;
        Forget();
    }

    /// <summary>Settles what the value is, after all substitutions in it have been resolved.</summary>
    /// <exception cref="ConfigurationException">Its elements do not go together.</exception>
    internal void SettleKind()
    {
        var kinds = Values.Where(v => v is not HoconLiteral { IsBlank: true }).Select(KindOf)
            .Where(k => k != HoconKind.None).Distinct().ToList();
        if (kinds.Count > 1)
            throw new ConfigurationException("Texts, arrays and objects stand side by side in one value, at "
                + Values.OfType<HoconSubstitution>().First().Text);
        _kind = kinds.Count == 1 ? kinds[0] : HoconKind.None;
    }

    /// <summary>The object to which keys below this one are added while the text is read.</summary>
    internal HoconObject OpenObject()
    {
        if (!IsObjectLiteral) Override(new HoconValue([new HoconObject()], adoptedFromFallback: false));
        return (HoconObject)Values[0];
    }

    /// <summary>Drops an undefined value in favour of the one before it; false where there is none.</summary>
    internal bool FallBackToPrevious()
    {
        if (_previous is null) return false;
        var before = _previous;
        Values = before.Values;
        _previous = before._previous;
        _previousCount = before._previousCount;
        Forget();
        _kind = before._kind;
        return true;
    }

    /// <param name="cloneSubstitution">Makes the substitutions of the copy, which is to be resolved again.</param>
    /// <param name="room">How many levels deep the value may be.</param>
    internal HoconValue Clone(Func<HoconSubstitution, HoconSubstitution> cloneSubstitution, int room)
    {
        if (room < 0) throw new ConfigurationException($"Included settings are more than {Parser.MaxDepth} deep");
        return new HoconValue
        {
            Values = Values.ConvertAll(v => CloneElement(v, cloneSubstitution, room - 1)),
            _previous = _previous?.Clone(cloneSubstitution, room),
            _previousCount = _previousCount,
        };
    }

    private bool IsObjectLiteral => Values.Count == 1 && Values[0] is HoconObject;

    private static HoconValue Take(HoconValue value) =>
        new() { Values = value.Values, _previous = value._previous, _previousCount = value._previousCount };

    private static HoconKind KindOf(IHoconElement element) => element switch
    {
        HoconSubstitution substitution => substitution.ResolvedValue?.Kind ?? HoconKind.None,
        HoconObject => HoconKind.Object,
        _ => element.IsArray() ? HoconKind.Array : HoconKind.Text,
    };

    private static HoconObject? AsObject(IHoconElement element) =>
        element as HoconObject ?? (element as IMightBeAHoconObject)?.GetObject();

    private static IHoconElement CloneElement(IHoconElement element, Func<HoconSubstitution, HoconSubstitution> clone,
        int room)
    {
        switch (element)
        {
            case HoconSubstitution substitution:
                return clone(substitution);
            case HoconObject o:
                var copy = new HoconObject();
                foreach (var (key, value) in o.Items) copy.Items.Add(key, value.Clone(clone, room));
                return copy;
            case HoconArray array:
                var list = new HoconArray();
                list.AddRange(array.Select(v => v.Clone(clone, room)));
                return list;
            default:
                return element;
        }
    }

    // Lazily, because what is below may itself be a substitution that has not been resolved yet.
    private static HoconObject MergeLazily(List<HoconObject> objects)
    {
        var merged = new HoconObject();
        foreach (var (key, value) in objects.SelectMany(o => o.Items))
        {
            merged.Items[key] = merged.Items.TryGetValue(key, out var before) ? Stack(value, before) : value;
        }
        return merged;
    }

    private static HoconValue Stack(HoconValue value, HoconValue before)
    {
        var count = value._previousCount + before._previousCount + 1;
        if (count > HoconResolver.MaxDepth)
            throw new ConfigurationException($"More than {HoconResolver.MaxDepth} objects merged into one");
        return new HoconValue
        {
            Values = value.Values,
            _previous = value._previous is null ? before : Stack(value._previous, before),
            _previousCount = count,
        };
    }

    private void Forget()
    {
        _merged = null;
        _kind = null;
    }

    private string GetNumber() => GetString() ?? throw new FormatException("Expected a value instead of null");

    private List<T> List<T>(Func<HoconValue, T> read) => GetArray().Select(read).ToList();
}
