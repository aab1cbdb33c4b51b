using System.Collections.Concurrent;
using Akka.Actor;
using Ciaos.Actors.Volumes;
using Ciaos.Storage;
using Ciaos.Storage.Volumes;

namespace Ciaos.Specs.Objects;

/// <summary>Volumes in memory: what was appended, in order, and readable by place. Answers can be held back.</summary>
internal sealed class MemoryVolumes : INeedleReader
{
    private readonly ConcurrentDictionary<long, byte[]> _data = new();

    public ConcurrentQueue<Needle> Appended { get; } = new();

    /// <summary>While false, appends are taken but not answered.</summary>
    public bool Answers { get; set; } = true;

    public VolumeProtocol.RejectReason? Rejects { get; set; }

    public Props Props() => global::Akka.Actor.Props.Create(() => new Writer(this));

    public void Read(NeedleLocation needle, int offsetBytes, Span<byte> destination) =>
        _data[needle.OffsetBytes].AsSpan(offsetBytes, destination.Length).CopyTo(destination);

    public NeedleLocation Store(byte[] data)
    {
        var location = new NeedleLocation(new VolumeId(1), _data.Count, DataStartBytes: 64, data.Length);
        _data[location.OffsetBytes] = data;
        return location;
    }

    /// <summary>Flips a bit.</summary>
    public void Damage(NeedleLocation needle, int offsetBytes) => _data[needle.OffsetBytes][offsetBytes] ^= 1;

    public sealed record Release
    {
        public static readonly Release Instance = new();
    }

    private sealed class Writer : ReceiveActor
    {
        private readonly List<(IActorRef Sender, VolumeProtocol.Appended Answer)> _held = [];

        public Writer(MemoryVolumes volumes)
        {
            Receive<VolumeProtocol.Append>(append =>
            {
                var needle = append.Needle with { Data = append.Needle.Data.ToArray() };
                volumes.Appended.Enqueue(needle);
                var location = volumes.Store(needle.Data.ToArray());
                if (volumes.Rejects is { } reason)
                    Sender.Tell(new VolumeProtocol.Rejected(needle.Id, reason, "as the spec wants it"));
                else
                    _held.Add((Sender, new VolumeProtocol.Appended(needle.Id, location)));
                if (volumes.Answers) Answer();
            });
            Receive<Release>(_ => Answer());
        }

        private void Answer()
        {
            foreach (var (sender, answer) in _held) sender.Tell(answer);
            _held.Clear();
        }
    }
}
