using Akka.Actor;

namespace Akka.Configuration;

/// <summary>A configuration cannot be read, or lacks something that cannot be done without.</summary>
public class ConfigurationException : AkkaException
{
    public ConfigurationException(string message)
        : base(message)
    {
    }

    public ConfigurationException(string message, Exception? exception)
        : base(message, exception)
    {
    }

    /// <summary>Says that the settings of <typeparamref name="T"/> are missing.</summary>
    public static ConfigurationException NullOrEmptyConfig<T>(string? path = null) =>
        new(string.IsNullOrWhiteSpace(path)
            ? $"Failed to instantiate {typeof(T).Name}: Configuration does not contain its section"
            : $"Failed to instantiate {typeof(T).Name}: Configuration does not contain `{path}` node");
}
