using Xunit;

namespace Ciaos.Simulation.Model;

/// <summary>Histories made by hand: what is right is accepted, what is wrong is refused.</summary>
public sealed class HistorySpec
{
    private const string A = "a";

    private readonly History _history = new();
    private readonly List<Action<History>> _calls = [];
    private readonly Content _one = new(1, 100);
    private readonly Content _two = new(2, 100);

    [Fact]
    public void An_acknowledged_write_is_read()
    {
        Do(Put("k", _one), Made("t1"));
        Do(Get("k"), Bytes(_one, "t1"));
        Accepted();
    }

    [Fact]
    public void An_acknowledged_write_may_not_be_lost()
    {
        Do(Put("k", _one), Made("t1"));
        _history.Crash();
        _history.Settle();
        Refused(Get("k"), NotFound);
    }

    [Fact]
    public void What_was_replaced_is_not_read_any_more()
    {
        Do(Put("k", _one), Made("t1"));
        Do(Put("k", _two), new Outcome(200) { Tag = "t2" });
        Refused(Get("k"), Bytes(_one, "t1"));
    }

    [Fact]
    public void A_write_under_way_may_be_seen_or_not_but_not_forgotten_once_it_was_seen()
    {
        Do(Put("k", _one), Made("t1"));
        Invoke(Put("k", _two));
        Do(Get("k"), Bytes(_one, "t1"));
        Do(Get("k"), Bytes(_two, "t2"));
        Accepted();
        Refused(Get("k"), Bytes(_one, "t1"));
    }

    [Fact]
    public void A_read_that_began_before_a_write_ended_may_see_what_was_before()
    {
        Do(Put("k", _one), Made("t1"));
        var read = Invoke(Get("k"));
        Do(Put("k", _two), new Outcome(200) { Tag = "t2" });
        Return(read, Bytes(_one, "t1"));
        Accepted();
    }

    [Theory]
    [InlineData(50, true)]
    [InlineData(99, true)]
    [InlineData(50, false)]
    public void Torn_contents_are_refused(int at, bool isZeroed)
    {
        Do(Put("k", _one), Made("t1"));
        var torn = _one.ToBytes();
        if (isZeroed) torn.AsSpan(at).Clear();
        else _two.ToBytes().AsSpan(at).CopyTo(torn.AsSpan(at));
        Refused(Get("k"), new Outcome(200) { Body = torn, Tag = "t1" });
    }

    [Fact]
    public void A_mix_of_two_writes_is_neither()
    {
        Do(Put("k", _one), Made("t1"));
        Invoke(Put("k", _two));
        var mixed = _two.ToBytes();
        _one.ToBytes().AsSpan(50).CopyTo(mixed.AsSpan(50));
        Refused(Get("k"), new Outcome(200) { Body = mixed, Tag = "t2" });
    }

    [Fact]
    public void Of_two_writes_at_once_either_may_be_last_but_only_one()
    {
        var (left, right) = (Invoke(Put("k", _one)), Invoke(Put("k", _two)));
        Return(left, new Outcome(200) { Tag = "t1" });
        Return(right, Made("t2"));
        Do(Get("k"), Bytes(_one, "t1"));
        Accepted();
        Refused(Get("k"), Bytes(_two, "t2"));
    }

    [Fact]
    public void Of_two_creations_at_once_one_is_refused()
    {
        var (left, right) = (Invoke(Files("k", _one)), Invoke(Files("k", _two)));
        Return(left, new Outcome(200));
        Return(right, new Outcome(400));
        Do(new FilesGet(A, "k"), Lists(_one));
        Accepted();
        Refused(new FilesGet(A, "k"), Lists(_two));
    }

    [Fact]
    public void Of_two_creations_at_once_not_both_succeed()
    {
        var (left, right) = (Invoke(Files("k", _one)), Invoke(Files("k", _two)));
        Return(left, new Outcome(200));
        Assert.NotNull(Return(right, new Outcome(200)));
    }

    [Fact]
    public void Appends_at_once_come_in_some_order_and_all_of_them()
    {
        Do(Files("k", _one), new Outcome(200));
        var (left, right) = (
            Invoke(new FilesAppend(A, "k", [_two])), Invoke(new FilesAppend(A, "k", [new Content(3, 7)])));
        Return(right, new Outcome(200));
        Return(left, new Outcome(200));
        Do(new FilesGet(A, "k"), Lists(_one, _two, new Content(3, 7)));
        Accepted();
        Refused(new FilesGet(A, "k"), Lists(_one, new Content(3, 7)));
    }

