using System.CommandLine;
using System.CommandLine.Parsing;

namespace Checkpoint.Cli;

/// <summary>An option whose text is parsed by us and whose value without it is shown in words.</summary>
public sealed class ValueOption<T> : Option<T>
{
    private readonly T _standard;

    /// <param name="standard">The value when the option is not given.</param>
    /// <param name="standardText">How <c>--help</c> shows that; null when the description does.</param>
    public ValueOption(string name, string description, string helpName, T standard, string? standardText, Func<ArgumentResult, T?> parse)
        : base(name)
    {
        Description = standardText is null ? description : $"{description} [default: {standardText}]";
        HelpName = helpName;
        CustomParser = parse;
        _standard = standard;
    }

    public T Of(ParseResult parsed) => parsed.GetResult(this) is null ? _standard : parsed.GetValue(this)!;
}
