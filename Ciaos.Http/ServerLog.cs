using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Ciaos.Http;

/// <summary>
/// What the web server logs, without the hosting's own account of each request: nobody reads it, but as long as its
/// category is on, at whatever level, every request gets an activity and a scope for it. A node tells of requests by
/// its metrics, its traces and its log of slow ones.
/// </summary>
internal sealed class ServerLog(ILoggerFactory inner) : ILoggerFactory
{
    private const string Requests = "Microsoft.AspNetCore.Hosting.Diagnostics";

    public ILogger CreateLogger(string categoryName) =>
        categoryName == Requests ? NullLogger.Instance : inner.CreateLogger(categoryName);

    public void AddProvider(ILoggerProvider provider) => inner.AddProvider(provider);

    public void Dispose()
    {
        // The host's loggers outlive the server.
    }
}
