namespace Ciaos.Host;

/// <summary>The node cannot start; the message says why and what to do.</summary>
public sealed class NodeStartException(string message, Exception? cause = null) : Exception(message, cause);
