namespace Akka.Configuration.Hocon;

/// <summary>What is an object, or stands for one.</summary>
public interface IMightBeAHoconObject
{
    bool IsObject();

    HoconObject? GetObject();
}