    [Fact]
    public void An_append_without_answer_happens_once_or_never()
    {
        Do(Files("k", _one), new Outcome(200));
        Invoke(new FilesAppend(A, "k", [_two]));
        _history.Crash();
        Do(new FilesGet(A, "k"), Lists(_one));
        Do(new FilesGet(A, "k"), Lists(_one, _two));
        Accepted();
        Refused(new FilesGet(A, "k"), Lists(_one, _two, _two));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void What_is_read_when_the_node_was_at_rest_stays(bool happened)
    {
        Invoke(Put("k", _one));
        _history.Crash();
        _history.Settle();
        Do(Get("k"), happened ? Bytes(_one, "t1") : NotFound);
        Do(Get("k"), happened ? Bytes(_one, "t1") : NotFound);
        Accepted();
        Refused(Get("k"), happened ? NotFound : Bytes(_one, "t1"));
    }

    [Fact]
    public void What_is_in_doubt_can_be_asked()
    {
        Do(Put("k", _one), Made("t1"));
        Do(Put("m", _one), Made("t2"));
        Invoke(new FilesAppend(A, "k", [new Content(3, 0)]));
        _history.Crash();
        _history.Settle();
        Assert.Equal(["raw-get a \"k\"", "get a \"k\""], _history.Doubts().Select(read => $"{read}"));
        Assert.Equal(2, _history.PossibilitiesOf(A));
        Do(new FilesGet(A, "k"), Lists(_one));
        Assert.Empty(_history.Doubts());
        Accepted();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_writers_answer_decides_what_was_before_it(bool appendWasFirst)
    {
        Do(Files("k", _one), new Outcome(200));
        var append = Invoke(new FilesAppend(A, "k", [_two]));
        var delete = Invoke(new Delete(A, "k"));
        Return(append, new Outcome(appendWasFirst ? 200 : 404));
        Return(delete, new Outcome(200));
        Accepted();
        Refused(new FilesGet(A, "k"), Lists(_one, _two));
    }

    [Fact]
    public void A_write_that_failed_may_happen_late()
    {
        Do(Put("k", _one), new Outcome(503));
        Do(Get("k"), NotFound);
        Do(Get("k"), Bytes(_one, "t1"));
        Accepted();
        Assert.Equal(1, _history.PossibilitiesOf(A));
    }

    [Fact]
    public void A_rename_leaves_the_one_key_with_everything()
    {
        Do(Files("k", _one, _two), new Outcome(200));
        Do(new Rename(A, "k", "n"), new Outcome(200));
        Do(new FilesGet(A, "n"), Lists(_one, _two));
        Do(Get("k"), NotFound);
        Accepted();
    }

    [Theory]
    [InlineData(true, true)]
    [InlineData(false, false)]
    public void A_rename_without_answer_leaves_neither_two_keys_nor_none(bool oldIsThere, bool newIsThere)
    {
        Do(Files("k", _one), new Outcome(200));
        Invoke(new Rename(A, "k", "n"));
        _history.Crash();
        _history.Settle();
        Do(new FilesGet(A, "k"), oldIsThere ? Lists(_one) : NotFound);
        Accepted();
        Refused(new FilesGet(A, "n"), newIsThere ? Lists(_one) : NotFound);
    }

    [Fact]
    public void A_refusal_that_speaks_of_a_write_under_way_says_that_it_has_happened()
    {
        Do(Put("n", _one), Made("t1"));
        Invoke(Put("k", _two));
        Do(new Rename(A, "k", "n"), new Outcome(409));
        Accepted();
        Refused(Get("k"), NotFound);
    }

    [Fact]
    public void A_rename_is_seen_on_both_keys_at_once()
    {
        Do(Files("k", _one), new Outcome(200));
        Invoke(new Rename(A, "k", "n"));
        Do(new FilesGet(A, "n"), Lists(_one));
        Refused(new FilesGet(A, "k"), Lists(_one));
    }

    [Fact]
    public void A_chain_of_renames_at_once_is_followed()
    {
        Do(Files("k", _one), new Outcome(200));
        var first = Invoke(new Rename(A, "k", "n"));
        var second = Invoke(new Rename(A, "n", "m"));
        Do(new FilesGet(A, "m"), Lists(_one));
        Return(second, new Outcome(200));
        Return(first, new Outcome(200));
        Accepted();
        Refused(new FilesGet(A, "n"), Lists(_one));
    }

    [Fact]
    public void What_was_deleted_does_not_return()
    {
        Do(Put("k", _one), Made("t1"));
        Do(new Delete(A, "k"), new Outcome(200));
        _history.Crash();
        Refused(Get("k"), Bytes(_one, "t1"));
    }

    [Fact]
    public void Owners_do_not_see_each_others_keys()
    {
        Do(Put("k", _one), Made("t1"));
        Refused(new RawGet("b", "k"), Bytes(_one, "t1"));
    }

    [Fact]
    public void A_body_that_did_not_arrive_leaves_nothing()
    {
        Do(new BrokenPut(A, "k", _one, 50), Outcome.Unknown);
        Accepted();
        Refused(Get("k"), Bytes(_one, "t1"));
    }

    [Fact]
    public void A_tag_belongs_to_one_content()
    {
        Do(Put("k", _one), Made("t1"));
        Refused(Put("k", _two), new Outcome(200) { Tag = "t1" });
    }

    [Fact]
    public void Another_key_may_have_the_same_tag_since_each_shard_counts_for_itself()
    {
        Do(Put("k", _one), Made("t1"));
        Do(new Rename(A, "k", "n"), new Outcome(200));
        Do(Get("n"), Bytes(_one, "t1"));
        Do(Put("k", _two), Made("t2"));
        Accepted();
        Refused(Get("k"), Bytes(_two, "t1"));
    }

    [Fact]
    public void A_condition_holds_for_what_was_read_last_and_for_nothing_newer()
    {
        Do(Files("k", _one), new Outcome(200));
        Do(Get("k"), Bytes(_one, "t1"));
        Do(new RawPut(A, "k", _two, Condition.LastRead), new Outcome(200) { Tag = "t2" });
        Do(new FilesAppend(A, "k", [_one]), new Outcome(200));
        Do(new RawDelete(A, "k", Condition.LastRead), new Outcome(412) { Tag = "t3" });
        Accepted();
        Refused(new RawDelete(A, "k", new Condition(ConditionKind.LastRead, "t2")), new Outcome(200));
    }

    [Fact]
    public void Damage_excuses_failing_reads_but_neither_wrong_bytes_nor_a_missing_key()
    {
        _history.ReadsMayFail = _history.MustAnswer = true;
        Do(Put("k", _one), Made("t1"));
        Do(Get("k"), new Outcome(500));
        Accepted();
        Refused(Get("k"), NotFound);
    }

    [Fact]
    public void A_read_fails_only_where_something_was_damaged()
    {
        Do(Put("k", _one), Made("t1"));
        Refused(Get("k"), new Outcome(500));
    }

    [Fact]
    public void A_read_that_has_begun_breaks_off_only_where_the_disk_was_full()
    {
        Do(Put("k", _one), Made("t1"));
        _history.ReadsMayBreakOff = true;
        Do(Get("k"), Outcome.Unknown);
        Accepted();
        _history.ReadsMayBreakOff = false;
        Refused(Get("k"), Outcome.Unknown);
    }

    [Fact]
    public void A_node_that_is_well_must_answer()
    {
        Do(Put("k", _one), Made("t1"));
        Do(Get("k"), new Outcome(503));
        Accepted();
        _history.MustAnswer = true;
        Refused(Get("k"), new Outcome(503));
    }

    [Fact]
    public void A_list_shows_each_key_once_with_its_size()
    {
        Do(Files("k", _one, _two), new Outcome(200));
        Do(Put("m", _one), Made("t2"));
        var right = new ListedPage([new ListedObject("k", 200, 2, "t1"), new ListedObject("m", 100, 1, "t2")], null);
        Do(All, new Outcome(200) { Page = right });
        Accepted();
        var (k, m) = (right.Objects[0], right.Objects[1]);
        foreach (var wrong in new ListedPage[]
            {
                new([k], null), new([k, k, m], null), new([m, k], null), new([k, m], "m"),
                new([k with { SizeBytes = 199 }, m], null), new([k with { FileCount = 1 }, m], null),
                new([k with { Tag = "t2" }, m], null), new([k, m, new ListedObject("n", 0, 1, "t3")], null),
            })
            Assert.False(IsPossible(All, new Outcome(200) { Page = wrong }), wrong.ToString());
    }

    [Fact]
    public void A_list_may_run_ahead_of_reads_within_a_write()
    {
        Invoke(Put("k", _one));
        Do(All, new Outcome(200) { Page = new ListedPage([new ListedObject("k", 100, 1, "t1")], null) });
        Do(Get("k"), NotFound);
        Accepted();
    }

    [Fact]
    public void A_list_shows_a_rename_under_way_as_one_key()
    {
        Do(Files("k", _one), new Outcome(200));
        Invoke(new Rename(A, "k", "n"));
        var (k, n) = (new ListedObject("k", 100, 1, "t1"), new ListedObject("n", 100, 1, "t2"));
        Assert.True(IsPossible(All, new Outcome(200) { Page = new ListedPage([k], null) }));
        Assert.True(IsPossible(All, new Outcome(200) { Page = new ListedPage([n], null) }));
        Assert.False(IsPossible(All, new Outcome(200) { Page = new ListedPage([k, n], null) }));
        Assert.False(IsPossible(All, new Outcome(200) { Page = new ListedPage([], null) }));
    }

    [Fact]
    public void Pages_end_where_their_limit_is_and_go_on_behind_it()
    {
        foreach (var key in new[] { "a1", "a2", "a3", "b" }) Do(Files(key, _one), new Outcome(200));
        var list = new List(A, "a", "", 2);
        var first = new ListedPage([Listed("a1"), Listed("a2")], "a2");
        Do(list, new Outcome(200) { Page = first });
        Do(list.Following("a2"), new Outcome(200) { Page = new ListedPage([Listed("a3")], null) });
        Accepted();
        Refused(list, new Outcome(200) { Page = first with { Next = null } });

        static ListedObject Listed(string key) => new(key, 100, 1, $"t-{key}");
    }

    [Fact]
    public void A_violation_says_what_was_possible_and_what_came()
    {
        Do(Put("k", _one), Made("t1"));
        Invoke(new FilesAppend(A, "k", [_two]));
        var torn = _one.ToBytes();
        torn.AsSpan(60).Clear();
        Refused(Get("k"), new Outcome(200) { Body = torn, Tag = "t1" });
        var text = _history.Violation!.ToString();
        Assert.Contains("another byte at 60 of 100: only zeros from there on", text);
        Assert.Contains("\"k\"=[1:100] by #1", text);
        Assert.Contains("pending: #2 append a \"k\" 2:100", text);
        Assert.Contains("#3 client 0: raw-get a \"k\"", _history.Trace);
        Assert.Contains("#3 -> 200 100 bytes tag t1", _history.Trace);
    }

    [Fact]
    public void Too_many_open_writes_are_told_as_such()
    {
        for (var seed = 1; seed <= 12; seed++) Invoke(Put("k", new Content(seed, 5)));
        Assert.Throws<HistoryTooWideException>(() => Do(Get("k"), Bytes(new Content(3, 5), "t3")));
        Assert.Null(_history.Violation);
    }

    private static Outcome NotFound => new(404);

    private static List All => new(A, "", "", 1000);

    private static RawPut Put(string key, Content content) => new(A, key, content);

    private static FilesPut Files(string key, params Content[] files) => new(A, key, [.. files]);

    private static RawGet Get(string key) => new(A, key);

    private static Outcome Made(string tag) => new(201) { Tag = tag };

    private static Outcome Bytes(Content content, string tag) => new(200) { Body = content.ToBytes(), Tag = tag };

    private static Outcome Lists(params Content[] files) =>
        new(200) { Files = [.. files.Select(file => file.ToBytes())] };

    private int Invoke(Operation operation)
    {
        _calls.Add(history => history.Invoke(operation));
        return _history.Invoke(operation).Id;
    }

    private Violation? Return(int id, Outcome outcome)
    {
        _calls.Add(history => history.Return(id, outcome));
        return _history.Return(id, outcome);
    }

    private void Do(Operation operation, Outcome outcome) => Return(Invoke(operation), outcome);

    private void Accepted() => Assert.True(_history.Violation is null, _history.Violation?.ToString());

    private void Refused(Operation operation, Outcome outcome)
    {
        Accepted();
        Do(operation, outcome);
        Assert.NotNull(_history.Violation);
    }

    /// <summary>Whether the answer would be accepted now, in a history of its own.</summary>
    private bool IsPossible(List list, Outcome outcome)
    {
        var copy = new History();
        foreach (var call in _calls) call(copy);
        return copy.Return(copy.Invoke(list).Id, outcome) is null;
    }
}
