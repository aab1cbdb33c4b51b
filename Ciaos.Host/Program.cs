using System.CommandLine;
using System.CommandLine.Invocation;
using Ciaos.Host;

// A key may begin with an at sign: no argument is the name of a file with more arguments.
var parsing = new ParserConfiguration { ResponseFileTokenReplacer = null };
var parsed = CommandLine.Build().Parse(args.Length == 0 ? ["serve"] : args, parsing);
if (parsed.Action is ParseErrorAction) return CommandLine.Refuse(parsed, Console.Error);

// Signals are the business of each command: a node finishes what it has begun, however long that takes.
var invocation = new InvocationConfiguration { ProcessTerminationTimeout = null };
return await parsed.InvokeAsync(invocation);
