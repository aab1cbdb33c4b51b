namespace Akka.Configuration.Hocon;

/// <summary>A piece of a value: what is written as <c>foo ${bar} baz</c> has five, two of them blanks.</summary>
public interface IHoconElement
{
    bool IsString();

    string? GetString();

    bool IsArray();

    IList<HoconValue> GetArray();
}
