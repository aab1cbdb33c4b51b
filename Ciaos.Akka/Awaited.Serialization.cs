// Stands in until the real types of Akka.Serialization land; whoever lands them deletes this file.
namespace Akka.Serialization;

public class Serialization;
