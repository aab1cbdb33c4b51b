using System.Text.Json;

namespace Ciaos.Bench;

/// <summary>
/// What was found, and where and of what: without that a figure means nothing. Everything is shown at once, and kept in
/// a file of JSON that is whole after each figure, so that a run that is broken off has not been for nothing.
/// </summary>
internal sealed class BenchReport
{
    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        WriteIndented = true,
    };

    private readonly BenchMachine _machine = BenchMachine.Now();
    private readonly List<string> _settings;
    private readonly Dictionary<string, List<object>> _parts = new(StringComparer.Ordinal);
    private readonly string? _jsonPath;
    private List<object> _part = [];

    /// <param name="command">What the program was asked for.</param>
    /// <param name="jsonPath">Null: no file.</param>
    public BenchReport(string command, string? jsonPath)
    {
        (_settings, _jsonPath) = ([command], jsonPath);
        Console.WriteLine($"{_machine}, {command}");
    }

    public IEnumerable<object> Figures => _parts.Values.SelectMany(part => part);

    /// <summary>What is told from now on belongs to this part.</summary>
    public void Begin(string part)
    {
        _parts[part] = _part = [];
        Console.WriteLine($"\n## {part}");
    }

    /// <summary>How it is measured.</summary>
    public void Setting(string told)
    {
        _settings.Add(told);
        Console.WriteLine(told);
    }

    /// <summary>Something was not measured.</summary>
    public bool HasFailures { get; private set; }

    /// <summary>A part of the work has failed. The rest goes on: what it finds in an hour is not to be lost.</summary>
    public void Fail(string what, Exception failure)
    {
        HasFailures = true;
        Setting($"{what} failed: {failure.Message}");
    }

    /// <summary>A line of the table of its type.</summary>
    public void Add(object figure)
    {
        if (_part.Count == 0 || _part[^1].GetType() != figure.GetType())
            Console.WriteLine("\n" + BenchTable.HeadOf(figure.GetType()));
        Console.WriteLine(BenchTable.LineOf(figure));
        _part.Add(figure);
        if (_jsonPath is not null)
            File.WriteAllText(_jsonPath, JsonSerializer.Serialize(
                new { Machine = _machine, Settings = _settings, Parts = _parts }, Json) + "\n");
    }
}
