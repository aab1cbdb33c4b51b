namespace Akka.Util;

/// <summary>A flag that several threads read and change.</summary>
public class AtomicBoolean
{
    private int _value;

    public AtomicBoolean(bool initialValue = false)
    {
        _value = ToInt(initialValue);
    }

    public bool Value
    {
        get => Volatile.Read(ref _value) != 0;
        set => Volatile.Write(ref _value, ToInt(value));
    }

    public static implicit operator bool(AtomicBoolean atomicBoolean) => atomicBoolean.Value;

    public bool CompareAndSet(bool expected, bool newValue) =>
        Interlocked.CompareExchange(ref _value, ToInt(newValue), ToInt(expected)) == ToInt(expected);

    public bool GetAndSet(bool newValue) => Interlocked.Exchange(ref _value, ToInt(newValue)) != 0;

    private static int ToInt(bool value) => value ? 1 : 0;
}

/// <summary>A reference that several threads read and change.</summary>
public class AtomicReference<T>
    where T : class
{
#pragma warning disable IDE1006 // The name of this field is Akka.NET's.
    protected T? atomicValue;
#pragma warning restore IDE1006

    public AtomicReference(T originalValue)
    {
        atomicValue = originalValue;
    }

    public AtomicReference()
    {
    }

    public T Value
    {
        get => Volatile.Read(ref atomicValue)!;
        set => Volatile.Write(ref atomicValue, value);
    }

    public static implicit operator T?(AtomicReference<T> atomicReference) => atomicReference.Value;

    public bool CompareAndSet(T? expected, T? newValue) =>
        ReferenceEquals(Interlocked.CompareExchange(ref atomicValue, newValue, expected), expected);

    public T? GetAndSet(T? newValue) => Interlocked.Exchange(ref atomicValue, newValue);
}
