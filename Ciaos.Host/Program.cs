using System.CommandLine;
using Ciaos.Host;

// Signals are the node's business: it finishes what it has begun, however long that takes.
var invocation = new InvocationConfiguration { ProcessTerminationTimeout = null };
return await CommandLine.Build().Parse(args.Length == 0 ? ["serve"] : args).InvokeAsync(invocation);
