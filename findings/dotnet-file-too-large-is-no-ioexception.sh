#!/usr/bin/env bash
# The guess: a write to a file that the system refuses is an IOException in .NET, whatever the system's reason; so code that must go on without its
# file (a logger) catches IOException and UnauthorizedAccessException.
# What happens: when the process's limit of file sizes (RLIMIT_FSIZE, `ulimit -f`) is reached and SIGXFSZ is ignored, so that write(2) answers EFBIG,
# FileStream.Write throws ArgumentOutOfRangeException, "Specified file length was too large for the file system. (Parameter 'value')", although
# no argument is wrong: it is no IOException. A full device (ENOSPC, here /dev/full) is one. Who catches IOException only ends there.
# Seen with .NET runtime 10.0.12 on Linux (the version is printed below). Source: this run; FileStream.Write's documentation names no
# ArgumentOutOfRangeException for the overload that takes a span.
# Fails when both are IOExceptions, or when there is no exception.
set -euo pipefail
command -v dotnet >/dev/null || { echo "the .NET 10 SDK is missing" >&2; exit 2; }
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1
cat >large.csproj <<'END'
<Project Sdk="Microsoft.NET.Sdk">
  <PropertyGroup>
    <OutputType>Exe</OutputType>
    <TargetFramework>net10.0</TargetFramework>
    <ImplicitUsings>enable</ImplicitUsings>
  </PropertyGroup>
</Project>
END
cat >Program.cs <<'END'
Console.WriteLine($"runtime {Environment.Version}");
var tooLarge = Fault(Path.Combine(args[0], "log"));
var full = Fault("/dev/full");
return tooLarge is ArgumentOutOfRangeException && full is IOException ? 0 : 1;

static Exception? Fault(string path)
{
    try
    {
        using var file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.Write, FileShare.Read, bufferSize: 0);
        ReadOnlySpan<byte> block = new byte[1 << 20];
        for (var written = 0; written < 32; written++)
            file.Write(block);
        Console.WriteLine($"{Path.GetFileName(path)}: 32 MiB written");
        return null;
    }
    catch (Exception e)
    {
        Console.WriteLine($"{Path.GetFileName(path)}: {e.GetType().FullName}: {e.Message}");
        return e;
    }
}
END
dotnet build -c Release -v quiet >/dev/null
# 20 MiB: the runtime itself needs some to start.
(trap '' XFSZ; ulimit -f 20480; exec dotnet bin/Release/net10.0/large.dll "$folder")
