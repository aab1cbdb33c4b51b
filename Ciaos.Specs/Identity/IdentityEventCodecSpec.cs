using System.Collections.Immutable;
using System.Runtime.Serialization;
using System.Text;
using Ciaos.Actors.Identity;
using Ciaos.Actors.Index;
using Xunit;
using static Ciaos.Actors.Identity.IdentityEvents;
using static Ciaos.Actors.Identity.IdentityProtocol;

namespace Ciaos.Specs.Identity;

public sealed class IdentityEventCodecSpec
{
    private static readonly DateTimeOffset At =
        Micros.Cut(new DateTimeOffset(2026, 1, 2, 3, 4, 5, 123, 456, TimeSpan.Zero));

    private static readonly DateTimeOffset Used = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);
    private static readonly Origin Root = new("root", "ROOTKEY", "127.0.0.1");

    private static readonly IIdentityEvent[] Events =
    [
        new IdentityBegun(At, Origin.Node, [1, 2, 3]),
        new UserCreated(At, Origin.Node, "root", Hex("0a"), "root", null, true),
        new UserCreated(At, Root, "ann", Hex("0b"), "Ann É <>", "ann@example.org", false),
        new UserChanged(At, Root, "ann", "Ann", null, false),
        new KeyCreated(At, Root, "ANNKEY", "ann", [4, 5]),
        new KeyChanged(At, Root, "ANNKEY", false),
        new SessionCreated(At, Root, "ASKEY", "ann", [6], [7], Used.AddHours(1), "{}"),
        new PolicyPut(At, Root, "ann", "own", "{\"a\":\n1}"),
        new PolicyDeleted(At, Root, "ann", "own"),
        new QuotaSet(At, Root, "ann", new Quota(1, null, 2.5)),
        new KeysUsed(At, Origin.Node, ImmutableSortedDictionary<string, DateTimeOffset>.Empty.Add("ANNKEY", Used)),
        new KeyDeleted(At, Root, "ANNKEY"),
        new UserDeleted(At, Root, "ann"),
    ];

    private static string GoldenPath => Path.Combine(AppContext.BaseDirectory, "Golden", "identity-log-v1.txt");

    [Fact]
    public async Task The_golden_file_was_written_by_another_program_and_holds_just_these_bytes()
    {
        var written = Events.SelectMany((message, i) => IdentityLog.Encode(i + 1, message)).ToArray();
        Assert.Equal(await File.ReadAllTextAsync(GoldenPath), Encoding.UTF8.GetString(written));
    }

    [Fact]
    public void Every_event_comes_back_as_it_was()
    {
        foreach (var message in Events)
        {
            var bytes = IdentityEventCodec.Encode(message);
            var read = IdentityEventCodec.Decode(IdentityEventCodec.ManifestOf(message), bytes);
            Assert.Equal(message.GetType(), read.GetType());
            Assert.Equal((message.At, message.By), (read.At, read.By));
            Assert.Equal(bytes, IdentityEventCodec.Encode(read));
        }

        Assert.Equal(12, Events.Select(message => message.GetType()).Distinct().Count());
    }

    [Theory]
    [InlineData("user-deleted", "")]
    [InlineData("user-deleted", "null")]
    [InlineData("user-deleted", """{"version":2,"event":{«,"name":"ann"}}""")]
    [InlineData("user-deleted", """{"version":1,"event":null}""")]
    [InlineData("user-deleted", """{"version":1,"event":{«}}""")]
    [InlineData("user-deleted", """{"version":1,"event":{«,"name":null}}""")]
    [InlineData("user-deleted", """{"version":1,"event":{«,"name":"ann","oops":1}}""")]
    [InlineData("user-deleted", """{"version":1,"event":{"at":"yesterday","by":{"user":"root"},"name":"ann"}}""")]
    [InlineData("user-promoted", """{"version":1,"event":{}}""")]
    public void What_is_missing_unknown_or_of_another_type_is_refused(string manifest, string text) =>
        Assert.Throws<SerializationException>(
            () => IdentityEventCodec.Decode(manifest, Encoding.UTF8.GetBytes(text.Replace("«", Head))));

    private const string Head =
        """
        "at":"2026-01-02T03:04:05Z","by":{"user":"root","keyId":null,"address":null}
        """;

    private static string Hex(string pair) => string.Concat(Enumerable.Repeat(pair, 32));
}
