using System.CommandLine;
using System.CommandLine.Parsing;
using System.Runtime.InteropServices;
using Akka.Actor;
using Akka.Streams;
using Ciaos.Client;
using CopyNamespace;

// Copies what one user keeps into what another user keeps, on the same node or on another one, while both are written
// to; see docs/dotnet-client.md. Exit codes: 0 copied, or told to stop; 1 failed (start it again, it goes on).

var command = new RootCommand(
    "Keeps a copy of one user's keys at another user's, while both are written to. It can be killed at any time and "
    + "goes on where it was. Access keys (ID:SECRET) come from the environment: CIAOS_SOURCE_ACCESS_KEY, "
    + "CIAOS_TARGET_ACCESS_KEY.");
var source = new Option<Uri>("--source")
{
    Required = true,
    Description = "The node to copy from, http://host:9710",
    CustomParser = ParseAddress,
};
var sourceUser = new Option<string>("--source-user") { Required = true, Description = "Whose keys are copied" };
var target = new Option<Uri?>("--target")
{
    Description = "The node to copy to; without it, the same one",
    CustomParser = ParseAddress,
};
var targetUser = new Option<string>("--target-user") { Required = true, Description = "Who gets the copy" };
var positions = new Option<string>("--positions")
{
    Required = true,
    Description = "The file that remembers how far the copy has come",
};
var prefix = new Option<string>("--prefix")
{
    DefaultValueFactory = _ => "",
    Description = "Only keys that begin with it",
};
var parallelism = new Option<int>("--parallelism")
{
    DefaultValueFactory = _ => 16,
    Description = "Keys that are copied at once, 1 to 1000",
};
var once = new Option<bool>("--once") { Description = "End when all that there was has been copied" };
var mirror = new Option<bool>("--mirror")
{
    Description = "Delete what others have put at the target and the source does not have",
};
command.Options.Add(source);
command.Options.Add(sourceUser);
command.Options.Add(target);
command.Options.Add(targetUser);
command.Options.Add(positions);
command.Options.Add(prefix);
command.Options.Add(parallelism);
command.Options.Add(once);
command.Options.Add(mirror);
command.SetAction(async (parsed, _) =>
{
    var from = Connect(parsed.GetValue(source)!, parsed.GetValue(sourceUser)!, "CIAOS_SOURCE_ACCESS_KEY");
    var to = Connect(
        parsed.GetValue(target) ?? parsed.GetValue(source)!, parsed.GetValue(targetUser)!, "CIAOS_TARGET_ACCESS_KEY");
    if ((from.Address, from.User) == (to.Address, to.User))
    {
        await Console.Error.WriteLineAsync("Source and target are the same");
        return 1;
    }

    var settings = new CopySettings(
        parsed.GetValue(prefix)!, Math.Clamp(parsed.GetValue(parallelism), 1, 1000), parsed.GetValue(once),
        parsed.GetValue(mirror));
    return await RunAsync(from, to, settings, parsed.GetValue(positions)!);
});
// The pipeline ends by itself when it is told to stop: nothing is to end it sooner.
return await command.Parse(args).InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = null });

static Uri? ParseAddress(ArgumentResult argument)
{
    if (Uri.TryCreate(argument.Tokens.Single().Value, UriKind.Absolute, out var address)
        && address.Scheme is ("http" or "https"))
        return address;
    argument.AddError($"{argument.Tokens[0].Value} is no address such as http://host:9710");
    return null;
}

static CiaosClientOptions Connect(Uri address, string user, string variable) => new()
{
    Address = address,
    User = user,
    AccessKey = Environment.GetEnvironmentVariable(variable),

    // A node that is started again is waited for: some two minutes.
    Retries = 30,
    MaxBackoff = TimeSpan.FromSeconds(5),
};

static async Task<int> RunAsync(CiaosClientOptions from, CiaosClientOptions to, CopySettings settings, string path)
{
    await using var source = new CiaosClient(from);
    await using var target = new CiaosClient(to);
    using var system = ActorSystem.Create("copy", "akka.loglevel = WARNING");
    var copier = new Copier(source, target, settings.IsMirror);
    try
    {
        var file = new PositionFile(path, from.User!, to.User!, settings.Prefix);
        var pipeline = new CopyPipeline(source, target, copier, settings, file);
        var (stop, done) = pipeline.Run(system.Materializer());

        // What is under way is finished and remembered; a second signal ends the process at once.
        using var terminated = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        using var interrupted = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        await done;
        await Console.Out.WriteLineAsync(copier.Summary);
        return 0;

        void Stop(PosixSignalContext signal)
        {
            signal.Cancel = true;
            stop.Shutdown();
        }
    }
    catch (Exception error) when (error.GetBaseException() is CiaosException or IOException or InvalidDataException)
    {
        await Console.Error.WriteLineAsync($"{copier.Summary}. Failed: {error.GetBaseException().Message}");
        return 1;
    }
    finally
    {
        await system.Terminate();
    }
}
