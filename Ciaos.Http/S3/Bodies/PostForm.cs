using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Ciaos.Http.S3.Bodies;

/// <summary>
/// A form that a browser uploads a file with (multipart/form-data, RFC 7578): the fields that stand before the file,
/// and the file as a stream. What stands behind the file is not looked at, as S3 has it.
/// </summary>
internal sealed class PostForm
{
    public const int MaxFieldBytes = 20 * 1024;

    private const string FileField = "file";
    private const string FileNameVariable = "${filename}";
    private const int MaxHeadBytes = 4 * 1024;
    private const int MaxBoundaryLength = 70;
    private const int MaxFields = 100;

    private static readonly UTF8Encoding Utf8 = new(false);

    private readonly Dictionary<string, string> _fields = new(StringComparer.OrdinalIgnoreCase);

    private PostForm(PipeReader body, string boundary) => File = new FormFileReader(body, boundary);

    /// <summary>Without the file. Names are the same in any case. The key has its <c>${filename}</c> filled
    /// in.</summary>
    public IReadOnlyDictionary<string, string> Fields => _fields;

    /// <summary>What is in the file, up to its end.</summary>
    public PipeReader File { get; }

    /// <summary>The last part of the path that the browser sent; may be empty.</summary>
    public string FileName { get; private set; } = "";

    /// <summary>Of the file's part, null where it has none. The field of that name counts for the object.</summary>
    public string? FileContentType { get; private set; }

    /// <summary>The value of a field; an empty text where there is none.</summary>
    public string Text(string name) => _fields.GetValueOrDefault(name, "");

    /// <summary>Reads up to where the file begins.</summary>
    /// <exception cref="S3Exception">It is no form, or has no file, or its fields are too long.</exception>
    public static async Task<PostForm> ReadAsync(HttpContext context)
    {
        var request = context.Request;
        var form = new PostForm(request.BodyReader, BoundaryOf(request));
        try
        {
            await form.ReadFieldsAsync(request.BodyReader, context.RequestAborted);
        }
        catch (BadHttpRequestException broken) when (broken.StatusCode == StatusCodes.Status400BadRequest)
        {
            throw new S3Exception(S3Error.IncompleteBody);
        }

        return form;
    }

    private static string BoundaryOf(HttpRequest request)
    {
        if (!MediaTypeHeaderValue.TryParse(request.ContentType, out var type)
            || !type.MediaType.Equals("multipart/form-data", StringComparison.OrdinalIgnoreCase))
            throw new S3Exception(
                S3Error.PreconditionFailed, "Bucket POST must be of the enclosure-type multipart/form-data");
        var boundary = HeaderUtilities.RemoveQuotes(type.Boundary).ToString();
        return boundary.Length is > 0 and <= MaxBoundaryLength ? boundary : throw Malformed();
    }

    private async Task ReadFieldsAsync(PipeReader body, CancellationToken cancellation)
    {
        var delimiter = ((FormFileReader)File).Delimiter;

        // The first delimiter may stand at the very beginning, without the line end that belongs to the others.
        await ReadToAsync(body, delimiter.AsMemory(2), MaxHeadBytes, Malformed, cancellation);
        var leftBytes = MaxFieldBytes;
        for (var count = 0; count < MaxFields; count++)
        {
            // The delimiter is followed by the end of its line, or by two hyphens where it was the last.
            var rest = await ReadToAsync(body, "\r\n"u8.ToArray(), MaxHeadBytes, Malformed, cancellation);
            if (rest.AsSpan().StartsWith("--"u8)) throw NoFile();
            var head = await ReadToAsync(body, "\r\n\r\n"u8.ToArray(), MaxHeadBytes, Malformed, cancellation);
            var (name, fileName) = TakeHead(Utf8.GetString(head));
            if (name.Equals(FileField, StringComparison.OrdinalIgnoreCase))
            {
                FileName = fileName;
                if (_fields.TryGetValue("key", out var key))
                    _fields["key"] = key.Replace(FileNameVariable, fileName, StringComparison.Ordinal);
                return;
            }

            var value = await ReadToAsync(body, delimiter, leftBytes, TooLong, cancellation);
            leftBytes -= value.Length;
            if (!_fields.TryAdd(name, Utf8.GetString(value)))
                throw new S3Exception(S3Error.InvalidArgument, $"The form has more than one field named {name}.");
        }

        throw TooLong();
    }

