using System.Text;
using Ciaos.Http.S3;
using Ciaos.Http.S3.Documents;
using Xunit;

namespace Ciaos.Specs.Http.S3.Documents;

/// <summary>What every document's spec needs.</summary>
internal static class Xml
{
    public static T Parse<T>(string inner)
        where T : IS3Document<T> =>
        S3Document.Parse<T>(Encoding.UTF8.GetBytes($"<{T.Root}>{inner}</{T.Root}>"));

    public static S3Exception Refusal<T>(string inner)
        where T : IS3Document<T> => Assert.Throws<S3Exception>(() => Parse<T>(inner));

    public static string RefusalCode<T>(string inner)
        where T : IS3Document<T> => Refusal<T>(inner).Error.Code;

    /// <summary>The document is written as it was read, and what was written is read as the same again.</summary>
    public static T AssertRoundTrip<T>(string inner)
        where T : IS3Document<T>
    {
        var document = Parse<T>(inner);
        var text = document.ToText();
        Assert.Equal(inner, Inner(text));
        Assert.Equal(text, S3Document.FromText<T>(text).ToText());
        return document;
    }

    /// <summary>What is in the root element.</summary>
    public static string Inner(string document)
    {
        var from = document.IndexOf('>', document.IndexOf("?>", StringComparison.Ordinal) + 2) + 1;
        return from > document.Length - 1 ? "" : document[from..document.LastIndexOf('<')];
    }
}
