using Spectre.Console;
using Spectre.Console.Rendering;

namespace Ciaos.Host.Client.Top;

/// <summary>Shows readings on a terminal, each in place of the one before, on a screen of its own: what was on the
/// terminal is there again at the end.</summary>
internal sealed class TopScreen : IDisposable
{
    private const string Enter = "\e[?1049h\e[?25l";
    private const string Leave = "\e[?25h\e[?1049l";
    private const string Home = "\e[H";
    private const string ClearToEndOfLine = "\e[K";
    private const string ClearBelow = "\e[J";

    public TopScreen() => Console.Out.Write(Enter);

    /// <summary>Whether the user has asked for the end with a key.</summary>
    public static bool IsQuitAsked()
    {
        if (Console.IsInputRedirected) return false;
        while (Console.KeyAvailable)
            if (Console.ReadKey(intercept: true).Key == ConsoleKey.Q) return true;
        return false;
    }

    public void Show(TopReading reading, Uri address)
    {
        var table = new Table().Border(TableBorder.Simple);
        foreach (var head in TopText.Head)
            table.AddColumn(new TableColumn($"[bold]{Markup.Escape(head)}[/]").Alignment(
                head == TopText.Head[0] ? Justify.Left : Justify.Right));
        foreach (var row in TopText.Rows(reading))
            table.AddRow(row.Select((cell, column) => Cell(cell, column, row[0] == reading.All.Name)));
        var facts = new Grid().AddColumn(new GridColumn().NoWrap()).AddColumn();
        foreach (var (name, value) in TopText.Facts(reading))
            facts.AddRow(new Markup($"[grey]{Markup.Escape(name)}[/]"), new Text(value));
        Draw(new Rows(
            new Markup($"[bold]{Markup.Escape(TopText.Title(reading, address))}[/]  [grey]q: quit[/]"), table, facts));
    }

    public void Show(string message) => Draw(new Text(message));

    public void Dispose() => Console.Out.Write(Leave);

    private static Markup Cell(string text, int column, bool isSum)
    {
        var escaped = Markup.Escape(text);
        if (column == TopText.Head.Length - 1 && text != "0") return new Markup($"[red]{escaped}[/]");
        return new Markup(isSum ? $"[bold]{escaped}[/]" : escaped);
    }

    /// <summary>Line by line over what is there, which does not flicker as clearing first would.</summary>
    private static void Draw(IRenderable content)
    {
        using var frame = new StringWriter { NewLine = "\n" };
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = AnsiSupport.Yes,
            Out = new AnsiConsoleOutput(frame),
        });
        console.Profile.Width = Math.Max(20, Console.WindowWidth - 1);
        console.Write(content);
        var lines = frame.ToString().TrimEnd('\n').Split('\n').Take(Math.Max(1, Console.WindowHeight - 1));
        Console.Out.Write(Home + string.Join(ClearToEndOfLine + "\n", lines) + ClearToEndOfLine + ClearBelow);
    }
}
