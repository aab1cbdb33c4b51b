using Ciaos.Actors.Index;
using Ciaos.Actors.Journal;

namespace Ciaos.Actors.Check;

/// <summary>What <see cref="StoreCheck"/> is told.</summary>
/// <param name="Scratch">A SQLite database for notes, as a path or URI, that is made and removed; a second one, for a
/// catalog made anew, has the same name with <c>-catalog</c> behind it. Together they take about what the catalog does,
/// 150 bytes for each needle, and the events' own size. For small stores
/// <c>file:NAME?mode=memory&amp;cache=shared</c> does.</param>
/// <param name="IsQuick">Of data only what tells of it is read, not the data itself.</param>
public sealed record CheckSettings(IndexSettings Index, JournalSettings Journal, string Scratch, bool IsQuick);

/// <summary>The check was not begun. Tells why.</summary>
public sealed class CheckRefusedException(string message) : Exception(message);
