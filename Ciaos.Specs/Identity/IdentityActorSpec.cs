using System.Text;
using Ciaos.Actors.Identity;
using Xunit;
using static Ciaos.Actors.Identity.IdentityProtocol;

namespace Ciaos.Specs.Identity;

public sealed class IdentityActorSpec
{
    private const string Policy =
        """{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:*","Resource":"*"}}""";

    [Fact]
    public async Task The_first_start_makes_root_with_a_key_that_was_kept_elsewhere_before()
    {
        await using var node = await IdentityNode.StartAsync();
        var kept = Assert.Single(node.KeptRoots);
        Assert.Matches("^[A-Z0-9]{20}$", kept.Id);
        Assert.Equal(40, kept.Secret.Length);
        Assert.Equal(kept.Secret, node.People.FindKey(kept.Id)!.Secret);
        var root = node.People.FindUser("root")!;
        Assert.True(root.IsRoot && root.IsActive);
        Assert.Matches("^[0-9a-f]{64}$", root.CanonicalId);
        await node.RestartAsync();
        Assert.Single(node.KeptRoots);
        Assert.Equal(root.CanonicalId, node.People.FindUser("root")!.CanonicalId);
    }

    [Fact]
    public async Task What_was_acknowledged_is_there_after_the_process_was_killed()
    {
        await using var node = await IdentityNode.StartAsync();
        await node.StoreUser(new CreateUser(IdentityNode.Root, "ann", "Ann", "Ann@example.org"));
        await node.StoreUser(new PutPolicy(IdentityNode.Root, "ann", "all", Policy));
        var quota = new Quota(1, 2, 3.5);
        await node.StoreUser(new SetQuota(IdentityNode.Root, "ann", quota));
        var first = await node.StoreKey(new CreateKey(IdentityNode.Root, "ann"));
        var second = await node.StoreKey(new CreateKey(IdentityNode.Root, "ann", "CHOSEN_KEY", "chosen-secret"));
        await node.StoreKey(new ChangeKey(IdentityNode.Root, second.Id, IsActive: false));
        var before = node.People.FindUser("ann")!;
        await node.KillAsync();
        await node.StartAgainAsync();
        var ann = node.People.FindUser("ann")!;
        Assert.Equal(before with { Policies = ann.Policies }, ann);
        Assert.Equal(Policy, Assert.Single(ann.Policies).Value);
        Assert.Equal(quota, ann.Quota);
        Assert.Equal(first.Secret, node.People.FindKey(first.Id)!.Secret);
        var chosen = node.People.FindKey("CHOSEN_KEY")!;
        Assert.Equal(("chosen-secret", false), (chosen.Secret, chosen.IsActive));
        Assert.Same(ann, node.People.FindByCanonicalId(ann.CanonicalId));
        Assert.Same(ann, node.People.FindByEmail("ANN@EXAMPLE.ORG"));
    }

    [Fact]
    public async Task The_directory_shows_a_change_as_soon_as_it_is_acknowledged()
    {
        await using var node = await IdentityNode.StartAsync();
        for (var i = 0; i < 20; i++)
        {
            await node.StoreUser(new CreateUser(IdentityNode.Root, "ann"));
            var key = await node.StoreKey(new CreateKey(IdentityNode.Root, "ann"));
            Assert.NotNull(node.People.FindKey(key.Id));
            Assert.IsType<UserRemoved>(await node.Ask(new DeleteUser(IdentityNode.Root, "ann")));
            Assert.Null(node.People.FindUser("ann"));
            Assert.Null(node.People.FindKey(key.Id));
        }
    }

    [Fact]
    public async Task Secrets_are_nowhere_in_the_journal()
    {
        await using var node = await IdentityNode.StartAsync();
        await node.StoreKey(new CreateKey(IdentityNode.Root, "root", "SOME_KEY", "a-secret-to-be-looked-for"));
        var session = await node.StoreKey(new CreateSession(IdentityNode.Root, "root", TimeSpan.FromHours(1)));
        string[] secrets = [
            "a-secret-to-be-looked-for", session.Secret, session.SessionToken!, node.KeptRoots[0].Secret];
        await node.StopAsync();
        foreach (var file in Directory.GetFiles(Path.GetDirectoryName(node.JournalPath)!))
        {
            var bytes = await File.ReadAllBytesAsync(file);
            foreach (var secret in secrets)
                Assert.Equal(-1, bytes.AsSpan().IndexOf(Encoding.UTF8.GetBytes(secret)));
        }
    }

