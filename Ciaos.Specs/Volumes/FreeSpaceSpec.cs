using Ciaos.Actors.Volumes;
using Ciaos.Storage.Disks;
using Ciaos.Storage.Disks.Simulated;
using Xunit;

namespace Ciaos.Specs.Volumes;

public class FreeSpaceSpec
{
    private readonly SimulatedDisk _disk = new(seed: 1, capacityBytes: 10_000);
    private readonly FreeSpace _space;

    public FreeSpaceSpec()
    {
        _space = new FreeSpace(_disk, reserveBytes: 1_000);
        _space.Look();
    }

    [Fact]
    public void The_reserve_is_never_given_away()
    {
        Assert.True(_space.TryTake(9_000));
        Assert.Equal(10_000, _space.FreeBytes);
        Fill(9_500);
        Assert.False(_space.TryTake(1));
        Assert.False(_space.IsEnough);
        Assert.Equal("The disk is full: 500 bytes are free, 1000 are kept in reserve", _space.Detail);
    }

    [Fact]
    public void What_was_taken_but_not_used_is_free_again_at_the_next_look()
    {
        Assert.True(_space.TryTake(9_000));
        Assert.True(_space.TryTake(5_000));
    }

    [Fact]
    public void One_needle_that_does_not_fit_does_not_stop_smaller_ones()
    {
        Assert.False(_space.TryTake(9_001));
        Assert.True(_space.IsEnough);
        Assert.True(_space.TryTake(100));
    }

    [Fact]
    public void A_full_disk_that_the_system_does_not_admit_holds_until_the_next_look()
    {
        _space.RanOut("quota");
        Assert.False(_space.TryTake(1));
        Assert.Equal("quota", _space.Detail);
        _space.Look();
        Assert.True(_space.TryTake(1));
    }

    private void Fill(int bytes)
    {
        using var file = _disk.Create("filler");
        file.Write(0, [new byte[bytes]]);
    }
}
