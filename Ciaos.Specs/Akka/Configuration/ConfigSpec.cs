using System.Globalization;
using Akka.Configuration;
using Xunit;

namespace Ciaos.Specs.Akka.Configuration;

public sealed class ConfigSpec
{
    private static Config Parse(string hocon) => ConfigurationFactory.ParseString(hocon);

    [Fact]
    public void A_missing_setting_reads_as_the_default()
    {
        var config = Parse("x = 1");
        Assert.Equal(7, config.GetInt("a.b", 7));
        Assert.Equal(8L, config.GetLong("a.b", 8));
        Assert.Equal(1.5, config.GetDouble("a.b", 1.5));
        Assert.True(config.GetBoolean("a.b", true));
        Assert.Equal("d", config.GetString("a.b", "d"));
        Assert.Null(config.GetString("a.b"));
        Assert.Equal(TimeSpan.FromSeconds(3), config.GetTimeSpan("a.b", TimeSpan.FromSeconds(3)));
        Assert.Equal(TimeSpan.Zero, config.GetTimeSpan("a.b"));
        Assert.Null(config.GetByteSize("a.b"));
        Assert.Equal(9, config.GetByteSize("a.b", 9));
        Assert.Empty(config.GetStringList("a.b"));
        Assert.Equal(["p"], config.GetStringList("a.b", ["p"]));
        Assert.Null(config.GetConfig("a.b"));
        Assert.False(config.HasPath("a.b"));
        Assert.True(config.HasPath("x"));
    }

    [Fact]
    public void Numbers_are_read_in_the_invariant_culture()
    {
        var config = Parse("i = -42, l = 9000000000, d = 1234.5, e = 1e3");
        Assert.Equal(-42, config.GetInt("i"));
        Assert.Equal(9_000_000_000, config.GetLong("l"));
        Assert.Equal(1234.5, config.GetDouble("d"));
        Assert.Equal(1234.5f, config.GetFloat("d"));
        Assert.Equal(1234.5m, config.GetDecimal("d"));
        Assert.Equal(1000, config.GetDouble("e"));
    }

    [Fact]
    public void A_number_that_is_none_or_too_large_throws()
    {
        var config = Parse("a.text = foo, big = 9000000000, part = 1.5");
        Assert.Throws<FormatException>(() => config.GetInt("a.text"));
        Assert.Throws<OverflowException>(() => config.GetInt("big"));
        Assert.Throws<FormatException>(() => config.GetInt("part"));
    }

    [OwnEngineFact]
    public void An_error_names_the_setting()
    {
        var error = Assert.Throws<FormatException>(() => Parse("a.text = foo").GetInt("a.text"));
        Assert.Contains("a.text", error.Message, StringComparison.Ordinal);
    }

    [OwnEngineFact]
    public void An_integer_can_be_hexadecimal()
    {
        Assert.Equal(255, Parse("a = 0xff").GetInt("a"));
        Assert.Equal(1L << 40, Parse("a = 0x10000000000").GetLong("a"));
    }

    [Theory]
    [InlineData("on", true)]
    [InlineData("true", true)]
    [InlineData("off", false)]
    [InlineData("false", false)]
    public void A_boolean_has_two_spellings(string written, bool expected) =>
        Assert.Equal(expected, Parse($"a = {written}").GetBoolean("a", !expected));

    [OwnEngineTheory]
    [InlineData("yes", true)]
    [InlineData("no", false)]
    public void And_a_third(string written, bool expected) =>
        Assert.Equal(expected, Parse($"a = {written}").GetBoolean("a", !expected));

    [Fact]
    public void Any_other_boolean_throws() =>
        Assert.Throws<NotSupportedException>(() => Parse("a = maybe").GetBoolean("a"));

    [Theory]
    [InlineData("10ms", 10)]
    [InlineData("10 millis", 10)]
    [InlineData("250", 250)]
    [InlineData("5 s", 5_000)]
    [InlineData("0.05 s", 50)]
    [InlineData("10 seconds", 10_000)]
    [InlineData("2m", 120_000)]
    [InlineData("1.5h", 5_400_000)]
    [InlineData("1 day", 86_400_000)]
    [InlineData("3000 micros", 3)]
    [InlineData("2000000 ns", 2)]
    public void A_duration_has_a_unit(string written, double milliseconds) =>
        Assert.Equal(milliseconds, Parse($"a = {written}").GetTimeSpan("a").TotalMilliseconds);

