using System.Buffers;
using Microsoft.AspNetCore.Http;

namespace Ciaos.Http.S3.Sts;

/// <summary>The parameters of a request in the AWS Query protocol, each once. What nobody has asked for at the end was
/// not understood.</summary>
internal sealed class StsForm
{
    public const string ContentType = "application/x-www-form-urlencoded";

    private readonly Dictionary<string, string> _unread = new(StringComparer.Ordinal);

    /// <summary>The body was verified, and is bounded, by the authentication of STS.</summary>
    /// <exception cref="StsException">It is malformed.</exception>
    public static async Task<StsForm> ReadAsync(HttpContext context)
    {
        var body = context.Request.BodyReader;
        while (true)
        {
            var read = await body.ReadAsync(context.RequestAborted);
            if (!read.IsCompleted)
            {
                body.AdvanceTo(read.Buffer.Start, read.Buffer.End);
                continue;
            }

            var text = System.Text.Encoding.Latin1.GetString(read.Buffer.ToArray());
            body.AdvanceTo(read.Buffer.End);
            return Parse(text);
        }
    }

    /// <summary>The value, which is understood; null where there is none.</summary>
    public string? Take(string name) => _unread.Remove(name, out var value) && value.Length > 0 ? value : null;

    /// <exception cref="StsException">It is missing.</exception>
    public string Require(string name) => Take(name) ?? throw StsException.Invalid(
        $"1 validation error detected: Value null at '{name}' failed to satisfy constraint: Member must not be null");

    /// <exception cref="StsException">The client wants something that nobody would do.</exception>
    public void End()
    {
        if (_unread.Count > 0)
            throw StsException.Invalid(
                $"The parameter {_unread.Keys.Order(StringComparer.Ordinal).First()} is not supported here");
    }

    private static StsForm Parse(string text)
    {
        var form = new StsForm();
        try
        {
            foreach (var (name, value) in S3Query.Parse(text.Trim()).Parameters)
                if (!form._unread.TryAdd(name, value))
                    throw new StsException("MalformedQueryString", 400, $"The parameter {name} is there twice");
        }
        catch (S3Exception error)
        {
            throw new StsException("MalformedQueryString", 400, error.Message);
        }

        return form;
    }
}
