using System.Text;

namespace Ciaos.Http.S3.Documents;

/// <summary>An XML document of S3 that is read from requests and written to answers.</summary>
internal interface IS3Document<TSelf>
    where TSelf : IS3Document<TSelf>
{
    /// <summary>Name of the root element.</summary>
    static abstract string Root { get; }

    /// <exception cref="S3Exception">The document is not valid; the error says what is wrong with it.</exception>
    static abstract TSelf From(XmlItem root);

    /// <summary>Writes what is in the root element. What it writes, <see cref="From"/> reads.</summary>
    void WriteTo(S3Xml xml);
}

/// <summary>Between documents and text. The text that is kept in a bucket's configuration is the document's
/// XML.</summary>
internal static class S3Document
{
    /// <exception cref="S3Exception">The document is not valid.</exception>
    public static T Parse<T>(ReadOnlyMemory<byte> body)
        where T : IS3Document<T> => T.From(XmlItem.Parse(body, T.Root));

    /// <summary>From what <see cref="ToText"/> wrote.</summary>
    public static T FromText<T>(string text)
        where T : IS3Document<T> => Parse<T>(Encoding.UTF8.GetBytes(text));

    public static string ToText<T>(this T document)
        where T : IS3Document<T>
    {
        using var xml = ToXml(document);
        return Encoding.UTF8.GetString(xml.Finish().Span);
    }

    /// <summary>The document, written but not sent.</summary>
    public static S3Xml ToXml<T>(this T document)
        where T : IS3Document<T>
    {
        var xml = new S3Xml(T.Root);
        document.WriteTo(xml);
        return xml;
    }
}
