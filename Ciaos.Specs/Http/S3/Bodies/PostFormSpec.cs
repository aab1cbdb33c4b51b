using System.Text;
using Ciaos.Http.S3;
using Ciaos.Http.S3.Auth;
using Ciaos.Http.S3.Bodies;
using Ciaos.Specs.Http.S3.Auth;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace Ciaos.Specs.Http.S3.Bodies;

public class PostFormSpec
{
    private const string Boundary = "----x7MA4YWxk";

    [Fact]
    public async Task It_reads_the_fields_before_the_file_and_the_file()
    {
        var form = await PostForm.ReadAsync(Request(
            Field("kEy", "uploads/${filename}") + Field("acl", "private") + File("C:\\photos\\a.txt", "Hello")
            + Field("late", "is not read")));
        Assert.Equal("uploads/a.txt", form.Text("key"));
        Assert.Equal("private", form.Text("ACL"));
        Assert.Equal("a.txt", form.FileName);
        Assert.Equal("text/plain", form.FileContentType);
        Assert.False(form.Fields.ContainsKey("late"));
        Assert.Equal("Hello", await ReadAsync(form));
    }

    [Fact]
    public async Task Fields_may_have_file_names_of_their_own_as_python_writes_them()
    {
        var part = Part("form-data; name=\"key\"; filename=\"key\"", "foo.txt");
        var form = await PostForm.ReadAsync(Request(part + Part("form-data; name=\"file\"; filename=\"file\"", "bar")));
        Assert.Equal("foo.txt", form.Text("key"));
        Assert.Equal("bar", await ReadAsync(form));
    }

    [Theory]
    [InlineData("form-data; name=file; filename=\"a;b.txt\"", "a;b.txt")]
    [InlineData("form-data; filename=\"x; name=y\"; name=\"file\"", "x; name=y")]
    [InlineData("form-data; name=\"file\"; filename=\"say \\\"hi\\\".txt\"", "say \"hi\".txt")]
    [InlineData("form-data; name=\"file\"; filename=\"say %22hi%22.txt\"", "say \"hi\".txt")]
    [InlineData("form-data; name=\"file\"", "")]
    [InlineData("form-data; name=\"file\"; filename=\"grün.txt\"", "grün.txt")]
    public async Task The_name_of_the_file_is_read_in_every_form(string disposition, string expected) =>
        Assert.Equal(expected, (await PostForm.ReadAsync(Request(Part(disposition, "x")))).FileName);

    [Fact]
    public void However_it_is_cut_into_pieces_the_file_is_the_same() => Fuzz.Run(200, random =>
    {
        var file = BodyClient.Bytes(random.Next(3_000), random.Next());
        // What looks like the beginning of a delimiter is a part of the file.
        foreach (var lookalike in new[] { "\r\n--", "\r", $"\r\n--{Boundary[..5]}", $"--{Boundary}", "\r\n\r\n--" })
        {
            var bytes = Encoding.ASCII.GetBytes(lookalike);
            if (file.Length > bytes.Length) bytes.CopyTo(file, random.Next(file.Length - bytes.Length));
        }

        var text = Field("key", "a") + File("f", Encoding.Latin1.GetString(file));
        var context = BodyClient.Put(
            new BodyClient.Pieces(Encoding.Latin1.GetBytes($"{text}--{Boundary}--\r\n"), random));
        context.Request.ContentType = $"multipart/form-data; boundary={Boundary}";
        var form = PostForm.ReadAsync(context).GetAwaiter().GetResult();
        using var body = S3Bodies.OpenForm(form, Anything, new S3BodyOptions(0, WithMd5: true));
        Assert.Equal(file, BodyClient.ReadAsync(body, random).GetAwaiter().GetResult());
        Assert.Equal(System.Security.Cryptography.MD5.HashData(file), body.Digests.Md5);
    });

    [Fact]
    public async Task Who_looks_without_taking_waits_for_more()
    {
        var pipe = new System.IO.Pipelines.Pipe();
        var context = BodyClient.Put(pipe.Reader.AsStream());
        context.Request.ContentType = $"multipart/form-data; boundary={Boundary}";
        var begin = Field("key", "a") + File("f", new string('x', 100))[..^2];
        await pipe.Writer.WriteAsync(Encoding.ASCII.GetBytes(begin));
        var form = await PostForm.ReadAsync(context);
        var read = await form.File.ReadAsync();
        form.File.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        var waiting = form.File.ReadAsync();
        Assert.False(waiting.IsCompleted);
        form.File.CancelPendingRead();
        Assert.True((await waiting).IsCanceled);
        form.File.AdvanceTo(read.Buffer.Start);
        await pipe.Writer.WriteAsync(Encoding.ASCII.GetBytes($"\r\n--{Boundary}--\r\n"));
        Assert.Equal(new string('x', 100), await ReadAsync(form));
    }

