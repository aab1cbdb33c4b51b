using System.Text;
using Ciaos.Http.S3;
using Ciaos.Http.S3.Documents;
using Xunit;

namespace Ciaos.Specs.Http.S3.Documents;

public sealed class XmlItemSpec
{
    [Theory]
    [InlineData("")]
    [InlineData("no xml")]
    [InlineData("<a>")]
    [InlineData("<a></b>")]
    [InlineData("<a/><a/>")]
    [InlineData("<b/>")]
    [InlineData("<a>text<b/></a>")]
    [InlineData("<a><b/>text</a>")]
    [InlineData("<a>&unknown;</a>")]
    public void Refuses_what_is_not_the_document(string text) => Assert.Equal("MalformedXML", RefusalOf(text));

    [Fact]
    public void Refuses_a_document_type_whatever_it_declares()
    {
        Assert.Equal("MalformedXML", RefusalOf("<!DOCTYPE a><a/>"));
        Assert.Equal("MalformedXML", RefusalOf(
            "<!DOCTYPE a [<!ENTITY x SYSTEM \"file:///etc/passwd\">]><a>&x;</a>"));
    }

    [Fact]
    public void Refuses_bytes_that_are_no_utf8() =>
        Assert.Throws<S3Exception>(() => XmlItem.Parse(new byte[] { 0x3C, 0x61, 0x3E, 0xFF, 0xFE, 0x3C }, "a"));

    [Fact]
    public void Nests_as_deep_as_allowed_and_no_deeper()
    {
        static string Nested(int depth) =>
            string.Concat(Enumerable.Repeat("<a>", depth)) + string.Concat(Enumerable.Repeat("</a>", depth));
        Assert.Equal("a", Parse(Nested(XmlItem.MaxDepth)).Name);
        Assert.Equal("MalformedXML", RefusalOf(Nested(XmlItem.MaxDepth + 1)));
        Assert.Equal("MalformedXML", RefusalOf(Nested(100_000)));
    }

    [Theory]
    [InlineData("<a xmlns='http://s3.amazonaws.com/doc/2006-03-01/'><b>1</b></a>")]
    [InlineData("<x:a xmlns:x='http://doc.s3.amazonaws.com/2006-03-01'><x:b>1</x:b></x:a>")]
    [InlineData("<?xml version='1.0' encoding='UTF-8'?>\n<a>\n  <!-- b --><b>1</b>\n</a>\n")]
    [InlineData("<a><b><![CDATA[1]]></b></a>")]
    public void Takes_any_namespace_and_layout(string text) => Assert.Equal("1", Parse(text).GetText("b"));

    [Fact]
    public void Keeps_the_space_of_texts_and_characters_that_xml_has_no_place_for()
    {
        Assert.Equal(" ", Parse("<a><b> </b></a>").GetText("b"));
        Assert.Equal("\u0001", Parse("<a><b>&#x1;</b></a>").GetText("b"));
        Assert.Equal("", Parse("<a><b/></a>").GetText("b"));
    }

    [Fact]
    public void One_element_is_not_two()
    {
        var item = Parse("<a><b>1</b><b>2</b></a>");
        Assert.Throws<S3Exception>(() => item.Find("b"));
        Assert.Equal(["1", "2"], item.All("b").Select(child => child.Text));
        Assert.Throws<S3Exception>(() => item.Only("c"));
        Assert.Throws<S3Exception>(() => item.Get("c"));
        Assert.Throws<S3Exception>(() => item.Leaf());
    }

    [Theory]
    [InlineData("2030-01-02T03:04:05Z")]
    [InlineData("2030-01-02T03:04:05.000Z")]
    [InlineData("2030-01-02T04:04:05+01:00")]
    [InlineData("20300102T030405Z")]
    public void Takes_times_as_clients_write_them(string text) =>
        Assert.Equal(
            new DateTimeOffset(2030, 1, 2, 3, 4, 5, TimeSpan.Zero), Parse($"<a><b>{text}</b></a>").FindTime("b"));

    [Fact]
    public void Refuses_values_that_are_none()
    {
        var item = Parse("<a><n>1x</n><f>yes</f><t>20200101</t><w>OnE</w></a>");
        Assert.Throws<S3Exception>(() => item.FindNumber("n"));
        Assert.Throws<S3Exception>(() => item.FindFlag("f"));
        Assert.Throws<S3Exception>(() => item.FindTime("t"));
        Assert.Throws<S3Exception>(() => item.FindOneOf("w", "one"));
        Assert.Null(item.FindOneOf("missing", "one"));
    }

    private static XmlItem Parse(string text) => XmlItem.Parse(Encoding.UTF8.GetBytes(text), "a");

    private static string RefusalOf(string text) => Assert.Throws<S3Exception>(() => Parse(text)).Error.Code;
}
