using System.ComponentModel;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Ciaos.Bench.Load;

/// <summary>Linux's epoll, level-triggered: one thread waits for many sockets. .NET's own sockets would cost the
/// generator more than many a server needs for an answer.</summary>
internal sealed partial class Epoll : IDisposable
{
    public const uint Readable = 0x1;
    public const uint Writable = 0x4;

    private const int Add = 1;
    private const int Modify = 3;
    private const int Interrupted = 4;
    private const int MaxEvents = 512;

    private readonly SafeFileHandle _handle;
    private readonly Event[] _events = new Event[MaxEvents];

    public Epoll()
    {
        _handle = Create(0);
        if (_handle.IsInvalid) throw new Win32Exception(Marshal.GetLastPInvokeError());
    }

    /// <param name="tag">What <see cref="Wait"/> gives back for this socket.</param>
    public void Watch(SafeHandle socket, int tag, uint interest, bool isNew)
    {
        var watched = new Event { Interest = interest, Tag = (ulong)tag };
        if (Control(_handle, isNew ? Add : Modify, socket, ref watched) != 0)
            throw new Win32Exception(Marshal.GetLastPInvokeError());
    }

    /// <summary>Tags of the sockets that can go on; none where the time is over.</summary>
    public int Wait(TimeSpan timeout, Span<int> tags)
    {
        var time = new TimeSpec
        {
            Seconds = (long)timeout.TotalSeconds,
            Nanoseconds = timeout.Ticks % TimeSpan.TicksPerSecond * TimeSpan.NanosecondsPerTick,
        };
        var count = Wait(_handle, _events, Math.Min(MaxEvents, tags.Length), ref time, 0);
        if (count < 0)
        {
            var error = Marshal.GetLastPInvokeError();
            return error == Interrupted ? 0 : throw new Win32Exception(error);
        }

        for (var i = 0; i < count; i++) tags[i] = (int)_events[i].Tag;
        return count;
    }

    public void Dispose() => _handle.Dispose();

    [LibraryImport("libc", EntryPoint = "epoll_create1", SetLastError = true)]
    private static partial SafeFileHandle Create(int flags);

    [LibraryImport("libc", EntryPoint = "epoll_ctl", SetLastError = true)]
    private static partial int Control(SafeFileHandle epoll, int operation, SafeHandle socket, ref Event watched);

    [LibraryImport("libc", EntryPoint = "epoll_pwait2", SetLastError = true)]
    private static partial int Wait(
        SafeFileHandle epoll, [Out] Event[] events, int maxEvents, ref TimeSpec timeout, nint signals);

    [StructLayout(LayoutKind.Sequential, Pack = 4)]
    private struct Event
    {
        public uint Interest;
        public ulong Tag;
    }

    private struct TimeSpec
    {
        public long Seconds;
        public long Nanoseconds;
    }
}
