using System.Buffers;
using System.Text;
using System.Xml;

namespace Ciaos.Http.S3.Listing;

/// <summary>How keys stand in the XML of a listing: as they are, or percent-encoded (<c>encoding-type=url</c>), because
/// XML 1.0 has no place for some characters that keys may hold.</summary>
internal readonly record struct ListEncoding(bool IsUrl)
{
    private const string ParameterName = "encoding-type";
    private const int MaxUtf8PerChar = 3;
    private const int LettersPerByte = 3;

    private static readonly SearchValues<char> Plain =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.~/*");

    /// <exception cref="S3Exception">The query asks for an encoding that is not known.</exception>
    public static ListEncoding Of(S3Query query) => query.Find(ParameterName) switch
    {
        null or "" => default,
        { } text when text.Equals("url", StringComparison.OrdinalIgnoreCase) => new ListEncoding(IsUrl: true),
        var other => throw ListErrors.InvalidArgument(
            "Invalid Encoding Method specified in Request", ParameterName, other),
    };

    /// <summary>A key, prefix, marker or delimiter as it stands in the answer.</summary>
    public string Apply(string text) =>
        !IsUrl || !text.AsSpan().ContainsAnyExcept(Plain) ? text : Encode(text);

    /// <summary>As it is where decoding would not change it. Python's SDK asks for the encoding of its own accord, and
    /// then does not decode the prefix of <c>ListObjects</c>; others do decode it.</summary>
    public string ApplyWhereNeeded(string text) =>
        text.Any(letter => letter is '%' or '+' || !IsXml(letter)) ? Apply(text) : text;

    public void WriteTo(S3Xml xml)
    {
        if (IsUrl) xml.Text("EncodingType", "url");
    }

    private static bool IsXml(char letter) => XmlConvert.IsXmlChar(letter) || char.IsSurrogate(letter);

    private static string Encode(string text)
    {
        var bytes = new byte[text.Length * MaxUtf8PerChar];
        var count = Encoding.UTF8.GetBytes(text, bytes);
        var letters = new StringBuilder(count * LettersPerByte);
        foreach (var value in bytes.AsSpan(0, count))
        {
            if (Plain.Contains((char)value)) letters.Append((char)value);
            else letters.Append('%').Append(Digit(value >> 4)).Append(Digit(value & 0xF));
        }

        return letters.ToString();
    }

    private static char Digit(int value) => "0123456789ABCDEF"[value];
}
