using Spectre.Console;

namespace Ciaos.Host.Client;

/// <summary>Shows on the error output how far a command has come, where that is a terminal and somebody might wonder.
/// </summary>
internal static class ProgressBar
{
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    private static IAnsiConsole? _shown;

    public static async Task<T> ShowAsync<T>(string title, TransferMeter meter, Task<T> work)
    {
        await ShowAsync(title, meter, (Task)work);
        return await work;
    }

    public static async Task ShowAsync(string title, TransferMeter meter, Task work)
    {
        if (!Console.IsErrorRedirected)
        {
            await Task.WhenAny(work, Task.Delay(Patience));
            if (!work.IsCompleted) await FollowAsync(CommandOutput.Plain(title), meter, work);
        }

        await work;
    }

    /// <summary>A line on the error output. Where a bar is shown, it moves down.</summary>
    public static void WriteAbove(string line)
    {
        if (Volatile.Read(ref _shown) is { } console) console.WriteLine(line);
        else Console.Error.WriteLine(line);
    }

    private static async Task FollowAsync(string title, TransferMeter meter, Task work)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });
        Volatile.Write(ref _shown, console);
        try
        {
            await console.Progress()
                .AutoClear(true)
                .Columns(
                    new SpinnerColumn(), new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(),
                    new DownloadedColumn(), new TransferSpeedColumn(), new RemainingTimeColumn())
                .StartAsync(async context =>
                {
                    var task = context.AddTask(Markup.Escape(title));
                    while (!work.IsCompleted)
                    {
                        Update(task, title, meter);
                        await Task.WhenAny(work, Task.Delay(Interval));
                    }
                });
        }
        finally
        {
            Volatile.Write(ref _shown, null);
        }
    }

    private static void Update(ProgressTask task, string title, TransferMeter meter)
    {
        task.IsIndeterminate = meter.TotalBytes == 0;
        task.MaxValue = Math.Max(1, meter.TotalBytes);
        task.Value = meter.Bytes;
        if (meter.TotalFiles > 1) task.Description = Markup.Escape($"{title} {meter.Files}/{meter.TotalFiles}");
    }
}
