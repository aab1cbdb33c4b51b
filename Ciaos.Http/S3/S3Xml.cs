using System.Buffers;
using System.Globalization;
using System.Text;
using System.Xml;
using Microsoft.AspNetCore.Http;

namespace Ciaos.Http.S3;

/// <summary>Writes the XML of an answer: elements in the namespace of S3, one method for each kind of value.</summary>
internal sealed class S3Xml : IDisposable
{
    public const string Namespace = "http://s3.amazonaws.com/doc/2006-03-01/";

    private static readonly XmlWriterSettings Settings = new()
    {
        Encoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false),
        CheckCharacters = false,
        NewLineHandling = NewLineHandling.Entitize,
    };

    private readonly PooledStream _bytes = new();
    private readonly XmlWriter _writer;

    /// <param name="xmlNamespace">Null: none, as in errors.</param>
    public S3Xml(string root, string? xmlNamespace = Namespace)
    {
        _writer = XmlWriter.Create(_bytes, Settings);
        _writer.WriteStartDocument();
        if (xmlNamespace is null) _writer.WriteStartElement(root);
        else _writer.WriteStartElement(root, xmlNamespace);
    }

    public S3Xml Text(string name, string? value)
    {
        if (value is not null) _writer.WriteElementString(name, value);
        return this;
    }

    public S3Xml Number(string name, long value) => Text(name, value.ToString(CultureInfo.InvariantCulture));

    public S3Xml Flag(string name, bool value) => Text(name, value ? "true" : "false");

    /// <summary>To the millisecond, as S3 writes times in XML.</summary>
    public S3Xml Time(string name, DateTimeOffset value) => Text(name, FormatTime(value));

    public static string FormatTime(DateTimeOffset value) =>
        value.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    /// <summary>The text of the element that was just opened.</summary>
    public S3Xml Value(string value)
    {
        _writer.WriteString(value);
        return this;
    }

    public S3Xml Open(string name)
    {
        _writer.WriteStartElement(name);
        return this;
    }

    /// <summary>An attribute of the element that was just opened, such as <c>xsi:type</c> of a grantee.</summary>
    public S3Xml Attribute(string prefix, string name, string xmlNamespace, string value)
    {
        _writer.WriteAttributeString(prefix, name, xmlNamespace, value);
        return this;
    }

    public S3Xml Close()
    {
        _writer.WriteEndElement();
        return this;
    }

    /// <summary>Ends the document and returns its bytes: good until this is disposed of.</summary>
    public ReadOnlyMemory<byte> Finish()
    {
        _writer.WriteEndDocument();
        _writer.Flush();
        return _bytes.Written;
    }

    /// <summary>Ends the document and sends it. An answer to HEAD has its headers only.</summary>
    public Task SendAsync(HttpContext context, int status = StatusCodes.Status200OK)
    {
        var bytes = Finish();
        var response = context.Response;
        response.StatusCode = status;
        response.ContentType = "application/xml";
        response.ContentLength = bytes.Length;
        if (HttpMethods.IsHead(context.Request.Method)) return Task.CompletedTask;

        // Copied before this returns: whoever calls may dispose of the document without waiting for the client.
        response.BodyWriter.Write(bytes.Span);
        return response.BodyWriter.FlushAsync(context.RequestAborted).AsTask();
    }

    public void Dispose()
    {
        _writer.Dispose();
        _bytes.Dispose();
    }
}
