using Ciaos.Http.S3.Auth;
using Xunit;

namespace Ciaos.Specs.Http.S3.Auth;

public class KnownTextsSpec
{
    private readonly List<string> _parsed = [];
    private readonly KnownTexts<string> _texts;

    public KnownTextsSpec() => _texts = new KnownTexts<string>(text =>
    {
        _parsed.Add(text);
        return text.StartsWith('!') ? null : $"<{text}>";
    });

    [Fact]
    public void A_text_is_parsed_once()
    {
        Assert.Equal("<a>", _texts.Find("a"));
        Assert.Same(_texts.Find("a"), _texts.Find("a"));
        Assert.Equal("<b>", _texts.Find("b"));
        Assert.Equal(["a", "b"], _parsed);
    }

    [Fact]
    public void What_means_nothing_or_is_long_is_not_kept()
    {
        Assert.Null(_texts.Find("!"));
        Assert.NotNull(_texts.Find(new string('x', KnownTexts<string>.MaxLength + 1)));
        Assert.Equal(0, _texts.Count);
        Assert.NotNull(_texts.Find(new string('x', KnownTexts<string>.MaxLength)));
        Assert.Equal(1, _texts.Count);
    }

    [Fact]
    public void There_are_never_more_than_so_many()
    {
        for (var i = 0; i <= 2 * KnownTexts<string>.MaxTexts; i++)
        {
            Assert.Equal($"<{i}>", _texts.Find($"{i}"));
            Assert.InRange(_texts.Count, 1, KnownTexts<string>.MaxTexts);
        }
    }
}
