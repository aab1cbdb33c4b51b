using Ciaos.Actors.Identity;
using Ciaos.Actors.Index;
using Ciaos.Http.S3;
using Ciaos.Http.S3.Objects;
using Ciaos.Specs.Objects;
using Ciaos.Storage;
using Xunit;

namespace Ciaos.Specs.Http.S3.Objects;

public sealed class QuotaGuardSpec
{
    private static readonly BucketProtocol.BucketInfo Bucket = new(
        new BucketId(1), "bucket", "ann", DateTimeOffset.UnixEpoch, ObjectMetadata.None, 1);

    private readonly SteppedTime _time = new();
    private Quota? _quota = new(100, 10, null);
    private BucketUsage _usage;
    private int _sums;

    [Fact]
    public async Task Bytes_are_counted_up_to_the_quota()
    {
        var guard = Guard();
        _usage = new BucketUsage(0, 60);

        await guard.CheckAsync(Bucket, 40, default);

        Assert.Equal(S3Error.QuotaExceeded, await RefusedAsync(guard, 1));
        Assert.Equal(1, _sums);
    }

    [Fact]
    public async Task Objects_are_counted_up_to_the_quota()
    {
        var guard = Guard();
        _usage = new BucketUsage(9, 0);

        await guard.CheckAsync(Bucket, 0, default);

        Assert.Equal(S3Error.QuotaExceeded, await RefusedAsync(guard, 0));
        await guard.CheckAsync(Bucket, 0, default, objects: 0);
    }

    [Fact]
    public async Task What_was_deleted_counts_no_more_after_a_while()
    {
        var guard = Guard();
        _usage = new BucketUsage(10, 100);
        Assert.Equal(S3Error.QuotaExceeded, await RefusedAsync(guard, 1));

        _usage = new BucketUsage(0, 0);
        _time.Advance(QuotaGuard.MaxAge / 2);
        Assert.Equal(S3Error.QuotaExceeded, await RefusedAsync(guard, 1));
        _time.Advance(QuotaGuard.MaxAge);
        await guard.CheckAsync(Bucket, 100, default);

        Assert.Equal(2, _sums);
    }

    [Fact]
    public async Task Nothing_is_summed_up_without_a_quota()
    {
        var guard = Guard();

        _quota = new Quota(null, null, 5);
        await guard.CheckAsync(Bucket, long.MaxValue, default);
        _quota = null;
        await guard.CheckAsync(Bucket, long.MaxValue, default);

        Assert.Equal(0, _sums);
    }

    [Fact]
    public async Task A_sum_that_failed_is_made_anew()
    {
        var fails = true;
        var guard = new QuotaGuard(
            _ => _quota,
            _ => fails ? Task.FromException<BucketUsage>(new IOException("gone")) : Task.FromResult(_usage),
            _time);
        await Assert.ThrowsAsync<IOException>(async () => await guard.CheckAsync(Bucket, 1, default));

        fails = false;

        await guard.CheckAsync(Bucket, 1, default);
    }

    private QuotaGuard Guard() => new(
        _ => _quota,
        _ =>
        {
            _sums++;
            return Task.FromResult(_usage);
        },
        _time);

    private static async Task<S3Error> RefusedAsync(QuotaGuard guard, long bytes) =>
        (await Assert.ThrowsAsync<S3Exception>(async () => await guard.CheckAsync(Bucket, bytes, default))).Error;
}
