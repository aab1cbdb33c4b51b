using Ciaos.Storage.Volumes;
using static Ciaos.Actors.Volumes.VolumeWriting;

namespace Ciaos.Actors.Volumes;

/// <summary>
/// The needles to be written for a batch of appends: the event needles among them become one, since each of their data
/// is whole by itself and may stand behind another's (docs/formats.md). Under load that saves their heads.
/// </summary>
internal sealed class MergedNeedles
{
    private const int MaxDataBytes = 64 * 1024;

    private readonly int[] _places;

    public MergedNeedles(IReadOnlyList<Store> batch)
    {
        _places = new int[batch.Count];
        var (place, bytes, count) = (-1, 0, 0);
        for (var i = 0; i < batch.Count; i++)
        {
            var needle = batch[i].Needle;
            if (needle.Kind != NeedleKind.Events || bytes + needle.Data.Length > MaxDataBytes)
            {
                _places[i] = Needles.Count;
                Needles.Add(needle);
                continue;
            }

            if (place < 0)
            {
                place = Needles.Count;
                Needles.Add(needle);
            }

            _places[i] = place;
            bytes += needle.Data.Length;
            count++;
        }

        if (count > 1) Needles[place] = Merge(batch, place, bytes);
    }

    public List<Needle> Needles { get; } = [];

    /// <summary>Where the needle of an append lies among <see cref="Needles"/>.</summary>
    public int PlaceOf(int append) => _places[append];

    // It gets the highest id of those that it is made of: ids that are in no volume could be given out again.
    private Needle Merge(IReadOnlyList<Store> batch, int place, int bytes)
    {
        var data = new byte[bytes];
        var (filled, id) = (0, Needles[place].Id);
        for (var i = 0; i < batch.Count; i++)
        {
            if (_places[i] != place) continue;
            var needle = batch[i].Needle;
            needle.Data.CopyTo(data.AsMemory(filled));
            filled += needle.Data.Length;
            if (needle.Id.Value > id.Value) id = needle.Id;
        }

        return Needles[place] with { Id = id, Data = data };
    }
}
