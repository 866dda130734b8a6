using System.Runtime.InteropServices;

namespace Checkpoint.Actors.Diagnostics;

/// <summary>
/// What malloc (glibc) holds for the runtime beside the collector's heap, above all the compiler's working memory. Free memory stays in its
/// arenas, of which there may be eight a core: in a soak 54 MB were held of which 8 MB were in use.
/// </summary>
public static class NativeHeap
{
    private const int ArenaMax = -8; // M_ARENA_MAX of malloc.h
    private const int Arenas = 2;

    /// <summary>Bounds the arenas to come. Threads of the runtime seldom allocate here at the same time. Nothing happens where libc has no such call.</summary>
    public static void Bound() => Call("mallopt", static entry => Marshal.GetDelegateForFunctionPointer<MallocOption>(entry)(ArenaMax, Arenas));

    /// <summary>Gives back what is free.</summary>
    public static void GiveBack() => Call("malloc_trim", static entry => Marshal.GetDelegateForFunctionPointer<MallocTrim>(entry)(0));

    private static void Call(string name, Func<nint, int> call)
    {
        if (NativeLibrary.TryGetExport(NativeLibrary.GetMainProgramHandle(), name, out var entry))
            call(entry);
    }

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    private delegate int MallocOption(int parameter, int value);

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    private delegate int MallocTrim(nuint keep);
}
