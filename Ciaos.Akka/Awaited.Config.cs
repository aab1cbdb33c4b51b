// Stands in until the real types of Akka.Configuration land; whoever lands them deletes this file.
namespace Akka.Configuration;

public class Config
{
    public static readonly Config Empty = new();

    public virtual Config WithFallback(Config fallback) => fallback;
}

public class ConfigurationException(string message, Exception? exception = null)
    : Akka.Actor.AkkaException(message, exception);
