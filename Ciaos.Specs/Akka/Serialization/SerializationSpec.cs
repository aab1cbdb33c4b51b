using System.Runtime.Serialization;
using System.Text;
using Akka.Actor;
using Akka.Configuration;
using Akka.Serialization;
using Xunit;
using AkkaSerialization = Akka.Serialization.Serialization;

namespace Ciaos.Specs.Akka.Serialization;

public sealed class SerializationSpec : IDisposable
{
    private const string Settings = """
        akka.loglevel = ERROR
        akka.actor {
          serializers {
            animals = "Ciaos.Specs.Akka.Serialization.AnimalSerializer, Ciaos.Specs"
            cats = "Ciaos.Specs.Akka.Serialization.CatSerializer, Ciaos.Specs"
            tools = "Ciaos.Specs.Akka.Serialization.ToolSerializer, Ciaos.Specs"
          }
          serialization-bindings {
            "Ciaos.Specs.Akka.Serialization.IAnimal, Ciaos.Specs" = animals
            "Ciaos.Specs.Akka.Serialization.Cat, Ciaos.Specs" = cats
            "Ciaos.Specs.Akka.Serialization.Tool, Ciaos.Specs" = tools
          }
          serialization-identifiers {
            "Ciaos.Specs.Akka.Serialization.ToolSerializer, Ciaos.Specs" = 103
          }
          serialization-settings {
            animals { prefix = "an " }
          }
        }
        """;

    private readonly ActorSystem _system =
        ActorSystem.Create("serialization", ConfigurationFactory.ParseString(Settings));

    private AkkaSerialization Serialization => _system.Serialization;

    public void Dispose() => _system.Dispose();

    [Fact]
    public void Texts_numbers_and_times_come_back_as_they_were()
    {
        object[] values =
        [
            "", "héllo", "\ud83d\ude00", 42, -1L, true, 2.5, 1.5f, 12.34m, 'x', (byte)7,
            new Guid("8b7e6a2c-94d5-4c50-9f1c-0d7b6f2d3a11"), TimeSpan.FromTicks(-5),
            new DateTime(2026, 11, 22, 1, 2, 3, DateTimeKind.Utc),
            new DateTimeOffset(2026, 11, 22, 1, 2, 3, TimeSpan.FromHours(2)),
        ];
        foreach (var value in values) Assert.Equal(value, ThereAndBack(value));
    }

    [Fact]
    public void Bytes_are_what_they_are()
    {
        byte[] bytes = [1, 2, 3];
        Assert.Equal(4, Serialization.FindSerializerFor(bytes).Identifier);
        Assert.Equal(bytes, Serialization.Serialize(bytes));
        Assert.Equal(bytes, ThereAndBack(bytes));
    }

    [Fact]
    public void Null_has_a_serializer_of_its_own()
    {
        var serializer = Serialization.FindSerializerFor(null);
        Assert.IsType<NullSerializer>(serializer);
        Assert.Equal(0, serializer.Identifier);
        Assert.Empty(serializer.ToBinary(null));
        Assert.Null(serializer.FromBinary([], (Type?)null));
    }

    [Fact]
    public void A_reference_to_an_actor_finds_the_same_actor()
    {
        var actor = _system.ActorOf(Props.Create(() => new Silent()), "someone");
        var path = AkkaSerialization.SerializedActorPath(actor);
        Assert.Equal(actor, Serialization.DeserializeActorRef(path));
        Assert.Equal("", AkkaSerialization.SerializedActorPath(ActorRefs.NoSender));
    }

    [Fact]
    public void The_binding_of_the_type_comes_before_that_of_what_it_is()
    {
        Assert.IsType<AnimalSerializer>(Serialization.FindSerializerFor(new Dog("Rex")));
        Assert.IsType<CatSerializer>(Serialization.FindSerializerFor(new Cat("Tom")));
        Assert.IsType<AnimalSerializer>(Serialization.FindSerializerForType(typeof(Dog)));
        Assert.Same(Serialization.FindSerializerFor(new Dog("a")), Serialization.FindSerializerFor(new Dog("b")));
    }

    [Fact]
    public void What_has_a_manifest_of_its_own_is_read_by_it()
    {
        var serializer = Serialization.FindSerializerFor(new Dog("Rex"));
        Assert.Equal("dog", AkkaSerialization.ManifestFor(serializer, new Dog("Rex")));
        Assert.Equal(new Dog("an Rex"), ThereAndBack(new Dog("Rex")));
    }

    [Fact]
    public void What_needs_the_type_gets_it()
    {
        var serializer = Serialization.FindSerializerFor(new Tool("saw"));
        var manifest = AkkaSerialization.ManifestFor(serializer, new Tool("saw"));
        Assert.Equal(typeof(Tool), Type.GetType(manifest));
        Assert.Equal(new Tool("saw"), ThereAndBack(new Tool("saw")));
        Assert.Equal(new Tool("saw"), Serialization.Deserialize("saw"u8.ToArray(), 103, typeof(Tool)));
    }

