using System.CommandLine;
using System.CommandLine.Invocation;
using Ciaos.Client;
using Ciaos.Host;
using Ciaos.Host.Client;
using Xunit;

namespace Ciaos.Specs.Host.Client;

/// <summary>What the parser makes of what is typed, and what failures come to.</summary>
public sealed class CommandLineSpec
{
    [Theory]
    [InlineData("put", "file")]
    [InlineData("put", "-", "key", "--type", "text/plain", "--if-none-match")]
    [InlineData("get", "/h")]
    [InlineData("get", "-r", "", "folder")]
    [InlineData("cat", "@key", "--range", "-5")]
    [InlineData("cat", "--", "--strange", "-key")]
    [InlineData("ls", "-lR", "--human")]
    [InlineData("rm", "a", "b", "-ry")]
    [InlineData("sync", "folder", "ciaos:prefix", "--delete", "--dry-run", "--checksum", "--workers", "256")]
    [InlineData("du", "-d", "0")]
    [InlineData("bench", "--mix", "95/5", "--size", "1MiB", "--duration", "100ms", "-c", "1024")]
    [InlineData("top", "--once", "--json", "--interval", "100ms")]
    [InlineData("completion", "fish")]
    public void What_the_documentation_shows_is_understood(params string[] arguments) =>
        Assert.Empty(Parse(arguments).Errors);

    [Theory]
    [InlineData("put")]
    [InlineData("cat", "")]
    [InlineData("cat", "key", "--range", "5")]
    [InlineData("rm")]
    [InlineData("mv", "one")]
    [InlineData("sync", "a", "b", "--workers", "0")]
    [InlineData("sync", "a", "b", "--workers", "257")]
    [InlineData("du", "--depth", "-1")]
    [InlineData("bench", "--mix", "50")]
    [InlineData("bench", "--duration", "2h")]
    [InlineData("bench", "--size", "1GiB")]
    [InlineData("bench", "--connections", "many")]
    [InlineData("top", "--interval", "1ms")]
    [InlineData("completion", "tcsh")]
    public void What_makes_no_sense_is_refused_with_a_line_and_where_to_read_more(params string[] arguments)
    {
        var parsed = Parse(arguments);
        Assert.IsType<ParseErrorAction>(parsed.Action, exactMatch: false);
        var said = new StringWriter();
        Assert.Equal(ExitCode.Usage, CommandLine.Refuse(parsed, said));
        var lines = said.ToString().TrimEnd().Split(Environment.NewLine);
        Assert.InRange(lines.Length, 2, 3);
        Assert.StartsWith("ciaos: ", lines[0]);
        Assert.Contains($"\"ciaos {arguments[0]} --help\"", lines[^1]);
    }

    [Fact]
    public void A_refused_value_is_named_once_with_what_would_be_right()
    {
        var error = Assert.Single(Parse("bench", "--mix", "50").Errors);
        Assert.Equal("--mix: \"50\" is not put, get, or percents of reads and writes such as 95/5", error.Message);
    }

    [Theory]
    [InlineData(CiaosError.NotFound, ExitCode.NotFound)]
    [InlineData(CiaosError.Denied, ExitCode.Denied)]
    [InlineData(CiaosError.Exists, ExitCode.Precondition)]
    [InlineData(CiaosError.PreconditionFailed, ExitCode.Precondition)]
    [InlineData(CiaosError.Unavailable, ExitCode.Unavailable)]
    [InlineData(CiaosError.Full, ExitCode.Failed)]
    [InlineData(CiaosError.ServerFailed, ExitCode.Failed)]
    [InlineData(CiaosError.BadRequest, ExitCode.Failed)]
    public void Each_failure_has_its_exit_code(CiaosError error, int exitCode) =>
        Assert.Equal(exitCode, Failure.CodeOf(error));

    [Fact]
    public void Failures_of_one_kind_keep_its_code_and_of_several_kinds_have_the_general_one()
    {
        var failures = new FailureCount();
        Assert.Equal(ExitCode.Done, failures.ExitCode);
        failures.Add(ExitCode.NotFound, "a");
        failures.Add(ExitCode.NotFound, "b");
        Assert.Equal((ExitCode.NotFound, 2), (failures.ExitCode, failures.Count));
        failures.Add("c", new IOException("broken"));
        Assert.Equal((ExitCode.Failed, 3), (failures.ExitCode, failures.Count));
        failures.Add(ExitCode.NotFound, "d");
        Assert.Equal(ExitCode.Failed, failures.ExitCode);
    }

    [Fact]
    public void A_failure_that_nobody_foresaw_is_not_counted_but_escapes() =>
        Assert.Throws<InvalidOperationException>(
            () => new FailureCount().Add("a", new InvalidOperationException("a bug")));

    [Fact]
    public void Names_do_not_reach_a_terminal_with_their_control_characters()
    {
        using var stream = new MemoryStream();
        using (var output = new CommandOutput(stream, asJson: false, isTerminal: true)) output.Line("a\e[2Jb\nc");
        Assert.Equal("a?[2Jb?c\n", System.Text.Encoding.UTF8.GetString(stream.ToArray()));
    }

    [Fact]
    public void Names_reach_a_program_as_they_are()
    {
        using var stream = new MemoryStream();
        using (var output = new CommandOutput(stream, asJson: true, isTerminal: false))
        {
            output.Line("é\tx");
            output.Json(json => json.WriteString("key", "é\n\"x"));
        }

        Assert.Equal("é\tx\n{\"key\":\"é\\n\\\"x\"}\n", System.Text.Encoding.UTF8.GetString(stream.ToArray()));
    }

    private static ParseResult Parse(params string[] arguments) =>
        CommandLine.Build().Parse(arguments, new ParserConfiguration { ResponseFileTokenReplacer = null });
}
