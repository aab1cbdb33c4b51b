using Akka.Event;
using Ciaos.Storage.Disks;
using static Ciaos.Actors.Identity.IdentityEvents;

namespace Ciaos.Actors.Identity;

/// <summary>
/// Keeps the <see cref="IdentityLog"/> in step with the journal. What cannot be written holds nobody up, since the
/// journal has it: it is tried again with the next event, and now and then. A log that is another journal's, or knows
/// more than the journal does, is left as it is. For one actor's use.
/// </summary>
internal sealed class IdentityRecorder(IDisk disk, ILoggingAdapter log)
{
    private readonly IdentityLog _file = new(disk);
    private List<IIdentityEvent>? _read;
    private string? _contradiction;
    private bool _isFailing;

    /// <summary>What is there from before the journal was lost; to be used only where the journal is empty.</summary>
    public IReadOnlyList<IIdentityEvent> Saved => _read ??= ReadFile();

    /// <summary>To be told of every event of the journal, in order.</summary>
    /// <param name="number">1, 2, 3 …</param>
    public void Record(long number, IIdentityEvent message)
    {
        if (_contradiction is not null) return;
        if (number == 1 && Saved.Count > 0 && !IsSame(Saved[0], message))
            _contradiction = "it belongs to another journal";
        else if (number == _file.Count + 1) _file.Add(message);
    }

    /// <summary>To be called when the journal has been read.</summary>
    /// <param name="last">The number of its last event; 0: it is empty.</param>
    public void Begin(long last)
    {
        if (last > 0 && last < _file.Count)
            _contradiction ??= $"it holds {_file.Count} events, but the journal {last}";
        _read = [];
        if (_contradiction is not null)
            log.Error(
                "{0} is not written, because {1}. Move it away to have a new one made, or put back the right journal",
                IdentityLog.FileName, _contradiction);
    }

    /// <summary>Writes what was recorded; what fails is tried again by the next call.</summary>
    public void Flush()
    {
        if (_contradiction is not null || !_file.HasPending) return;
        try
        {
            _file.Flush();
            if (_isFailing) log.Info("{0} is written again", IdentityLog.FileName);
            _isFailing = false;
        }
        catch (IOException failure)
        {
            if (!_isFailing)
                log.Warning(
                    "{0} is not written for now; the journal has what it lacks. {1}", IdentityLog.FileName,
                    failure.Message);
            _isFailing = true;
        }
    }

    public void Close() => _file.Close();

    private List<IIdentityEvent> ReadFile()
    {
        try
        {
            return _file.Read();
        }
        catch (IOException failure)
        {
            _contradiction = $"it cannot be read ({failure.Message})";
            return [];
        }
    }

    private static bool IsSame(IIdentityEvent one, IIdentityEvent other) =>
        IdentityEventCodec.Encode(one).AsSpan().SequenceEqual(IdentityEventCodec.Encode(other));
}
