using System.Security.Cryptography;
using System.Text;

namespace Ciaos.Http.S3.Documents;

/// <summary>The id of a rule to which the client gave none: a digest of what the rule says, so that reading the same
/// document twice gives the same ids.</summary>
internal static class GeneratedId
{
    private const int Bytes = 24;

    public static string Of(IEnumerable<string> parts)
    {
        var text = string.Join('\n', parts);
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)).AsSpan(0, Bytes));
    }
}
