using Microsoft.Win32.SafeHandles;

namespace Ciaos.Host.Journal;

/// <summary>
/// The process's standard output, of which one can tell when nobody reads it any more: what .NET gives passes over
/// that in silence, so that <c>ciaos journal dump | head</c> would go through the whole journal for nothing.
/// </summary>
internal static class StandardOutput
{
    private const int Descriptor = 1;
    private const int BrokenPipe = 32;

    public static TextWriter Open() => new StreamWriter(OpenStream()) { NewLine = "\n" };

    public static bool HasNoReader(IOException failure) => failure.HResult == BrokenPipe;

    public static Stream OpenStream()
    {
        if (OperatingSystem.IsWindows()) return Console.OpenStandardOutput();
        var pipe = new FileStream(new SafeFileHandle(Descriptor, ownsHandle: false), FileAccess.Write, bufferSize: 0);

        // A file may be written by others through the same descriptor, whose position must then move.
        return pipe.CanSeek ? Console.OpenStandardOutput() : pipe;
    }
}
