using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Net;

namespace Ciaos.Host;

/// <summary><c>ciaos health</c>: whether a node serves; for systemd and containers, which have no curl.</summary>
internal static class HealthCommand
{
    private const int Ready = 0;
    private const int NotReady = 1;

    private static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    public static Command Build()
    {
        var url = new Option<string>("--url")
        {
            Description = "The node's native API, by default what the environment names as CIAOS_URL",
            DefaultValueFactory = _ =>
                Environment.GetEnvironmentVariable("CIAOS_URL") ?? Identity.AdminOptions.DefaultEndpoint,
        };
        var wait = new Option<double>("--wait")
        {
            Description = "Wait up to so many seconds until it serves",
            DefaultValueFactory = _ => 0,
        };
        wait.Validators.Add(found =>
        {
            if (found.Tokens is not [var token]) return;
            var isNumber = double.TryParse(
                token.Value, NumberStyles.Float, CultureInfo.InvariantCulture, out var seconds);
            if (!isNumber || seconds is not (>= 0 and <= 86400))
                found.AddError("--wait is a number of seconds from 0 to 86400");
        });
        var command = new Command(
            "health", "Ask a node whether it serves. Exit code 0: it does; 1: it does not, and the answer tells why")
        {
            url, wait,
        };
        command.SetAction(async (parsed, cancellation) =>
        {
            using var client = new HttpClient { Timeout = AnswerTimeout };
            return await AskAsync(
                client, parsed.GetValue(url)!, TimeSpan.FromSeconds(parsed.GetValue(wait)), cancellation);
        });
        return command;
    }

    private static async Task<int> AskAsync(
        HttpClient client, string url, TimeSpan patience, CancellationToken cancellation)
    {
        var began = Stopwatch.GetTimestamp();
        while (true)
        {
            var (isReady, text) = await AskOnceAsync(client, url, cancellation);
            if (isReady || Stopwatch.GetElapsedTime(began) >= patience)
            {
                await (isReady ? Console.Out : Console.Error).WriteLineAsync(text);
                return isReady ? Ready : NotReady;
            }

            await Task.Delay(Pause, cancellation);
        }
    }

    private static async Task<(bool IsReady, string Text)> AskOnceAsync(
        HttpClient client, string url, CancellationToken cancellation)
    {
        try
        {
            using var answer = await client.GetAsync(
                new Uri(url.TrimEnd('/') + "/health/ready", UriKind.Absolute), cancellation);
            var text = await answer.Content.ReadAsStringAsync(cancellation);
            return (answer.StatusCode == HttpStatusCode.OK, text);
        }
        catch (Exception failure) when (failure is HttpRequestException or UriFormatException
            or OperationCanceledException && !cancellation.IsCancellationRequested)
        {
            return (false, $"ciaos: {url} does not answer: {failure.Message}");
        }
    }
}
