namespace Akka.TestKit;

/// <summary>Marks tests whose messages have no sender, instead of the test actor.</summary>
public interface INoImplicitSender
{
}
