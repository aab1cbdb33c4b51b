namespace Ciaos.Actors.Encryption;

/// <summary>The key of an object cannot be had. Nothing of the object has been given out.</summary>
public sealed class DataKeyException(DataKeyProblem problem, string message) : Exception(message)
{
    public DataKeyProblem Problem { get; } = problem;
}

public enum DataKeyProblem
{
    /// <summary>The client must bring the key that it brought when it wrote the object.</summary>
    CustomerKeyMissing = 1,

    /// <summary>It brought another key.</summary>
    CustomerKeyWrong = 2,

    /// <summary>It brought a key, and the object was not written with one.</summary>
    CustomerKeyNotWanted = 3,

    /// <summary>The wrapped key was changed, or wrapped by another node's master key.</summary>
    Damaged = 4,
}
