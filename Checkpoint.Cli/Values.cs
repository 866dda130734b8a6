using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Checkpoint.Cli.Output;

namespace Checkpoint.Cli;

/// <summary>Arguments and options whose text is not their value.</summary>
public static class Values
{
    private delegate bool Parser<T>(string text, out T value, out string fault);

    /// <summary>Nanoseconds.</summary>
    public static ValueOption<long> Duration(string name, string description, long standard) =>
        new(name, description, "DURATION", standard, DurationText.Of(standard), result => Parse<long>(result, DurationText.TryParse));

    /// <summary>Bytes.</summary>
    public static ValueOption<long> Size(string name, string description, long standard) =>
        new(name, description, "SIZE", standard, SizeText.Of(standard), result => Parse<long>(result, SizeText.TryParse));

    /// <summary>Bytes; what happens without it stands in <paramref name="description"/>.</summary>
    public static ValueOption<long?> OptionalSize(string name, string description) =>
        new(name, description, "SIZE", null, null, result => Parse<long>(result, SizeText.TryParse));

    /// <summary>A whole number of at least 1.</summary>
    /// <param name="standardText">Null when the number itself says it.</param>
    public static ValueOption<int> Count(string name, string description, int standard, string? standardText = null) =>
        new(name, description, "COUNT", standard, standardText ?? standard.ToString(CultureInfo.InvariantCulture), result => Parse<int>(result, TryCount));

    public static Argument<CheckpointName> Name(string description = "The checkpoint's name; \\xNN stands for one byte")
    {
        var argument = new Argument<CheckpointName>("NAME") { Description = description };
        argument.CustomParser = result => Parse<CheckpointName>(result, TryName)!;
        return argument;
    }

    public static Argument<SectionId[]> Sections(string description, ArgumentArity arity)
    {
        var argument = new Argument<SectionId[]>("SECTION") { Description = description, Arity = arity };
        argument.CustomParser = result =>
        {
            var ids = new List<SectionId>();
            foreach (var token in result.Tokens)
            {
                if (TrySection(token.Value, out var id, out var fault))
                    ids.Add(id);
                else
                    result.AddError(fault);
            }

            return [.. ids];
        };
        return argument;
    }

    private static T? Parse<T>(ArgumentResult result, Parser<T> parser)
    {
        if (parser(result.Tokens[^1].Value, out var value, out var fault))
            return value;
        result.AddError(fault);
        return default;
    }

    private static bool TryCount(string text, out int count, out string fault)
    {
        var good = int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out count) && count >= 1;
        fault = good ? "" : $"'{text}' is no number from 1 to {int.MaxValue}.";
        return good;
    }

    private static bool TryName(string text, out CheckpointName name, out string fault)
    {
        var bytes = EscapedText.ToBytes(text);
        var good = bytes.Length is > 0 and <= CheckpointName.LengthMaxBytes;
        name = good ? new CheckpointName(bytes) : null!;
        fault = good ? "" : $"a checkpoint's name has 1 to {CheckpointName.LengthMaxBytes} bytes, this one has {bytes.Length}.";
        return good;
    }

    private static bool TrySection(string text, out SectionId id, out string fault)
    {
        var bytes = EscapedText.ToBytes(text);
        var good = bytes.Length <= SectionId.LengthMaxBytes;
        id = good ? new SectionId(bytes) : default;
        fault = good ? "" : $"a section id has at most {SectionId.LengthMaxBytes} bytes, this one has {bytes.Length}.";
        return good;
    }
}
