using Ciaos.Storage;
using Ciaos.Storage.Volumes;

namespace Ciaos.Actors.Volumes;

/// <summary>
/// Reads needles of all volumes, with a bounded number of open files: the one that was not used for the longest time
/// is closed first, though never while it is being read. Safe for many threads; no actor takes part.
/// </summary>
/// <param name="maxOpen">May be exceeded by the number of threads that read at the same time.</param>
public sealed class VolumeReaders(VolumeFolder folder, int maxOpen) : INeedleReader, IDisposable
{
    private readonly Lock _gate = new();
    private readonly Dictionary<VolumeId, Handle> _open = [];
    private readonly LinkedList<Handle> _byUse = [];

    public int OpenCount
    {
        get
        {
            lock (_gate) return _open.Count;
        }
    }

    public void Read(NeedleLocation needle, int offsetBytes, Span<byte> destination)
    {
        var handle = Take(needle.Volume);
        try
        {
            handle.Reader.Value.Read(needle, offsetBytes, destination);
        }
        finally
        {
            GiveBack(handle);
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            foreach (var handle in _open.Values) handle.Close();
            _open.Clear();
            _byUse.Clear();
        }
    }

    private Handle Take(VolumeId volume)
    {
        lock (_gate)
        {
            if (_open.TryGetValue(volume, out var handle)) _byUse.Remove(handle.Place);
            else _open[volume] = handle = new Handle(volume, folder);
            _byUse.AddLast(handle.Place);
            handle.Users++;
            return handle;
        }
    }

    private void GiveBack(Handle handle)
    {
        lock (_gate)
        {
            handle.Users--;

            // A file that could not be opened is tried anew by the next reader.
            if (!handle.Reader.IsValueCreated) Remove(handle);
            for (var oldest = _byUse.First; oldest is not null && _open.Count > maxOpen;)
            {
                var next = oldest.Next;
                if (oldest.Value.Users == 0)
                {
                    Remove(oldest.Value);
                    oldest.Value.Close();
                }

                oldest = next;
            }
        }
    }

    private void Remove(Handle handle)
    {
        if (_open.TryGetValue(handle.Volume, out var current) && current == handle)
        {
            _open.Remove(handle.Volume);
            _byUse.Remove(handle.Place);
        }
    }

    private sealed class Handle
    {
        public Handle(VolumeId volume, VolumeFolder folder)
        {
            Volume = volume;
            Place = new LinkedListNode<Handle>(this);
            Reader = new Lazy<VolumeReader>(() => VolumeReader.Open(folder, volume));
        }

        public VolumeId Volume { get; }

        public LinkedListNode<Handle> Place { get; }

        /// <summary>Opened by its first user; the others wait for it, not for the lock.</summary>
        public Lazy<VolumeReader> Reader { get; }

        public int Users { get; set; }

        public void Close()
        {
            if (Reader.IsValueCreated) Reader.Value.Dispose();
        }
    }
}
