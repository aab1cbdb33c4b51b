namespace Akka.Configuration.Hocon;

/// <summary>What a value is. None is one without elements, or with nothing but settings that do not exist.</summary>
internal enum HoconKind
{
    None,
    Text,
    Array,
    Object,
}
