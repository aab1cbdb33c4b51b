using Akka.Configuration;
using Ciaos.Actors;
using Ciaos.Actors.Volumes;
using Xunit;

namespace Ciaos.Specs.Volumes;

public class VolumesSettingsSpec
{
    internal static Config Reference { get; } =
        ReferenceConfig.Load();

    [Fact]
    public void The_reference_is_valid()
    {
        var settings = VolumesSettings.From(Reference);
        Assert.Equal(2, settings.ActiveVolumes);
        Assert.Equal(64L << 20, settings.MinFreeBytes);
        Assert.Equal(TimeSpan.FromSeconds(1), settings.FreeSpaceInterval);
        Assert.Equal(1L << 30, settings.Volume.MaxVolumeBytes);
        Assert.Equal(VolumeDurability.Sync, settings.Volume.Durability);
        Assert.Equal(64L << 20, settings.Volume.File.PreallocationStepBytes);
    }

    [Theory]
    [InlineData("active", "0")]
    [InlineData("active", "many")]
    [InlineData("max-volume-bytes", "1KiB")]
    [InlineData("durability", "maybe")]
    [InlineData("free-space-interval", "0s")]
    [InlineData("max-batch-needles", "5000")]
    public void A_value_out_of_range_is_refused_by_name(string key, string value)
    {
        var config = ConfigurationFactory.ParseString($"ciaos.volumes.{key} = {value}").WithFallback(Reference);
        var error = Assert.Throws<SettingsException>(() => VolumesSettings.From(config));
        Assert.Equal($"ciaos.volumes.{key}", error.Key);
        Assert.Equal(value, error.Value);
    }
}
