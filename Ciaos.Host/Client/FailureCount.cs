using System.Runtime.ExceptionServices;
using Ciaos.Client;
using Ciaos.Host.Journal;

namespace Ciaos.Host.Client;

/// <summary>Failures of a command that works on many things and goes on after one has failed. Used by several workers
/// at once.</summary>
internal sealed class FailureCount
{
    private readonly Lock _gate = new();
    private int _exitCode = Client.ExitCode.Done;

    public long Count { get; private set; }

    /// <summary>The code that all failures have; where they differ, <see cref="Client.ExitCode.Failed"/>.</summary>
    public int ExitCode => _exitCode;

    /// <summary>Tells one, and goes on.</summary>
    /// <param name="what">The key or the file.</param>
    /// <exception cref="CiaosException">It would meet everything that is left, too.</exception>
    /// <exception cref="CommandException">The answer cannot be written any more.</exception>
    public void Add(string what, Exception failure)
    {
        if (failure is CiaosException refused && Failure.IsForAll(refused)) ExceptionDispatchInfo.Throw(failure);
        if (failure is IOException closed && StandardOutput.HasNoReader(closed))
            throw new CommandException(Client.ExitCode.Failed, "Stopped: nobody reads the output any more");
        if (!Failure.TryExplain(failure, out var code, out var message)) ExceptionDispatchInfo.Throw(failure);
        Add(code, failure is CiaosException { Key: not null } ? message : $"{what}: {message}");
    }

    public void Add(int exitCode, string message)
    {
        lock (_gate)
        {
            _exitCode = Count++ == 0 || _exitCode == exitCode ? exitCode : Client.ExitCode.Failed;
        }

        CommandOutput.Tell(message);
    }
}
