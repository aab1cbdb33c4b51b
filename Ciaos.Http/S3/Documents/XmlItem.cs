using System.Globalization;
using System.Text;
using System.Xml;

namespace Ciaos.Http.S3.Documents;

/// <summary>
/// One element of a document that a client sent: its text, or the elements in it. Namespaces are not told apart, as
/// clients write several or none. Every method that finds something other than what it asks for refuses the document.
/// </summary>
internal sealed class XmlItem
{
    /// <summary>More than any document of S3 nests.</summary>
    public const int MaxDepth = 16;

    private const string SchemaInstance = "http://www.w3.org/2001/XMLSchema-instance";

    private static readonly XmlReaderSettings Settings = new()
    {
        DtdProcessing = DtdProcessing.Prohibit,
        XmlResolver = null,
        IgnoreComments = true,
        IgnoreProcessingInstructions = true,
        // Keys may hold characters that XML 1.0 has no place for; clients send them as character references.
        CheckCharacters = false,
    };

    private readonly List<XmlItem> _children = [];

    private XmlItem(string name, string? type) => (Name, Type) = (name, type);

    public string Name { get; }

    /// <summary>The attribute <c>xsi:type</c>, or null.</summary>
    public string? Type { get; }

    /// <summary>The text in it as it stands; empty where it holds elements.</summary>
    public string Text { get; private set; } = "";

    public IReadOnlyList<XmlItem> Children => _children;

    /// <summary>Reads a whole document.</summary>
    /// <exception cref="S3Exception">MalformedXML: it is no XML, has a DTD, or its root has another name.</exception>
    public static XmlItem Parse(ReadOnlyMemory<byte> document, string root)
    {
        try
        {
            using var stream = new MemoryStream(document.ToArray(), writable: false);
            using var reader = XmlReader.Create(stream, Settings);
            var item = Read(reader);
            return item.Name == root ? item : throw Malformed($"The document is {item.Name}, but {root} is expected.");
        }
        catch (Exception error) when (error is XmlException or DecoderFallbackException or ArgumentException)
        {
            throw Malformed(S3Error.MalformedXml.Message);
        }
    }

    public static S3Exception Malformed(string text) => new(S3Error.MalformedXml, text);

    /// <summary>Refuses elements of any other name, and a text between the elements.</summary>
    public XmlItem Only(params ReadOnlySpan<string> names)
    {
        foreach (var child in _children)
        {
            if (!names.Contains(child.Name)) throw Malformed($"{Name} has no element {child.Name}.");
        }

        return this;
    }

    public IEnumerable<XmlItem> All(string name) => _children.Where(child => child.Name == name);

    /// <summary>The one element of that name, or null.</summary>
    public XmlItem? Find(string name)
    {
        XmlItem? found = null;
        foreach (var child in _children)
        {
            if (child.Name != name) continue;
            if (found is not null) throw Malformed($"{Name} has more than one {name}.");
            found = child;
        }

        return found;
    }

    public XmlItem Get(string name) => Find(name) ?? throw Malformed($"{Name} lacks {name}.");

    /// <summary>The text of the one element of that name, with the space around it; null where there is none.</summary>
    public string? FindText(string name) => Find(name)?.Leaf();

    public string GetText(string name) => Get(name).Leaf();

    /// <summary>The text of an element that must not hold others.</summary>
    public string Leaf() => _children.Count == 0 ? Text : throw Malformed($"{Name} is a text.");

    /// <summary>A word, without the space around it.</summary>
    public string? FindWord(string name) => FindText(name)?.Trim();

    public string GetWord(string name) => GetText(name).Trim();

    /// <summary>A word that must be one of <paramref name="allowed"/>; null where the element is missing.</summary>
    public string? FindOneOf(string name, params ReadOnlySpan<string> allowed)
    {
        if (FindWord(name) is not { } word) return null;
        return allowed.Contains(word) ? word : throw Malformed($"{name} cannot be '{word}'.");
    }

    public string GetOneOf(string name, params ReadOnlySpan<string> allowed) =>
        FindOneOf(name, allowed) ?? throw Malformed($"{Name} lacks {name}.");

    public long? FindNumber(string name)
    {
        if (FindWord(name) is not { } word) return null;
        return long.TryParse(word, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw Malformed($"{name} is a whole number, not '{word}'.");
    }

    public bool? FindFlag(string name)
    {
        if (FindWord(name) is not { } word) return null;
        if (word.Equals("true", StringComparison.OrdinalIgnoreCase)) return true;
        return word.Equals("false", StringComparison.OrdinalIgnoreCase)
            ? false
            : throw Malformed($"{name} is true or false, not '{word}'.");
    }

    /// <summary>A point in time in ISO 8601, or null.</summary>
    public DateTimeOffset? FindTime(string name)
    {
        if (FindWord(name) is not { } word) return null;
        return DocumentTime.TryParse(word, out var time)
            ? time
            : throw Malformed($"{name} is a time such as 2030-01-01T00:00:00Z, not '{word}'.");
    }

    // Iterative, with a stack of its own: a document cannot make the reader recurse.
    private static XmlItem Read(XmlReader reader)
    {
        var open = new Stack<XmlItem>();
        var text = new StringBuilder();
        XmlItem? root = null;
        while (reader.Read())
        {
            switch (reader.NodeType)
            {
                case XmlNodeType.Element:
                    if (open.Count == MaxDepth) throw Malformed($"Elements nest deeper than {MaxDepth}.");
                    RefuseText(open, text);
                    var item = new XmlItem(reader.LocalName, reader.GetAttribute("type", SchemaInstance));
                    if (open.TryPeek(out var parent)) parent._children.Add(item);
                    else root = item;
                    if (!reader.IsEmptyElement) open.Push(item);
                    break;
                case XmlNodeType.Text or XmlNodeType.CDATA or XmlNodeType.Whitespace
                    or XmlNodeType.SignificantWhitespace when open.Count > 0:
                    text.Append(reader.Value);
                    break;
                case XmlNodeType.EndElement:
                    if (open.Peek()._children.Count > 0) RefuseText(open, text);
                    else open.Peek().Text = text.ToString();
                    text.Clear();
                    open.Pop();
                    break;
            }
        }

        return root ?? throw Malformed(S3Error.MalformedXml.Message);
    }

    private static void RefuseText(Stack<XmlItem> open, StringBuilder text)
    {
        for (var at = 0; at < text.Length; at++)
            if (!char.IsWhiteSpace(text[at])) throw Malformed($"{open.Peek().Name} has text between its elements.");
        text.Clear();
    }
}
