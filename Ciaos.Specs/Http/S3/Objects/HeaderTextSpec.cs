using System.Text;
using Ciaos.Http.S3.Objects;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace Ciaos.Specs.Http.S3.Objects;

public sealed class HeaderTextSpec
{
    [Theory]
    [InlineData("plain")]
    [InlineData("")]
    public void Ascii_stays_as_it_is(string text)
    {
        Assert.Equal(text, HeaderText.FromWire(text));
        Assert.Equal(text, HeaderText.ToWire(text));
    }

    [Fact]
    public void Utf8_is_kept_as_what_it_means()
    {
        var wire = Encoding.Latin1.GetString(Encoding.UTF8.GetBytes("Grüße 한 🚗"));

        Assert.Equal("Grüße 한 🚗", HeaderText.FromWire(wire));
        Assert.Equal(wire, HeaderText.ToWire("Grüße 한 🚗"));
    }

    [Fact]
    public void A_byte_that_is_no_utf8_comes_back()
    {
        const string Wire = "Hello World\u00e9";

        var kept = HeaderText.FromWire(Wire);

        Assert.NotEqual(Wire, kept);
        Assert.Equal(Wire, HeaderText.ToWire(kept));
    }

    [Fact]
    public void Any_bytes_come_back_after_they_were_stored_as_utf8() => Prop.ForAll<byte[]>(bytes =>
    {
        var wire = Encoding.Latin1.GetString(bytes);

        var stored = Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(HeaderText.FromWire(wire)));

        return HeaderText.ToWire(stored) == wire;
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void The_private_range_itself_comes_back()
    {
        var wire = Encoding.Latin1.GetString(Encoding.UTF8.GetBytes("a\uF7E9b"));

        Assert.Equal(wire, HeaderText.ToWire(HeaderText.FromWire(wire)));
    }

    [Theory]
    [InlineData("\u0004w", false)]
    [InlineData("a\u007f", false)]
    [InlineData("a\tb é", true)]
    public void Control_characters_cannot_be_sent(string text, bool isSendable) =>
        Assert.Equal(isSendable, HeaderText.IsSendable(text));
}
