using Akka.Actor;
using Xunit;

namespace Ciaos.Specs.Akka.Actor;

/// <summary>Paths and addresses, and their texts.</summary>
public sealed class ActorPathSpec
{
    private static readonly Address Local = new("akka", "sys");
    private static readonly Address Remote = new("akka.tcp", "sys", "host", 9110);

    [Theory]
    [InlineData("akka://sys/user/a/b")]
    [InlineData("akka.tcp://sys@host:9110/user/a")]
    [InlineData("akka://sys/")]
    public void A_path_survives_its_text(string text) => Assert.Equal(text, ActorPath.Parse(text).ToString());

    [Theory]
    [InlineData("")]
    [InlineData("/user/a")]
    [InlineData("http://sys/user/a")]
    [InlineData("akka://sys@host:notaport/user")]
    public void What_is_no_path_is_not_read_as_one(string text)
    {
        Assert.False(ActorPath.TryParse(text, out _));
        Assert.Throws<UriFormatException>(() => ActorPath.Parse(text));
    }

    [Fact]
    public void The_uid_is_part_of_the_serialised_form_only_and_does_not_make_paths_differ()
    {
        var path = (new RootActorPath(Local) / "user" / "a").WithUid(12);
        Assert.Equal("akka://sys/user/a", path.ToString());
        Assert.Equal("akka://sys/user/a#12", path.ToSerializationFormat());
        Assert.Equal("akka://sys/user/a#12", path.ToStringWithUid());
        Assert.Equal(12, ActorPath.Parse("akka://sys/user/a#12").Uid);
        Assert.Equal(path, path.WithUid(13));
        Assert.Equal(path.GetHashCode(), path.WithUid(13).GetHashCode());
    }

    [Fact]
    public void The_address_is_replaced_unless_it_can_be_reached_from_elsewhere()
    {
        const string text = "akka.tcp://sys@host:9110/user/a";
        Assert.Equal(text, (new RootActorPath(Local) / "user" / "a").ToStringWithAddress(Remote));
        Assert.Equal(text, (new RootActorPath(Remote) / "user" / "a").ToStringWithAddress(Local));
        Assert.Equal("/user/a", (new RootActorPath(Remote) / "user" / "a").ToStringWithoutAddress());
    }

    [Fact]
    public void A_path_knows_its_parts()
    {
        var path = new RootActorPath(Local) / new[] { "user", "a", "b" };
        Assert.Equal(["user", "a", "b"], path.Elements);
        Assert.Equal("b", path.Name);
        Assert.Equal(3, path.Depth);
        Assert.Equal(new RootActorPath(Local) / "user" / "a", path.Parent);
        Assert.Equal(new RootActorPath(Local), path.Root);
        Assert.Equal("user", path.ParentOf(1).Name);
        Assert.Equal("a", path.ParentOf(-1).Name);
        Assert.Equal(path, path.Parent!.Child("b"));
    }

    [Theory]
    [InlineData("a", true)]
    [InlineData("a-b_c.d*e+f:@&=,!~';()", true)]
    [InlineData("%2F%c3", true)]
    [InlineData("%2", false)]
    [InlineData("%xy", false)]
    [InlineData("", false)]
    [InlineData("$a", false)]
    [InlineData("a/b", false)]
    [InlineData("a b", false)]
    [InlineData("ä", false)]
    public void A_name_may_hold_some_characters(string name, bool isValid) =>
        Assert.Equal(isValid, ActorPath.IsValidPathElement(name));

    [Fact]
    public void Addresses_are_equal_by_their_parts()
    {
        Assert.Equal(Remote, Address.Parse("akka.tcp://sys@HOST:9110"));
        Assert.NotEqual(Remote, Remote.WithPort(9111));
        Assert.NotEqual(Remote, Remote.WithHost("other"));
        Assert.NotEqual(Remote, Remote.WithSystem("other"));
        Assert.NotEqual(Remote, Remote.WithProtocol("akka"));
        Assert.True(Remote.HasGlobalScope);
        Assert.True(Local.HasLocalScope);
        Assert.Equal("sys@host:9110", Remote.HostPort());
        Assert.Throws<UriFormatException>(() => Address.Parse("sys@host"));
    }
}
