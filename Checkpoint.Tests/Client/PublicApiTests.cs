using System.Reflection;
using System.Runtime.CompilerServices;
using Checkpoint.Client;
using Xunit;

namespace Checkpoint.Tests.Client;

/// <summary>The client's public surface is a file under review: a change of one is a change of the other.</summary>
public sealed class PublicApiTests
{
    private const BindingFlags Declared =
        BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    [Fact(DisplayName = "The public types and members of Checkpoint.Client are those of its PublicAPI.txt")]
    public void Public_surface_is_reviewed()
    {
        var lines = typeof(CheckpointClient).Assembly.GetExportedTypes()
            .SelectMany(type => Members(type).Prepend(Line(type)))
            .Order(StringComparer.Ordinal)
            .ToList();
        var file = Path.Combine(Root(), "Checkpoint.Client", "PublicAPI.txt");

        Assert.True(lines.SequenceEqual(File.ReadAllLines(file)), $"{file} has to say (after a review):\n{string.Join('\n', lines)}");
    }

    [Fact(DisplayName = "No public type is called Checkpoint: it would clash with the namespace")]
    public void No_type_called_Checkpoint() =>
        Assert.DoesNotContain(typeof(CheckpointClient).Assembly.GetExportedTypes(), type => type.Name == "Checkpoint");

    private static string Line(Type type) => $"{type.FullName}: {(type.IsEnum ? "enum" : type.IsAbstract && type.IsSealed ? "static class" : type.IsInterface ? "interface" : "class")}";

    private static IEnumerable<string> Members(Type type) => type.IsEnum
        ? Enum.GetNames(type).Select(name => $"{type.FullName}.{name} = {(int)Enum.Parse(type, name)}")
        : type.GetMembers(Declared)
            .Where(member => member is not MethodInfo { IsSpecialName: true } && !member.IsDefined(typeof(CompilerGeneratedAttribute)))
            .Select(member => $"{type.FullName}.{Signature(member)}");

    private static string Signature(MemberInfo member) => member switch
    {
        MethodInfo method => $"{method.Name}({Parameters(method)}) -> {Name(method.ReturnType)}",
        ConstructorInfo constructor => $"new({Parameters(constructor)})",
        PropertyInfo property => $"{property.Name} {{{(property.CanRead ? " get;" : "")}{(property.SetMethod is { IsPublic: true } ? " init;" : "")} }} -> {Name(property.PropertyType)}",
        EventInfo one => $"event {one.Name} -> {Name(one.EventHandlerType!)}",
        FieldInfo field => $"{field.Name} -> {Name(field.FieldType)}{(field.IsLiteral ? $" = {field.GetRawConstantValue()}" : "")}",
        _ => member.Name,
    };

    private static string Parameters(MethodBase method) => string.Join(", ", method.GetParameters().Select(parameter =>
        $"{Name(parameter.ParameterType)} {parameter.Name}{(parameter.HasDefaultValue ? $" = {parameter.DefaultValue ?? "default"}" : "")}"));

    private static string Name(Type type) => type.IsGenericType
        ? $"{type.Name[..type.Name.IndexOf('`', StringComparison.Ordinal)]}<{string.Join(", ", type.GetGenericArguments().Select(Name))}>"
        : type.Name;

    private static string Root([CallerFilePath] string thisFile = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(thisFile)!, "..", ".."));
}
