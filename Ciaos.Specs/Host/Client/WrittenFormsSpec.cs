using Ciaos.Host.Client;
using Ciaos.Host.Client.Benchmarks;
using Xunit;

namespace Ciaos.Specs.Host.Client;

/// <summary>Sizes, durations, ranges and mixes as people write and read them.</summary>
public sealed class WrittenFormsSpec
{
    [Theory]
    [InlineData("0", 0)]
    [InlineData("100", 100)]
    [InlineData("4KiB", 4096)]
    [InlineData("4k", 4096)]
    [InlineData("4kB", 4000)]
    [InlineData(" 1.5 GiB ", 1610612736)]
    [InlineData("10MB", 10_000_000)]
    [InlineData("7b", 7)]
    [InlineData("2T", 2L << 40)]
    public void Sizes_are_read_with_their_units(string text, long bytes)
    {
        Assert.True(ByteSize.TryParse(text, out var read));
        Assert.Equal(bytes, read);
    }

    [Theory]
    [InlineData("")]
    [InlineData("KiB")]
    [InlineData("-1")]
    [InlineData("1,5k")]
    [InlineData("4 parsecs")]
    [InlineData("0x10")]
    [InlineData("99999999999T")]
    public void What_is_no_size_is_refused(string text) => Assert.False(ByteSize.TryParse(text, out _));

    [Theory]
    [InlineData(0, "0 B")]
    [InlineData(1023, "1023 B")]
    [InlineData(1024, "1.00 KiB")]
    [InlineData(49356.8, "48.2 KiB")]
    [InlineData(1048575, "1.00 MiB")]
    [InlineData(1610612736, "1.50 GiB")]
    [InlineData(9.2e18, "7.98 EiB")]
    public void Sizes_are_shown_with_three_digits(double bytes, string text) =>
        Assert.Equal(text, ByteSize.Format(bytes));

    [Theory]
    [InlineData("500ms", 0.5)]
    [InlineData("10s", 10)]
    [InlineData("10", 10)]
    [InlineData("1.5m", 90)]
    [InlineData("1h", 3600)]
    public void Durations_are_read_with_their_units(string text, double seconds)
    {
        Assert.True(Duration.TryParse(text, out var read));
        Assert.Equal(seconds, read.TotalSeconds);
    }

    [Theory]
    [InlineData("")]
    [InlineData("s")]
    [InlineData("-1s")]
    [InlineData("10 years")]
    [InlineData("1e300h")]
    [InlineData("99999999999h")]
    public void What_is_no_duration_is_refused(string text) => Assert.False(Duration.TryParse(text, out _));

    [Theory]
    [InlineData(0, "0.00 µs")]
    [InlineData(0.00087, "870 µs")]
    [InlineData(0.0009996, "1.00 ms")]
    [InlineData(0.01234, "12.3 ms")]
    [InlineData(1.5, "1.50 s")]
    [InlineData(double.NaN, "-")]
    public void Durations_are_shown_with_three_digits(double seconds, string text) =>
        Assert.Equal(text, Duration.Format(seconds));

    [Theory]
    [InlineData("0-99", 1000, 0, 100)]
    [InlineData("0-0", 1000, 0, 1)]
    [InlineData("100-", 1000, 100, 900)]
    [InlineData("-5", 1000, 995, 5)]
    [InlineData("-5", 3, 0, 3)]
    [InlineData("-0", 3, 3, 0)]
    [InlineData("990-2000", 1000, 990, 10)]
    [InlineData("0-9223372036854775807", 1000, 0, 1000)]
    [InlineData("1000-", 1000, 1000, 0)]
    [InlineData("5000-6000", 1000, 1000, 0)]
    [InlineData("0-", 0, 0, 0)]
    public void A_range_is_what_it_covers_of_an_object(string text, long size, long offset, long length)
    {
        Assert.True(ByteRange.TryParse(text, out var range));
        Assert.Equal((offset, length), range.Within(size));
    }

    [Theory]
    [InlineData("")]
    [InlineData("-")]
    [InlineData("5")]
    [InlineData("9-1")]
    [InlineData("a-b")]
    [InlineData("1-2-3")]
    [InlineData("+1-2")]
    public void What_is_no_range_is_refused(string text) => Assert.False(ByteRange.TryParse(text, out _));

    [Theory]
    [InlineData("put", 0)]
    [InlineData("get", 100)]
    [InlineData("95/5", 95)]
    [InlineData("0/100", 0)]
    public void A_mix_tells_how_many_operations_read(string text, int reads)
    {
        Assert.True(BenchMix.TryParse(text, out var mix));
        Assert.Equal(reads, mix.ReadPercent);
    }

    [Theory]
    [InlineData("")]
    [InlineData("both")]
    [InlineData("95")]
    [InlineData("95/6")]
    [InlineData("-5/105")]
    [InlineData("1/2/97")]
    public void What_is_no_mix_is_refused(string text) => Assert.False(BenchMix.TryParse(text, out _));
}
