using System.Security.Cryptography;
using Akka.Actor;
using Akka.Configuration;
using Ciaos.Actors;
using Ciaos.Actors.Identity;
using Ciaos.Actors.Journal;
using Ciaos.Specs.Index;
using Ciaos.Storage.Disks;
using Xunit;
using static Ciaos.Actors.Identity.IdentityProtocol;

namespace Ciaos.Specs.Identity;

/// <summary>Identities over a journal in a folder of its own, which can be stopped, killed and started again.</summary>
internal sealed class IdentityNode : IAsyncDisposable
{
    public static readonly Origin Root = new("root", "ROOTKEY", "127.0.0.1");

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly string _folder = Directory.CreateTempSubdirectory("ciaos-identity-").FullName;
    private ActorSystem? _system;

    public ManualTime Time { get; } = new();

    public byte[] MasterKeyBytes { get; set; } = RandomNumberGenerator.GetBytes(MasterKey.SizeBytes);

    /// <summary>HOCON that goes before the defaults, from the next start on.</summary>
    public string Settings { get; set; } = "";

    /// <summary>What was kept of root's key, at all starts.</summary>
    public List<AccessKey> KeptRoots { get; } = [];

    public IdentitySystem Identity { get; private set; } = null!;

    public IdentityDirectory People => Identity.Directory;

    public string LogPath => Path.Combine(_folder, "identity.log");

    public string JournalPath => Path.Combine(_folder, "journal.db");

    public ActorSystem System => _system!;

    public static async Task<IdentityNode> StartAsync(string settings = "")
    {
        var node = new IdentityNode { Settings = settings };
        await node.StartAgainAsync();
        return node;
    }

    public Task StartAgainAsync()
    {
        _system = ActorSystem.Create("identity-spec", ConfigurationFactory.ParseString(
            $$"""
            {{Settings}}
            akka.loglevel = OFF
            akka.stdout-loglevel = OFF
            akka.persistence.journal.plugin = "ciaos.journal"
            akka.persistence.snapshot-store.plugin = "ciaos.snapshot-store"
            ciaos.journal.path = "{{JournalPath}}"
            """).WithFallback(ReferenceConfig.Load()));
        var master = new MasterKey(MasterKeyBytes, RandomNumberGenerator.Fill);
        Identity = IdentitySystem.Start(
            _system, IdentitySettings.From(_system.Settings.Config),
            new IdentitySecrets(master, RandomNumberGenerator.Fill, KeptRoots.Add),
            PhysicalDisk.WithoutLock(_folder), Time);
        return Identity.WhenReadyAsync(Patience);
    }

    public Task<IReply> Ask(ICommand command) => Identity.SendAsync(command, CancellationToken.None);

    public async Task<User> StoreUser(ICommand command) => Assert.IsType<UserStored>(await Ask(command)).User;

    public async Task<AccessKey> StoreKey(ICommand command) => Assert.IsType<KeyStored>(await Ask(command)).Key;

    public async Task<RefuseReason> Refusal(ICommand command) =>
        Assert.IsType<Refused>(await Ask(command)).Reason;

    public async Task StopAsync()
    {
        if (_system is null) return;
        await Identity.StopAsync(Patience);
        await KillAsync();
    }

    /// <summary>Stops as it is: nothing is finished.</summary>
    public async Task KillAsync()
    {
        JournalStores.Get(_system!).Dispose();
        await _system!.Terminate();
        _system = null;
    }

    /// <summary>Nothing may be running.</summary>
    public void DeleteJournal()
    {
        foreach (var file in Directory.GetFiles(_folder, "journal.db*")) File.Delete(file);
    }

    public async Task RestartAsync()
    {
        await StopAsync();
        await StartAgainAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (_system is not null) await KillAsync();
        Directory.Delete(_folder, recursive: true);
    }
}
