using System.Runtime.InteropServices;

namespace Ciaos.Bench;

/// <summary>Ctrl+C, or a signal to end: what measures looks here, so that servers are stopped and folders
/// deleted.</summary>
internal static class Interruption
{
    private static readonly CancellationTokenSource Source = new();

    public static bool IsRequested => Source.IsCancellationRequested;

    /// <exception cref="OperationCanceledException">The user wants to end.</exception>
    public static void Check() => Source.Token.ThrowIfCancellationRequested();

    /// <summary>Listens until the result is disposed. A second signal ends at once.</summary>
    public static IDisposable Listen()
    {
        var interrupts = PosixSignalRegistration.Create(PosixSignal.SIGINT, Ask);
        var terminations = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Ask);
        return new Both(interrupts, terminations);
    }

    private static void Ask(PosixSignalContext signal)
    {
        signal.Cancel = !IsRequested;
        Source.Cancel();
    }

    private sealed class Both(IDisposable first, IDisposable second) : IDisposable
    {
        public void Dispose()
        {
            first.Dispose();
            second.Dispose();
        }
    }
}
