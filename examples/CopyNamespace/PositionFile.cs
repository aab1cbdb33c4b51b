using System.Text.Json;

namespace CopyNamespace;

/// <summary>How far the events of both sides have been dealt with. Empty: not at all.</summary>
internal sealed record Positions(string Source, string Target)
{
    public Positions Behind(Change change) => change.Side == Side.Source
        ? this with { Source = change.Event.Position }
        : this with { Target = change.Event.Position };
}

/// <summary>
/// Keeps the positions, with the names of those whom they are about. A new state is written beside the old one,
/// synced, and put in its place by a rename: whenever the process or the machine dies, the file holds the one or the
/// other. (The rename itself is not synced. Should a power cut undo it, events are seen twice, which does no harm.)
/// </summary>
internal sealed class PositionFile
{
    private readonly string _path;
    private readonly Content _content;

    /// <exception cref="InvalidDataException">The file is of another copy, or none.</exception>
    public PositionFile(string path, string sourceUser, string targetUser, string prefix)
    {
        _path = path;
        _content = new Content(sourceUser, targetUser, prefix, new Positions("", ""));
        if (!File.Exists(path)) return;
        var content = Read(path);
        if (content with { Positions = _content.Positions } != _content)
            throw new InvalidDataException(
                $"{path} remembers another copy: of {content.SourceUser} to {content.TargetUser}, prefix "
                + $"'{content.Prefix}'");
        _content = content;
    }

    public Positions Positions => _content.Positions;

    public async Task<Positions> SaveAsync(Positions positions)
    {
        var beside = _path + ".new";
        var file = new FileStream(beside, FileMode.Create, FileAccess.Write, FileShare.None);
        await using (file)
        {
            await JsonSerializer.SerializeAsync(file, _content with { Positions = positions });
            file.Flush(flushToDisk: true);
        }

        File.Move(beside, _path, overwrite: true);
        return positions;
    }

    private static Content Read(string path)
    {
        try
        {
            using var file = File.OpenRead(path);
            if (JsonSerializer.Deserialize<Content>(file) is { Positions: not null } content) return content;
        }
        catch (JsonException)
        {
            // As good as nothing.
        }

        throw new InvalidDataException($"{path} is no file of positions");
    }

    private sealed record Content(string SourceUser, string TargetUser, string Prefix, Positions Positions);
}
