namespace Akka.Configuration.Hocon;

/// <summary>A text, or the blanks between two texts.</summary>
public class HoconLiteral : IHoconElement
{
    public string? Value { get; set; }

    // A quoted text keeps its blanks, and a quoted "null" is a text.
    internal bool IsQuoted { get; init; }

    internal bool IsBlank => !IsQuoted && string.IsNullOrWhiteSpace(Value);

    public bool IsString() => true;

    public string? GetString() => Value;

    public bool IsArray() => false;

    public IList<HoconValue> GetArray() => throw new NotSupportedException("A literal is not an array");

    public override string ToString() => Value ?? "";
}