    [Fact]
    public async Task Another_master_key_is_refused_for_good()
    {
        await using var node = await IdentityNode.StartAsync();
        var right = node.MasterKeyBytes;
        await node.KillAsync();
        node.MasterKeyBytes = new byte[MasterKey.SizeBytes];
        var refused = await Assert.ThrowsAsync<IdentityUnusableException>(node.StartAgainAsync);
        Assert.True(refused.IsWrongMasterKey);
        Assert.Contains("master key is not the one", refused.Message);
        await node.KillAsync();
        node.MasterKeyBytes = right;
        await node.StartAgainAsync();
        Assert.NotNull(node.People.FindUser("root"));
    }

    [Fact]
    public async Task Settings_give_root_its_key_at_the_first_start_or_later()
    {
        await using var node = await IdentityNode.StartAsync(
            "ciaos.identity { root-access-key = FIRST, root-secret-key = first-secret }");
        Assert.Equal("first-secret", node.People.FindKey("FIRST")!.Secret);
        node.Settings = "ciaos.identity { root-access-key = FIRST, root-secret-key = second-secret }";
        await node.RestartAsync();
        Assert.Equal("second-secret", node.People.FindKey("FIRST")!.Secret);
        await node.StoreUser(new CreateUser(IdentityNode.Root, "ann"));
        await node.StoreKey(new CreateKey(IdentityNode.Root, "ann", "OF_ANN", "ann-secret"));
        await node.StopAsync();
        node.Settings = "ciaos.identity { root-access-key = OF_ANN, root-secret-key = second-secret }";
        var refused = await Assert.ThrowsAsync<IdentityUnusableException>(node.StartAgainAsync);
        Assert.Contains("belongs to ann", refused.Message);
    }

    [Fact]
    public async Task Root_keeps_its_rights_and_one_key()
    {
        await using var node = await IdentityNode.StartAsync();
        var key = node.KeptRoots[0].Id;
        Assert.Equal(RefuseReason.RootNeeded, await node.Refusal(new DeleteUser(IdentityNode.Root, "root")));
        Assert.Equal(
            RefuseReason.RootNeeded, await node.Refusal(new ChangeUser(IdentityNode.Root, "root", IsActive: false)));
        Assert.Equal(RefuseReason.RootNeeded, await node.Refusal(new ChangeKey(IdentityNode.Root, key, false)));
        Assert.Equal(RefuseReason.RootNeeded, await node.Refusal(new DeleteKey(IdentityNode.Root, key)));
        await node.StoreKey(new CreateSession(IdentityNode.Root, "root", TimeSpan.FromHours(1)));
        Assert.Equal(RefuseReason.RootNeeded, await node.Refusal(new DeleteKey(IdentityNode.Root, key)));
        await node.StoreKey(new CreateKey(IdentityNode.Root, "root"));
        Assert.IsType<KeyRemoved>(await node.Ask(new DeleteKey(IdentityNode.Root, key)));
    }

