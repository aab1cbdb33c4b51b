using System.Collections.Immutable;
using Akka.Actor;
using Akka.Actor.Setup;
using Akka.Serialization;
using Xunit;

namespace Ciaos.Specs.Akka.Serialization;

public sealed class SerializationSetupSpec
{
    [Fact]
    public void A_program_can_give_its_serializers_itself()
    {
        var setup = SerializationSetup.Create(system =>
            [SerializerDetails.Create("cats", new CatSerializer(system), [typeof(Cat)])]);
        using var system = ActorSystem.Create("setup", ActorSystemSetup.Create(setup));
        var serializer = system.Serialization.FindSerializerFor(new Cat("Tom"));
        Assert.IsType<CatSerializer>(serializer);
        Assert.Equal(new Cat("Tom"), system.Serialization.Deserialize(serializer.ToBinary(new Cat("Tom")), 102, ""));
    }

    [Fact]
    public void It_comes_before_the_configuration()
    {
        var config = BootstrapSetup.Create().WithConfig("""
            akka.actor.serialization-bindings { "Ciaos.Specs.Akka.Serialization.Cat, Ciaos.Specs" = bytes }
            """);
        var setup = SerializationSetup.Create(system =>
            [SerializerDetails.Create("cats", new CatSerializer(system), ImmutableHashSet.Create(typeof(Cat)))]);
        using var system = ActorSystem.Create("setup", ActorSystemSetup.Create(config, setup));
        Assert.IsType<CatSerializer>(system.Serialization.FindSerializerFor(new Cat("Tom")));
    }
}
