using Ciaos.Actors.Encryption;
using Ciaos.Actors.Index;
using Ciaos.Actors.Journal;

namespace Ciaos.Actors.Rebuild;

/// <summary>What <see cref="IndexRebuild"/> is told.</summary>
/// <param name="Index">Where the catalog is to be made. The number of shards counts only where no event tells
/// it.</param>
/// <param name="Journal">Where the journal is to be made.</param>
/// <param name="Scratch">A SQLite database, as a path or URI, that is made and removed. It grows to about 100 bytes for
/// each needle, and the events' own size.</param>
/// <param name="VerifiesData">All data is read and checked; otherwise only heads and events are.</param>
/// <param name="Force">A journal and a catalog that are there are moved aside.</param>
/// <param name="Keys">Of encrypted objects: where events are missing, a list of files can only be told apart with them.
/// Null: it is brought back as one file.</param>
public sealed record RebuildSettings(
    IndexSettings Index, JournalSettings Journal, string Scratch, bool VerifiesData, bool Force,
    DataKeys? Keys = null);

/// <summary>The rebuild was not begun, or could not be finished; nothing is changed. Tells what to do.</summary>
public sealed class RebuildRefusedException(string message) : Exception(message);

/// <summary>How far it is.</summary>
/// <param name="Step">What is being done, in a word or two.</param>
/// <param name="Done">Bytes or <paramref name="Unit"/>, of <paramref name="Total"/>.</param>
public readonly record struct RebuildProgress(
    string Step, long Done, long Total, bool AreBytes, string Unit = "events");
