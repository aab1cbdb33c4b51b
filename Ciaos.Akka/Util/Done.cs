namespace Akka;

/// <summary>Says that something completed, where there is no value to say it with.</summary>
public sealed class Done
{
    public static readonly Done Instance = new();

    private Done()
    {
    }
}

/// <summary>Marks a type parameter, such as a stream's materialized value, that carries nothing.</summary>
public sealed class NotUsed : IEquatable<NotUsed>, IComparable<NotUsed>
{
    public static readonly NotUsed Instance = new();

    private NotUsed()
    {
    }

    public override int GetHashCode() => 0;

    public override bool Equals(object? obj) => obj is NotUsed;

    public override string ToString() => "()";

    public bool Equals(NotUsed? other) => other is not null;

    public int CompareTo(NotUsed? other) => 0;
}
