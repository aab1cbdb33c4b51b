namespace Akka.Configuration.Hocon;

/// <summary>What a text of HOCON says.</summary>
public class HoconRoot
{
    protected HoconRoot()
    {
    }

    public HoconRoot(HoconValue value)
        : this(value, [])
    {
    }

    public HoconRoot(HoconValue value, IEnumerable<HoconSubstitution> substitutions)
    {
        Value = value;
        Substitutions = substitutions;
    }

    public HoconValue? Value { get; }

    public IEnumerable<HoconSubstitution> Substitutions { get; } = [];
}