    [Fact]
    public async Task Names_ids_and_addresses_belong_to_one_user()
    {
        await using var node = await IdentityNode.StartAsync();
        var ann = await node.StoreUser(new CreateUser(IdentityNode.Root, "ann", Email: "ann@example.org"));
        var key = await node.StoreKey(new CreateKey(IdentityNode.Root, "ann"));
        Assert.Equal(RefuseReason.Exists, await node.Refusal(new CreateUser(IdentityNode.Root, "ann")));
        Assert.Equal(
            RefuseReason.Exists,
            await node.Refusal(new CreateUser(IdentityNode.Root, "bob", Email: "Ann@Example.org")));
        Assert.Equal(
            RefuseReason.Exists,
            await node.Refusal(new CreateUser(IdentityNode.Root, "bob", CanonicalId: ann.CanonicalId)));
        Assert.Equal(
            RefuseReason.Exists, await node.Refusal(new CreateKey(IdentityNode.Root, "root", key.Id, "some-secret")));
        await node.StoreUser(new ChangeUser(IdentityNode.Root, "ann", Email: ""));
        await node.StoreUser(new CreateUser(IdentityNode.Root, "bob", Email: "Ann@Example.org"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("a b")]
    [InlineData("../a")]
    [InlineData("é")]
    [InlineData("a:b")]
    public async Task Names_that_could_be_something_else_are_refused(string name)
    {
        await using var node = await IdentityNode.StartAsync();
        Assert.Equal(RefuseReason.Invalid, await node.Refusal(new CreateUser(IdentityNode.Root, name)));
    }

    [Fact]
    public async Task Temporary_keys_end_and_are_forgotten()
    {
        await using var node = await IdentityNode.StartAsync();
        var session = await node.StoreKey(
            new CreateSession(IdentityNode.Root, "root", TimeSpan.FromMinutes(10), Policy));
        Assert.Equal(node.Time.GetUtcNow().AddMinutes(10), session.Expires);
        await node.RestartAsync();
        Assert.Equal(session, node.People.FindKey(session.Id));
        node.Time.Advance(TimeSpan.FromHours(2));
        await node.RestartAsync();
        Assert.Null(node.People.FindKey(session.Id));
        Assert.Equal(
            RefuseReason.Invalid,
            await node.Refusal(new CreateSession(IdentityNode.Root, "root", TimeSpan.FromDays(1))));
    }

    [Fact]
    public async Task Limits_hold()
    {
        await using var node = await IdentityNode.StartAsync(
            "ciaos.identity { max-users = 2, max-keys-per-user = 1, max-sessions = 1, max-policies-per-user = 1 }");
        await node.StoreUser(new CreateUser(IdentityNode.Root, "ann"));
        Assert.Equal(RefuseReason.TooMany, await node.Refusal(new CreateUser(IdentityNode.Root, "bob")));
        await node.StoreKey(new CreateKey(IdentityNode.Root, "ann"));
        Assert.Equal(RefuseReason.TooMany, await node.Refusal(new CreateKey(IdentityNode.Root, "ann")));
        var session = new CreateSession(IdentityNode.Root, "ann", TimeSpan.FromHours(1));
        await node.StoreKey(session);
        Assert.Equal(RefuseReason.TooMany, await node.Refusal(session));
        node.Time.Advance(TimeSpan.FromHours(1));
        await node.StoreKey(session);
        await node.StoreUser(new PutPolicy(IdentityNode.Root, "ann", "one", Policy));
        await node.StoreUser(new PutPolicy(IdentityNode.Root, "ann", "one", Policy + " "));
        Assert.Equal(RefuseReason.TooMany, await node.Refusal(new PutPolicy(IdentityNode.Root, "ann", "two", Policy)));
    }

    [Fact]
    public async Task The_last_use_of_a_key_outlives_an_orderly_stop()
    {
        await using var node = await IdentityNode.StartAsync();
        var key = node.KeptRoots[0].Id;
        Assert.Null(node.People.LastUsed(key));
        node.People.NoteUse(key);
        node.People.NoteUse("NOBODYS");
        var used = node.Time.GetUtcNow();
        Assert.Equal(used, node.People.LastUsed(key));
        await node.RestartAsync();
        Assert.Equal(used, node.People.LastUsed(key));
        Assert.Null(node.People.LastUsed("NOBODYS"));
    }

    [Fact]
    public async Task Where_the_journal_is_lost_all_is_taken_from_the_file_beside_it()
    {
        await using var node = await IdentityNode.StartAsync();
        await node.StoreUser(new CreateUser(IdentityNode.Root, "ann"));
        var key = await node.StoreKey(new CreateKey(IdentityNode.Root, "ann"));
        await node.KillAsync();
        node.DeleteJournal();
        await node.StartAgainAsync();
        Assert.Equal(key, node.People.FindKey(key.Id));
        Assert.Single(node.KeptRoots);
        await node.StoreUser(new CreateUser(IdentityNode.Root, "bob"));
        await node.RestartAsync();
        Assert.NotNull(node.People.FindUser("bob"));
        var before = await node.Identity.ReadAuditAsync(0, 100, ofBuckets: false, default);
        Assert.Equal(6, Assert.IsType<AuditRead>(before).Last);
        Assert.Equal(6, (await File.ReadAllLinesAsync(node.LogPath)).Length);
    }

    [Fact]
    public async Task A_lost_or_torn_file_is_made_whole_from_the_journal()
    {
        await using var node = await IdentityNode.StartAsync();
        await node.StoreUser(new CreateUser(IdentityNode.Root, "ann"));
        await node.StopAsync();
        var whole = await File.ReadAllBytesAsync(node.LogPath);
        foreach (var length in new[] { 0, 1, whole.Length / 2, whole.Length - 1 })
        {
            await File.WriteAllBytesAsync(node.LogPath, whole[..length]);
            await node.StartAgainAsync();
            await node.StopAsync();
            Assert.Equal(whole, await File.ReadAllBytesAsync(node.LogPath));
        }

        File.Delete(node.LogPath);
        await node.StartAgainAsync();
        Assert.Equal(whole, await File.ReadAllBytesAsync(node.LogPath));
    }

    [Fact]
    public async Task A_file_of_another_journal_is_left_as_it_is()
    {
        await using var node = await IdentityNode.StartAsync();
        await node.StoreUser(new CreateUser(IdentityNode.Root, "ann"));
        await node.StopAsync();
        var first = await File.ReadAllBytesAsync(node.LogPath);
        File.Delete(node.LogPath);
        node.DeleteJournal();
        await node.StartAgainAsync();
        Assert.Equal(2, node.KeptRoots.Count);
        await node.StopAsync();
        await File.WriteAllBytesAsync(node.LogPath, first);
        await node.StartAgainAsync();
        await node.StoreUser(new CreateUser(IdentityNode.Root, "bob"));
        Assert.Equal(first, await File.ReadAllBytesAsync(node.LogPath));
    }

    [Fact]
    public async Task A_file_under_another_master_key_does_not_get_into_an_empty_journal()
    {
        await using var node = await IdentityNode.StartAsync();
        await node.StopAsync();
        node.DeleteJournal();
        var right = node.MasterKeyBytes;
        node.MasterKeyBytes = new byte[MasterKey.SizeBytes];
        Assert.True((await Assert.ThrowsAsync<IdentityUnusableException>(node.StartAgainAsync)).IsWrongMasterKey);
        await node.KillAsync();
        node.MasterKeyBytes = right;
        await node.StartAgainAsync();
        Assert.NotNull(node.People.FindKey(node.KeptRoots[0].Id));
    }

    [Fact]
    public async Task The_audit_log_tells_who_did_what_and_no_secret()
    {
        await using var node = await IdentityNode.StartAsync();
        await node.StoreUser(new CreateUser(IdentityNode.Root, "ann"));
        await node.StoreKey(new CreateKey(IdentityNode.Root, "ann", "KEY_OF_ANN", "not-to-be-told"));
        var page = Assert.IsType<AuditRead>(await node.Identity.ReadAuditAsync(0, 1000, ofBuckets: false, default));
        Assert.Equal(
            ["identity-begun", "user-created", "key-created", "user-created", "key-created"],
            page.Entries.Select(entry => entry.Action));
        var last = page.Entries[^1];
        Assert.Equal((5, 5, IdentityNode.Root, "KEY_OF_ANN"), (page.Last, last.Number, last.By, last.Subject));
        Assert.Equal("ann", last.Detail["user"]);
        Assert.DoesNotContain("not-to-be-told", string.Concat(page.Entries));
        var rest = Assert.IsType<AuditRead>(await node.Identity.ReadAuditAsync(3, 1, ofBuckets: false, default));
        Assert.Equal(4, Assert.Single(rest.Entries).Number);
        var none = await node.Identity.ReadAuditAsync(5, 10, ofBuckets: false, default);
        Assert.Empty(Assert.IsType<AuditRead>(none).Entries);
    }
}
