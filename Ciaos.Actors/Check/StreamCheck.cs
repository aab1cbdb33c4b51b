using System.Runtime.Serialization;
using Ciaos.Actors.Index;
using Ciaos.Actors.Journal;
using Ciaos.Actors.Rebuild;
using static Ciaos.Actors.Index.IndexEvents;

namespace Ciaos.Actors.Check;

/// <summary>Checks the events of one stream in their order, and applies them.</summary>
/// <param name="stream">As event needles name it, or <see cref="NotInVolumes"/>.</param>
/// <param name="applied">Events behind this one are applied later, by <see cref="TakeAgain"/>.</param>
/// <param name="recorded">All up to this one are said to be in volumes.</param>
/// <param name="deletedTo">Up to this number events may be missing.</param>
internal sealed class StreamCheck(
    string name, long stream, IStreamReplay replay, long applied, long recorded, long deletedTo, CheckNotes notes,
    CheckReport report)
{
    public const long NotInVolumes = -1;

    private bool _isAgain;
    private long _again;

    public string Name => name;

    /// <summary>What its events do is in the catalog.</summary>
    public bool IsInCatalog => stream != NotInVolumes;

    /// <summary>The last number that was found.</summary>
    public long Last { get; private set; }

    public long HighestBucket { get; private set; }

    /// <summary>What was made of it can be believed: nothing was missing or wrong.</summary>
    public bool IsSound { get; private set; } = true;

    /// <summary>Position of the first event that was not applied; null where all were.</summary>
    public long? FirstUnapplied { get; private set; }

    public long Unrecorded { get; private set; }

    public void Take(JournalEntry entry)
    {
        var number = entry.Row.SequenceNr;
        if (number <= Last)
        {
            Problem(CheckProblemKind.EventMisplaced, number, $"comes behind event {Last}");
            return;
        }

        if (number > Last + 1) TakeGap(number);
        Last = number;
        var message = Read(entry);
        if (number <= applied) Apply(message, number);
        else FirstUnapplied ??= entry.Row.Ordering;
    }

    public void End()
    {
        replay.End();
        if (Unrecorded > 0) report.UnrecordedEvents += Unrecorded;
        if (stream == NotInVolumes) return;
        var inVolumes = notes.LastEvent(stream);
        if (inVolumes > Last)
            Problem(
                CheckProblemKind.EventMissing, Last + 1,
                $"is missing: the journal ends with {Last}, but volumes hold events up to {inVolumes}");
    }

    /// <summary>The events once more, to apply those that were not.</summary>
    public void TakeAgain(JournalEntry entry)
    {
        var number = entry.Row.SequenceNr;
        if (!_isAgain) (_isAgain, _again) = (true, applied);
        if (number <= _again) return;
        for (_again++; _again < number; _again++) Apply(Copy(_again), _again);
        Apply(entry.Decode(out _) is { } message && replay.Objection(message) is null ? message : Copy(number), number);
    }

    public void EndAgain() => replay.End();

    private object? Read(JournalEntry entry)
    {
        var number = entry.Row.SequenceNr;
        var message = entry.Decode(out var problem);
        var copy = stream == NotInVolumes ? null : notes.FindEvent(stream, number);
        if (message is null)
        {
            var remedy = copy is null ? "volumes do not hold it" : TryDecode(copy.Value, out var why) is not null
                ? "volumes hold it whole"
                : $"nor is what volumes hold: {why}";
            Problem(
                CheckProblemKind.EventUnreadable, number, $"is not understood ({remedy}). {problem}", HasCopy(number));
            return Copy(number);
        }

        if (replay.Objection(message) is { } objection)
        {
            Problem(
                CheckProblemKind.EventMisplaced, number, $"({entry.Row.Manifest}) is in the wrong place: {objection}",
                HasCopy(number));
            return Copy(number);
        }

        if (message is IKeyEvent about) HighestBucket = Math.Max(HighestBucket, about.Bucket.Value);
        return IsAsInVolumes(entry, copy) ? message : Copy(number) ?? message;
    }

    // What a rebuild has written in place of an event that was lost need not be what volumes held.
    private bool IsAsInVolumes(JournalEntry entry, EncodedEvent? copy)
    {
        var (row, number) = (entry.Row, entry.Row.SequenceNr);
        if (stream == NotInVolumes) return true;
        if (copy is not { } held)
        {
            if (notes.IsIncomplete(stream, number)) return true;
            if (number > recorded) Unrecorded++;
            else
                Problem(
                    CheckProblemKind.EventUnrecorded, number, "is said to be in volumes, but is not", isSound: true);
            return true;
        }

        if (held.Manifest == row.Manifest && held.Payload.AsSpan().SequenceEqual(row.Message)) return true;
        if (row.WriterUuid == RebuiltJournal.Writer
            && (number > recorded || IndexEventCodec.StandsForLost(row.Manifest))) return true;
        Problem(
            CheckProblemKind.EventDiffers, number,
            TryDecode(held, out var why) is null
                ? $"({row.Manifest}) is not what volumes hold, which is not understood: {why}"
                : $"({row.Manifest}) is not what volumes hold ({held.Manifest}). The journal is damaged: "
                + "what volumes hold has a checksum, which is right",
            HasCopy(number));
        return false;
    }

    private void TakeGap(long behind)
    {
        var from = Last + 1;
        if (from <= deletedTo)
        {
            report.Note(FormattableString.Invariant(
                $"{name}: events up to {deletedTo} were deleted; what they made cannot be checked"));
            IsSound = false;
        }

        from = Math.Max(from, deletedTo + 1);
        if (from < behind)
            Problem(
                CheckProblemKind.EventMissing, from,
                behind - from == 1
                    ? $"is missing; volumes {(Copy(from) is null ? "do not hold it" : "hold it")}"
                    : FormattableString.Invariant($"to {behind - 1} are missing"),
                behind - from == 1 && HasCopy(from));
        for (var number = Last + 1; number < behind && number <= applied; number++) Apply(Copy(number), number);
    }

    private void Apply(object? message, long number)
    {
        if (message is null)
        {
            replay.Skip(number);
            return;
        }

        try
        {
            replay.Apply(message, number);
        }
        catch (Exception contradiction) when (contradiction is InvalidDataException or OverflowException)
        {
            Problem(CheckProblemKind.EventContradicts, number, $"contradicts those before it: {contradiction.Message}");
        }
    }

    private bool HasCopy(long number) => Copy(number) is not null;

    private object? Copy(long number)
    {
        if (stream == NotInVolumes || notes.FindEvent(stream, number) is not { } copy) return null;
        return TryDecode(copy, out _) is { } message && replay.Objection(message) is null ? message : null;
    }

    private static object? TryDecode(EncodedEvent encoded, out string why)
    {
        why = "";
        try
        {
            return IndexEventCodec.Decode(encoded.Manifest, encoded.Payload);
        }
        catch (SerializationException wrong)
        {
            why = wrong.Message;
            return null;
        }
    }

    private void Problem(CheckProblemKind kind, long number, string what, bool isSound = false)
    {
        IsSound &= isSound;
        report.Add(new CheckProblem(
            kind, FormattableString.Invariant($"{name}: event {number} {what}"), Stream: name, Number: number));
    }
}
