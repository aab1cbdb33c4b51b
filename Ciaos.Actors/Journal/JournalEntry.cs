using System.Data.Common;
using System.Globalization;
using System.Runtime.Serialization;
using Ciaos.Actors.Identity;
using Ciaos.Actors.Index;
using Ciaos.Actors.Volumes;

namespace Ciaos.Actors.Journal;

/// <summary>A row of the journal as it lies there, damaged or not.</summary>
/// <param name="Row">What could be read of it; what could not is 0 or empty.</param>
/// <param name="Damage">What is wrong with the row itself; null where nothing is.</param>
public sealed record JournalEntry(JournalEvent Row, bool IsDeleted, string? Damage)
{
    /// <summary>The columns that <see cref="Read"/> needs, in its order.</summary>
    internal const string Columns =
        "ordering, persistence_id, sequence_number, created, message, identifier, manifest, writer_uuid, deleted";

    /// <summary>The event: an <see cref="IndexEvents.IIndexEvent"/>, a <see cref="VolumeEvents.IVolumeEvent"/> or an
    /// <see cref="IdentityEvents.IIdentityEvent"/>.</summary>
    /// <param name="problem">Why there is none.</param>
    public object? Decode(out string problem)
    {
        problem = Damage ?? "";
        if (Damage is not null) return null;
        try
        {
            return Row.SerializerId switch
            {
                IndexEventSerializer.Id => IndexEventCodec.Decode(Row.Manifest, Row.Message),
                IdentityEventSerializer.Id => IdentityEventCodec.Decode(Row.Manifest, Row.Message),
                VolumeEventSerializer.Id => VolumeEventSerializer.Decode(Row.Message, Row.Manifest),
                _ => throw new SerializationException($"Serialiser {Row.SerializerId} is not known"),
            };
        }
        catch (Exception wrong) when (wrong is SerializationException or OverflowException)
        {
            problem = wrong.Message;
            return null;
        }
    }

    /// <summary>SQLite keeps whatever type a damaged row has: nothing is believed.</summary>
    internal static JournalEntry Read(DbDataReader row)
    {
        var damage = new List<string>();
        var entry = new JournalEvent(
            Text(row, 1, damage), Number(row, 2, damage), Number(row, 3, damage), Bytes(row, 4, damage),
            (int)Number(row, 5, damage), Text(row, 6, damage), Text(row, 7, damage), Ordering: row.GetInt64(0));
        return new JournalEntry(
            entry, row.GetValue(8) is not (0L or false),
            damage.Count == 0 ? null : "The row is damaged: " + string.Join(", ", damage));
    }

    private static string Text(DbDataReader row, int column, List<string> damage) => row.GetValue(column) switch
    {
        string text => text,
        DBNull => "",
        var other => Wrong(row, column, other, damage, ""),
    };

    private static long Number(DbDataReader row, int column, List<string> damage) => row.GetValue(column) switch
    {
        long number when column != 5 || number == (int)number => number,
        int number => number,
        DBNull => 0,
        var other => Wrong(row, column, other, damage, 0L),
    };

    private static byte[] Bytes(DbDataReader row, int column, List<string> damage) =>
        row.GetValue(column) is byte[] bytes ? bytes : Wrong<byte[]>(row, column, row.GetValue(column), damage, []);

    private static T Wrong<T>(DbDataReader row, int column, object found, List<string> damage, T instead)
    {
        var value = string.Create(CultureInfo.InvariantCulture, $"{found}");
        damage.Add($"{row.GetName(column)} is {found.GetType().Name} {(value.Length < 40 ? value : "")}".TrimEnd());
        return instead;
    }
}
