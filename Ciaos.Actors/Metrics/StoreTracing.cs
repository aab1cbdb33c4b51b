using System.Diagnostics;
using Ciaos.Storage.Volumes;
using static Ciaos.Actors.Index.IndexProtocol;

namespace Ciaos.Actors.Metrics;

/// <summary>Spans of a request's way through the store. While nobody listens to them they cost next to
/// nothing.</summary>
internal static class StoreTracing
{
    /// <summary>Names the source for those who listen.</summary>
    public const string SourceName = "Ciaos.Store";

    private static readonly ActivitySource Source = new(SourceName);

    /// <summary>From a command to the index's answer.</summary>
    public static Activity? Command(IKeyCommand command) =>
        Source.HasListeners() ? Source.StartActivity("index " + command.GetType().Name) : null;

    /// <summary>From an append to the flush that covers it.</summary>
    public static Activity? Append(Needle needle)
    {
        var span = Source.StartActivity("volume Append");
        span?.SetTag("ciaos.needle.bytes", needle.Data.Length);
        return span;
    }
}
