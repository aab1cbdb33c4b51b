using System.IO.Pipelines;
using Ciaos.Actors.Identity;
using Ciaos.Actors.Index;
using Ciaos.Http.Quotas;
using Ciaos.Specs.Objects;
using Ciaos.Storage;
using Xunit;

namespace Ciaos.Specs.Http.Quotas;

public sealed class UserQuotasSpec
{
    private static readonly BucketProtocol.BucketInfo Bucket = new(
        new BucketId(1), "bucket", "ann", DateTimeOffset.UnixEpoch, ObjectMetadata.None, 1);

    private readonly SteppedTime _time = new();
    private readonly UserQuotas _quotas;
    private Quota? _quota = new(100, 10, null);
    private BucketUsage _usage;
    private int _sums;
    private bool _fails;

    public UserQuotasSpec() => _quotas = new UserQuotas(_ => _quota, _ => SumAsync(), _time);

    [Fact]
    public async Task Bytes_are_counted_up_to_the_quota()
    {
        _usage = new BucketUsage(0, 60);

        await WriteAsync(40);

        await RefusedAsync(1);
        Assert.Equal(1, _sums);
    }

    [Fact]
    public async Task Objects_are_counted_up_to_the_quota()
    {
        _usage = new BucketUsage(9, 0);

        await WriteAsync(0);

        await RefusedAsync(0);
        await WriteAsync(0, objects: 0);
    }

    [Fact]
    public async Task What_was_deleted_counts_no_more_after_a_while()
    {
        _usage = new BucketUsage(10, 100);
        await RefusedAsync(1);

        _usage = new BucketUsage(0, 0);
        _time.Advance(OwnerUsage.MaxAge / 2);
        await RefusedAsync(1);
        _time.Advance(OwnerUsage.MaxAge);
        await WriteAsync(100);

        Assert.Equal(2, _sums);
    }

    [Fact]
    public async Task What_failed_gives_its_room_back_at_once()
    {
        using (await _quotas.HoldAsync(Bucket, 100, objects: 1, default)) await RefusedAsync(1);

        await WriteAsync(100);
    }

    [Fact]
    public async Task What_is_being_written_counts_however_long_it_takes()
    {
        using var hold = await _quotas.HoldAsync(Bucket, 70, objects: 1, default);
        _time.Advance(OwnerUsage.MaxAge);

        await RefusedAsync(31);
        await WriteAsync(30);
    }

    [Fact]
    public async Task What_was_written_counts_once_when_the_catalog_tells_of_it()
    {
        await WriteAsync(60);

        _usage = new BucketUsage(1, 60);
        _time.Advance(OwnerUsage.MaxAge);

        await WriteAsync(40);
        await RefusedAsync(1);
    }

    [Fact]
    public async Task Bytes_that_were_not_announced_count_once_each_as_they_come()
    {
        var pipe = new Pipe();
        using var hold = await _quotas.HoldAsync(Bucket, bytes: null, objects: 1, default);
        var body = hold!.Watch(pipe.Reader);

        await pipe.Writer.WriteAsync(new byte[60]);
        var read = await body.ReadAsync();
        body.AdvanceTo(read.Buffer.GetPosition(20));
        await pipe.Writer.WriteAsync(new byte[40]);
        read = await body.ReadAsync();
        Assert.Equal(80, read.Buffer.Length);
        body.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        await RefusedAsync(1);

        await pipe.Writer.WriteAsync(new byte[1]);
        await Assert.ThrowsAsync<QuotaExceededException>(async () => await body.ReadAsync());
    }

    [Fact]
    public async Task Nothing_is_summed_up_without_a_quota()
    {
        _quota = new Quota(null, null, 5);
        Assert.Null(await _quotas.HoldAsync(Bucket, long.MaxValue, objects: 1, default));
        _quota = null;
        Assert.Null(await _quotas.HoldAsync(Bucket, long.MaxValue, objects: 1, default));

        Assert.Equal(0, _sums);
    }

    [Fact]
    public async Task A_sum_that_failed_is_made_anew()
    {
        _fails = true;
        await Assert.ThrowsAsync<IOException>(() => WriteAsync(1));

        _fails = false;

        await WriteAsync(1);
    }

    private Task<BucketUsage> SumAsync()
    {
        _sums++;
        return _fails ? Task.FromException<BucketUsage>(new IOException("gone")) : Task.FromResult(_usage);
    }

    private async Task WriteAsync(long bytes, int objects = 1)
    {
        using var hold = await _quotas.HoldAsync(Bucket, bytes, objects, default);
        hold?.Keep();
    }

    private Task RefusedAsync(long bytes) =>
        Assert.ThrowsAsync<QuotaExceededException>(() => WriteAsync(bytes));
}