    [Fact]
    public async Task What_breaks_off_is_no_form_and_no_file()
    {
        var text = Field("key", "a") + File("f", "Hello");
        for (var length = 0; length < text.Length + Boundary.Length; length++)
        {
            var context = Raw($"{text}--{Boundary}--\r\n"[..length]);
            var refused = await Assert.ThrowsAsync<S3Exception>(
                async () => await ReadAsync(await PostForm.ReadAsync(context)));
            Assert.Contains(refused.Error.Code, new[] { "MalformedPOSTRequest", "IncompleteBody" });
        }
    }

    [Fact]
    public async Task A_form_without_a_file_is_refused()
    {
        Assert.Equal("InvalidArgument", await RefusedAsync(Request(Field("key", "a"))));
        Assert.Equal("InvalidArgument", await RefusedAsync(Request("")));
    }

    [Fact]
    public async Task The_fields_may_have_20_KB_together()
    {
        var most = Field("a", new string('x', 10_240)) + Field("b", new string('x', 10_240));
        Assert.Equal(10_240, (await PostForm.ReadAsync(Request(most + File("f", "")))).Text("b").Length);
        Assert.Equal(
            "MaxPostPreDataLengthExceededError", await RefusedAsync(Request(most + Field("c", "x") + File("f", ""))));
        Assert.Equal(
            "MaxPostPreDataLengthExceededError",
            await RefusedAsync(Request(Field("a", new string('x', 1_000_000)) + File("f", ""))));
        Assert.Equal(
            "MalformedPOSTRequest",
            await RefusedAsync(Request(Part("form-data; name=\"" + new string('n', 100_000) + "\"", "x"))));
    }

    [Fact]
    public async Task A_field_must_not_come_twice() => Assert.Equal(
        "InvalidArgument", await RefusedAsync(Request(Field("key", "a") + Field("KEY", "b") + File("f", ""))));

    [Theory]
    [InlineData("application/x-www-form-urlencoded")]
    [InlineData("multipart/form-data")]
    [InlineData(null)]
    public async Task Another_type_is_no_form(string? type)
    {
        var context = Request(File("f", ""));
        context.Request.ContentType = type;
        var refused = await Assert.ThrowsAsync<S3Exception>(() => PostForm.ReadAsync(context));
        Assert.InRange(refused.Error.Status, 400, 412);
    }

    [Fact]
    public async Task The_file_must_have_the_digests_of_the_fields()
    {
        foreach (var (value, isRight) in new[] { ("DUoRhQ==", true), ("AAAAAA==", false) })
        {
            var form = await PostForm.ReadAsync(
                Request(Field("key", "a") + Field("x-amz-checksum-crc32", value) + File("f", "hello world")));
            using var body = S3Bodies.OpenForm(form, Anything, new S3BodyOptions(0));
            var reading = BodyClient.ReadAsync(body, new Random(1));
            if (isRight) Assert.Equal(11, (await reading).Length);
            else Assert.Equal(S3Error.BadDigest, (await Assert.ThrowsAsync<S3Exception>(() => reading)).Error);
        }
    }

    [Theory]
    [InlineData(5, 5, "")]
    [InlineData(0, 4, "EntityTooLarge")]
    [InlineData(6, 9, "EntityTooSmall")]
    public async Task The_file_must_be_as_long_as_the_policy_has_it(long min, long max, string code)
    {
        var form = await PostForm.ReadAsync(Request(Field("key", "a") + File("f", "hello")));
        using var body = S3Bodies.OpenForm(form, Anything with { Limits = new(min, max) }, new S3BodyOptions(0));
        var failure = await Record.ExceptionAsync(() => BodyClient.ReadAsync(body, new Random(1)));
        Assert.Equal(code, (failure as S3Exception)?.Error.Code ?? "");
    }

    internal static DefaultHttpContext Request(string parts) => Raw($"{parts}--{Boundary}--\r\n");

    internal static string Field(string name, string value) => Part($"form-data; name=\"{name}\"", value);

    internal static string File(string name, string content) =>
        Part($"form-data; name=\"file\"; filename=\"{name}\"\r\nContent-Type: text/plain", content);

    private static readonly PostGrant Anything =
        new(new S3Caller(null, S3Payload.Unsigned, null), new BodyLimits(0, long.MaxValue));

    private static DefaultHttpContext Raw(string body)
    {
        var context = BodyClient.Put(Encoding.UTF8.GetBytes(body));
        context.Request.ContentType = $"multipart/form-data; boundary={Boundary}";
        return context;
    }

    private static string Part(string disposition, string content) =>
        $"--{Boundary}\r\nContent-Disposition: {disposition}\r\n\r\n{content}\r\n";

    private static async Task<string> ReadAsync(PostForm form)
    {
        using var body = S3Bodies.OpenForm(form, Anything, new S3BodyOptions(0));
        return Encoding.UTF8.GetString(await BodyClient.ReadAsync(body, new Random(1)));
    }

    private static async Task<string> RefusedAsync(DefaultHttpContext context) =>
        (await Assert.ThrowsAsync<S3Exception>(() => PostForm.ReadAsync(context))).Error.Code;
}
