using System.CommandLine;
using Ciaos.Host;

return await CommandLine.Build().Parse(args.Length == 0 ? ["serve"] : args).InvokeAsync();
