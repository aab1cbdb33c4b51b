namespace Akka.Annotations;

/// <summary>Public for technical reasons only: not for use outside the engine.</summary>
[AttributeUsage(
    AttributeTargets.Module | AttributeTargets.Class | AttributeTargets.Struct | AttributeTargets.Enum
    | AttributeTargets.Constructor | AttributeTargets.Method | AttributeTargets.Property | AttributeTargets.Field
    | AttributeTargets.Interface,
    AllowMultiple = false,
    Inherited = true)]
public sealed class InternalApiAttribute : Attribute;
