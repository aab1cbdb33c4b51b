using Akka.Configuration;
using Ciaos.Actors;
using Microsoft.Extensions.Logging;

namespace Ciaos.Host.Logging;

/// <summary>Section <c>ciaos.log</c> of hocon/reference.conf.</summary>
/// <param name="IsJson">One JSON object a line instead of text.</param>
public sealed record LoggingSettings(LogLevel Level, bool IsJson)
{
    public static LoggingSettings From(Config config)
    {
        var section = new SettingsSection(config, "ciaos.log");
        var level = section.OneOf("level", "debug", "info", "warning", "error");
        return new LoggingSettings(
            level switch
            {
                "debug" => LogLevel.Debug,
                "info" => LogLevel.Information,
                "warning" => LogLevel.Warning,
                _ => LogLevel.Error,
            },
            section.OneOf("format", "text", "json") == "json");
    }

    public ILoggerFactory CreateFactory() => LoggerFactory.Create(Configure);

    public void Configure(ILoggingBuilder logging)
    {
        logging.ClearProviders();
        logging.SetMinimumLevel(Level);
        logging.AddFilter("Microsoft", LogLevel.Warning);

        // What hinders a start is told once, by the command line.
        logging.AddFilter("Microsoft.Extensions.Hosting", LogLevel.None);
        if (IsJson)
        {
            logging.AddJsonConsole(options =>
            {
                options.UseUtcTimestamp = true;
                options.TimestampFormat = "O";
                options.IncludeScopes = true;
            });
        }
        else
        {
            logging.AddSimpleConsole(options =>
            {
                options.SingleLine = true;
                options.UseUtcTimestamp = true;
                options.TimestampFormat = "yyyy-MM-dd'T'HH:mm:ss.fff'Z' ";
            });
        }
    }
}
