namespace Akka.Configuration.Hocon;

/// <summary>
/// Finds what the substitutions of a tree stand for. It refuses cycles, and texts that are small but stand for
/// something huge, so that all that reads or prints the tree later is sure to come to an end.
/// </summary>
internal sealed class HoconResolver(HoconValue root)
{
    /// <summary>Characters plus values that a configuration may have when every substitution is written out.</summary>
    private const long MaxExpandedSize = 1024 * 1024;

    /// <summary>Levels of values and of substitutions in each other; resolution recurses.</summary>
    internal const int MaxDepth = 250;

    private const long InProgress = -1;

    private readonly Dictionary<HoconValue, long> _sizes = [];
    private readonly HashSet<HoconValue> _shaping = [];
    private readonly HashSet<HoconValue> _shaped = [];
    private long _steps;
    private int _depth;

    public void Resolve() => Visit(root, "the root");

    // Resolves all that is below a value, and returns its size when written out.
    private long Visit(HoconValue value, string name)
    {
        if (_sizes.TryGetValue(value, out var size))
            return size != InProgress ? size : throw new ConfigurationException($"Cycle of substitutions at {name}");
        _sizes[value] = InProgress;
        Enter();
        Shape(value);
        size = value.GetObject() is { } o ? VisitFields(o) : value.Values.Sum(v => VisitElement(v, name));
        CheckSize(size);
        _depth--;
        return _sizes[value] = size;
    }

    private long VisitFields(HoconObject o)
    {
        long size = 0;
        List<string>? undefined = null;
        foreach (var (key, value) in o.Items)
        {
            CheckSize(++_steps);
            Shape(value);
            if (value.IsUndefined && !value.FallBackToPrevious()) (undefined ??= []).Add(key);
            else size += key.Length + Visit(value, $"[{key}]");
        }
        foreach (var key in undefined ?? []) o.Items.Remove(key);
        return size;
    }

    private long VisitElement(IHoconElement element, string name)
    {
        switch (element)
        {
            case HoconLiteral literal:
                return 1 + (literal.Value?.Length ?? 0);
            case HoconSubstitution { ResolvedValue: { } resolved } substitution:
                return Visit(resolved, substitution.Text);
            case HoconArray array:
                array.RemoveAll(v =>
                {
                    Shape(v);
                    return v.IsUndefined;
                });
                return 1 + array.Sum(v => Visit(v, name));
            case HoconObject o:
                return VisitFields(o);
            default:
                return 1;
        }
    }

    // Resolves the substitutions of a value itself, not of what is below it: that may lead back here, and is no
    // cycle (a { b = 1, c = ${a.b} }).
    private void Shape(HoconValue value)
    {
        if (_shaped.Contains(value) || !_shaping.Add(value)) return;
        Enter();
        if (value.Previous is { } previous) Shape(previous);
        foreach (var substitution in value.Values.OfType<HoconSubstitution>())
        {
            if (substitution.IsResolved) continue;
            substitution.ResolvedValue = Find(substitution, value);
            substitution.IsResolved = true;
        }
        if (value.HasSubstitution) value.SettleKind();
        _depth--;
        _shaping.Remove(value);
        _shaped.Add(value);
    }

    private HoconValue? Find(HoconSubstitution substitution, HoconValue owner)
    {
        if (Lookup(substitution, substitution.Path, owner) is { } found) return found;
        if (!string.Equals(substitution.Written, substitution.Path, StringComparison.Ordinal)
            && Lookup(substitution, substitution.Written, owner) is { } absolute)
            return absolute;
        if (Environment.GetEnvironmentVariable(substitution.Written) is { } variable)
            return new HoconValue([new HoconLiteral { Value = variable, IsQuoted = true }], adoptedFromFallback: false);
        return substitution.IsOptional
            ? null
            : throw new FormatException($"Unresolved substitution: {substitution.Path}");
    }

    private HoconValue? Lookup(HoconSubstitution substitution, string path, HoconValue owner)
    {
        HoconValue? value = root;
        foreach (var key in HoconPath.Split(path))
        {
            value = BeforeOrShaped(value, substitution, owner)?.GetObject()?.GetKey(key);
            if (value is null) return null;
        }
        value = BeforeOrShaped(value, substitution, owner);
        return value is null || value.IsUndefined ? value?.Previous : value;
    }

    // A value that is being resolved can be named only to mean what it was before.
    private HoconValue? BeforeOrShaped(HoconValue value, HoconSubstitution substitution, HoconValue owner)
    {
        if (!_shaping.Contains(value))
        {
            Shape(value);
            return value;
        }
        if (value.Previous is { } previous) return BeforeOrShaped(previous, substitution, owner);
        return substitution.IsOptional && ReferenceEquals(value, owner)
            ? null
            : throw new ConfigurationException($"Cycle of substitutions at {substitution.Text}");
    }

    private static void CheckSize(long size)
    {
        if (size > MaxExpandedSize)
            throw new ConfigurationException($"The substitutions stand for more than {MaxExpandedSize} characters");
    }

    private void Enter()
    {
        if (++_depth > MaxDepth)
            throw new ConfigurationException($"More than {MaxDepth} values or substitutions in each other");
    }
}