    /// <summary>Reads what stands before the mark, and the mark.</summary>
    private static async Task<byte[]> ReadToAsync(
        PipeReader body, ReadOnlyMemory<byte> mark, int maxBytes, Func<S3Exception> tooLong,
        CancellationToken cancellation)
    {
        while (true)
        {
            var read = await body.ReadAsync(cancellation);
            var reader = new SequenceReader<byte>(read.Buffer);
            if (reader.TryReadTo(out ReadOnlySequence<byte> before, mark.Span) && before.Length <= maxBytes)
            {
                var bytes = before.ToArray();
                body.AdvanceTo(reader.Position);
                return bytes;
            }

            if (read.IsCompleted || read.Buffer.Length > maxBytes + mark.Length)
            {
                body.AdvanceTo(read.Buffer.End);
                throw read.IsCompleted ? Incomplete() : tooLong();
            }

            body.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }
    }

    private (string Name, string FileName) TakeHead(string head)
    {
        var (name, fileName, type) = ("", "", (string?)null);
        foreach (var line in head.Split("\r\n", StringSplitOptions.RemoveEmptyEntries))
        {
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            if (colon < 0) continue;
            var value = line[(colon + 1)..].Trim();
            if (line.AsSpan(0, colon).Equals("Content-Type", StringComparison.OrdinalIgnoreCase)) type = value;
            if (!line.AsSpan(0, colon).Equals("Content-Disposition", StringComparison.OrdinalIgnoreCase)) continue;
            (name, fileName) = (ParameterOf(value, "name"), ParameterOf(value, "filename"));
        }

        if (name.Length == 0) throw Malformed();
        if (name.Equals(FileField, StringComparison.OrdinalIgnoreCase)) FileContentType = type;

        // Some browsers send the whole path.
        return (name, fileName[(fileName.LastIndexOfAny(['/', '\\']) + 1)..]);
    }

    /// <summary>Of <c>form-data; name="a"; filename="b"</c>. Browsers write a quote as %22, others with a
    /// backslash.</summary>
    private static string ParameterOf(string disposition, string name)
    {
        for (var at = NextParameter(disposition, 0); at >= 0; at = NextParameter(disposition, at + 1))
        {
            var rest = disposition[(at + 1)..].TrimStart();
            if (!rest.StartsWith(name + "=", StringComparison.OrdinalIgnoreCase)) continue;
            rest = rest[(name.Length + 1)..];
            if (!rest.StartsWith('"')) return rest.Split(';')[0].Trim();
            var text = new StringBuilder();
            for (var i = 1; i < rest.Length && rest[i] != '"'; i++)
            {
                if (rest[i] == '\\' && i + 1 < rest.Length && rest[i + 1] is '"' or '\\') i++;
                text.Append(rest[i]);
            }

            return text.Replace("%22", "\"").ToString();
        }

        return "";
    }

    private static int NextParameter(string disposition, int from)
    {
        var isQuoted = false;
        for (var i = from; i < disposition.Length; i++)
        {
            if (disposition[i] == '\\') i++;
            else if (disposition[i] == '"') isQuoted = !isQuoted;
            else if (disposition[i] == ';' && !isQuoted) return i;
        }

        return -1;
    }

    private static S3Exception Malformed() => new(S3Error.MalformedPostRequest);

    private static S3Exception Incomplete() => new(S3Error.MalformedPostRequest, "The form breaks off.");

    private static S3Exception TooLong() => new(S3Error.MaxPostPreDataLengthExceeded);

    private static S3Exception NoFile() => new(
        S3Error.InvalidArgument, "POST requires exactly one file upload per request.")
    {
        Details = [new("ArgumentName", FileField), new("ArgumentValue", "0")],
    };
}
