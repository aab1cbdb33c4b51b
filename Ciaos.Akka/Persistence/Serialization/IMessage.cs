namespace Akka.Persistence.Serialization;

/// <summary>Marks what the persistence serializer may put on the wire.</summary>
public interface IMessage
{
}
