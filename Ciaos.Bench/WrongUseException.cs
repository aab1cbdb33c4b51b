namespace Ciaos.Bench;

/// <summary>The arguments are not understood, or ask for what cannot be: the message is all that a person
/// needs.</summary>
internal sealed class WrongUseException(string message) : Exception(message);