    [Fact]
    public void An_identifier_can_come_from_the_configuration() =>
        Assert.Equal(103, Serialization.FindSerializerForType(typeof(Tool)).Identifier);

    [Fact]
    public void Without_one_in_the_configuration_there_is_no_identifier() => Assert.Throws<ArgumentException>(
        () => SerializerIdentifierHelper.GetSerializerIdentifierFromConfig(
            typeof(CatSerializer), (ExtendedActorSystem)_system));

    [Fact]
    public void Unknown_identifiers_and_types_are_refused()
    {
        Assert.Throws<SerializationException>(() => Serialization.Deserialize([], 4711, ""));
        Assert.Throws<SerializationException>(() => Serialization.Deserialize([], 4711, typeof(string)));
        Assert.Throws<SerializationException>(() => Serialization.Deserialize([], 103, "No.Such.Type, Anywhere"));
    }

    [Fact]
    public void Serializers_can_be_added_later()
    {
        var serializer = new CatSerializer((ExtendedActorSystem)_system);
        Serialization.AddSerializer("late", serializer);
        Serialization.AddSerializationMap(typeof(Plant), serializer);
        Assert.Same(serializer, Serialization.FindSerializerFor(new Plant()));
        Assert.Same(serializer, Serialization.FindSerializerForType(typeof(Plant)));
    }

    [Fact]
    public void While_something_is_serialized_it_is_known_for_whom()
    {
        Assert.Throws<InvalidOperationException>(() => AkkaSerialization.GetCurrentTransportInformation());
        var system = (ExtendedActorSystem)_system;
        var information = AkkaSerialization.WithTransport(system, AkkaSerialization.GetCurrentTransportInformation);
        Assert.Same(_system, information.System);
        Assert.Throws<InvalidOperationException>(() => AkkaSerialization.GetCurrentTransportInformation());
    }

    [OwnEngineFact]
    public void Without_a_binding_an_object_is_refused_and_the_error_says_what_to_configure()
    {
        var error = Assert.Throws<SerializationException>(() => Serialization.Serialize(new Plant()));
        Assert.Contains(
            "\"Ciaos.Specs.Akka.Serialization.Plant, Ciaos.Specs\"", error.Message, StringComparison.Ordinal);
        Assert.Contains("akka.actor.serialization-bindings", error.Message, StringComparison.Ordinal);
    }

    [OwnEngineFact]
    public void No_type_is_made_from_its_name_in_the_data()
    {
        var name = typeof(Plant).AssemblyQualifiedName!;
        Assert.Throws<SerializationException>(() => Serialization.Deserialize("{}"u8.ToArray(), 1, name));
    }

    [OwnEngineTheory]
    [InlineData("i4", 3)]
    [InlineData("i8", 0)]
    [InlineData("guid", 15)]
    [InlineData("dec", 17)]
    [InlineData("offset", 8)]
    public void Bytes_of_the_wrong_length_are_refused(string manifest, int length) =>
        Assert.Throws<SerializationException>(() => Serialization.Deserialize(new byte[length], 1, manifest));

    private object ThereAndBack(object value)
    {
        var serializer = Serialization.FindSerializerFor(value);
        var manifest = AkkaSerialization.ManifestFor(serializer, value);
        return Serialization.Deserialize(Serialization.Serialize(value), serializer.Identifier, manifest);
    }

    private sealed class Silent : UntypedActor
    {
        protected override void OnReceive(object message) => Unhandled(message);
    }
}

public interface IAnimal
{
    string Name { get; }
}

public sealed record Dog(string Name) : IAnimal;

public sealed record Cat(string Name) : IAnimal;

public sealed record Tool(string Name);

public sealed record Plant;

public sealed class AnimalSerializer(ExtendedActorSystem system, Config settings) : SerializerWithStringManifest(system)
{
    public override int Identifier => 101;

    public override byte[] ToBinary(object? obj) =>
        Encoding.UTF8.GetBytes(settings.GetString("prefix") + ((IAnimal)obj!).Name);

    public override object FromBinary(byte[] bytes, string manifest) => manifest switch
    {
        "dog" => new Dog(Encoding.UTF8.GetString(bytes)),
        _ => throw new SerializationException(manifest),
    };

    public override string Manifest(object o) => o is Dog ? "dog" : "";
}

public sealed class CatSerializer(ExtendedActorSystem system) : Serializer(system)
{
    public override int Identifier => 102;

    public override bool IncludeManifest => false;

    public override byte[] ToBinary(object? obj) => Encoding.UTF8.GetBytes(((Cat)obj!).Name);

    public override object FromBinary(byte[] bytes, Type? type) => new Cat(Encoding.UTF8.GetString(bytes));
}

public sealed class ToolSerializer(ExtendedActorSystem system) : Serializer(system)
{
    public override bool IncludeManifest => true;

    public override byte[] ToBinary(object? obj) => Encoding.UTF8.GetBytes(((Tool)obj!).Name);

    public override object FromBinary(byte[] bytes, Type? type) =>
        type == typeof(Tool) ? new Tool(Encoding.UTF8.GetString(bytes)) : throw new SerializationException($"{type}");
}