    [Fact]
    public void A_duration_can_be_infinite_where_that_is_allowed()
    {
        var config = Parse("a = infinite");
        Assert.Equal(Timeout.InfiniteTimeSpan, config.GetTimeSpan("a"));
        Assert.Throws<FormatException>(() => config.GetTimeSpan("a", allowInfinite: false));
    }

    [Theory]
    [InlineData("-1s")]
    [InlineData("soon")]
    [InlineData("5 lightyears")]
    public void Any_other_duration_throws(string written) =>
        Assert.Throws<FormatException>(() => Parse($"a = {written}").GetTimeSpan("a"));

    [OwnEngineFact]
    public void A_duration_that_no_TimeSpan_can_hold_throws() =>
        Assert.Throws<FormatException>(() => Parse("a = 99999999999999 d").GetTimeSpan("a"));

    [Theory]
    [InlineData("128000b", 128_000)]
    [InlineData("4096", 4096)]
    [InlineData("4KiB", 4096)]
    [InlineData("4 k", 4096)]
    [InlineData("4kB", 4000)]
    [InlineData("10 MB", 10_000_000)]
    [InlineData("10 MiB", 10_485_760)]
    [InlineData("1G", 1_073_741_824)]
    [InlineData("2 terabytes", 2_000_000_000_000)]
    public void A_size_has_a_unit(string written, long bytes) =>
        Assert.Equal(bytes, Parse($"a = {written}").GetByteSize("a"));

    [Fact]
    public void Any_other_size_throws() =>
        Assert.Throws<FormatException>(() => Parse("a = 4 cups").GetByteSize("a"));

    [OwnEngineFact]
    public void A_size_beyond_64_bits_throws() =>
        Assert.Throws<OverflowException>(() => Parse("a = 16 EiB").GetByteSize("a"));

    [Fact]
    public void Lists_are_read_by_type()
    {
        var config = Parse("n = [1, 2], b = [on, off], d = [1.5, 2]");
        Assert.Equal([1, 2], config.GetIntList("n"));
        Assert.Equal([1L, 2L], config.GetLongList("n"));
        Assert.Equal([(byte)1, (byte)2], config.GetByteList("n"));
        Assert.Equal(["1", "2"], config.GetStringList("n"));
        Assert.Equal([true, false], config.GetBooleanList("b"));
        Assert.Equal([1.5, 2.0], config.GetDoubleList("d"));
        Assert.Equal([1.5f, 2f], config.GetFloatList("d"));
        Assert.Equal([1.5m, 2m], config.GetDecimalList("d"));
    }

    [Fact]
    public void A_text_is_a_configuration_where_one_is_expected()
    {
        Config config = "a.b = 1";
        Assert.Equal(1, config.GetInt("a.b"));
        Assert.False(config.IsEmpty);
        Assert.True(Config.Empty.IsEmpty);
        Assert.True(ConfigurationFactory.Empty.IsNullOrEmpty());
        Assert.True(((Config?)null).IsNullOrEmpty());
    }

    [Fact]
    public void A_sub_tree_can_be_put_below_another_key()
    {
        var config = Parse("a { b = 1 }").GetConfig("a").Root.AtKey("x");
        Assert.Equal(1, config.GetInt("x.b"));
    }

    [Fact]
    public void The_culture_of_the_thread_makes_no_difference()
    {
        var before = CultureInfo.CurrentCulture;
        var commas = (CultureInfo)CultureInfo.InvariantCulture.Clone();
        commas.NumberFormat.NumberDecimalSeparator = ",";
        try
        {
            CultureInfo.CurrentCulture = commas;
            Assert.Equal(1.5, Parse("a = 1.5").GetDouble("a"));
            Assert.Equal(1500, Parse("a = 1.5 s").GetTimeSpan("a").TotalMilliseconds);
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }
}
