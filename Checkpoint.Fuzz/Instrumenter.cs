using dnlib.DotNet;
using dnlib.DotNet.Emit;

namespace Checkpoint.Fuzz;

/// <summary>
/// Makes the decoder report where it goes: a call of <see cref="Probe.Hit"/> at each sequence point of the methods that read, so that the same
/// numbers guide the fuzzer and say which lines were reached.
/// </summary>
public static class Instrumenter
{
    /// <summary>The compiler's mark of a sequence point without a line.</summary>
    private const int HiddenLine = 0xfeefee;

    /// <summary>Everything between the socket's bytes and a message.</summary>
    private static readonly HashSet<string> Files =
    [
        "WireReader.cs", "Parcel.cs", "ParcelAssembler.cs", "GatewayFrame.cs", "FrameParser.cs", "FrameReader.cs", "SessionCodec.cs", "CommandCodec.cs",
        "ResultCodec.cs", "AdministrationCodec.cs", "ContentOpCodec.cs", "ReadCodec.cs", "SectionCodec.cs",
        "DirectRequest.cs", "ReadRequest.cs", "WriteRequest.cs",
    ];

    /// <summary>Methods in these files that write.</summary>
    private static readonly string[] Writers = ["Write", "Encode", "Size", "ManifestOf", "Preamble"];

    /// <summary>Written for the journal and between hosts: no client sends them.</summary>
    private static readonly string[] NotOfTheSocket = ["ReadResult", "ReadIds", "ReadDescriptors"];

    /// <param name="assembly">Replaced by the instrumented one.</param>
    /// <returns>What the numbers stand for.</returns>
    public static IReadOnlyList<Point> Instrument(string assembly)
    {
        List<Point> points = [];
        var instrumented = assembly + ".instrumented";
        using (var module = ModuleDefMD.Load(assembly, new ModuleCreationOptions { TryToLoadPdbFromDisk = true }))
        {
            var hit = module.Import(typeof(Probe).GetMethod(nameof(Probe.Hit)));
            foreach (var method in module.GetTypes().SelectMany(type => type.Methods).Where(IsCounted))
                Instrument(method, hit, points);
            module.Write(instrumented);
        }

        File.Move(instrumented, assembly, overwrite: true);
        return points;
    }

    private static bool IsCounted(MethodDef method)
    {
        var name = NameOf(method);
        return method.HasBody && !Writers.Any(writer => name.StartsWith(writer, StringComparison.Ordinal)) && !NotOfTheSocket.Contains(name);
    }

    /// <summary>Of a lambda, a local function or an asynchronous method: the method that it stands in, which the compiler writes in angle brackets.</summary>
    private static string NameOf(MethodDef method)
    {
        string[] names = [method.Name, method.DeclaringType.Name];
        return names.Where(name => name is ['<', not '>', ..]).Select(name => name[1..name.IndexOf('>')]).FirstOrDefault() ?? method.Name;
    }

    private static void Instrument(MethodDef method, IMethod hit, List<Point> points)
    {
        var body = method.Body;
        var places = body.Instructions.Where(IsPlace).ToList();
        if (places.Count == 0)
            return;

        body.SimplifyBranches();
        foreach (var place in places)
        {
            var at = place.SequencePoint;
            var point = new Point(points.Count, FileOf(at), at.StartLine, $"{method.DeclaringType.Name}.{method.Name}");
            points.Add(point);
            // What jumps to the instruction, or begins a handler with it, has to pass the probe: so it becomes the probe's first, and moves behind it.
            var moved = new Instruction(place.OpCode, place.Operand);
            place.OpCode = OpCodes.Ldc_I4;
            place.Operand = point.Id;
            var index = body.Instructions.IndexOf(place);
            body.Instructions.Insert(index + 1, OpCodes.Call.ToInstruction(hit));
            body.Instructions.Insert(index + 2, moved);
        }

        body.OptimizeBranches();
        if (points.Count > Probe.PointsMax)
            throw new InvalidOperationException($"more than {Probe.PointsMax} sequence points");
    }

    private static bool IsPlace(Instruction instruction) =>
        instruction.SequencePoint is { } at && at.StartLine != HiddenLine && Files.Contains(FileOf(at));

    private static string FileOf(dnlib.DotNet.Pdb.SequencePoint at) => Path.GetFileName(at.Document.Url.Replace('\\', '/'));
}
