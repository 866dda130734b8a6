using System.Diagnostics;
using Checkpoint.Tests.Processes;
using Checkpoint.Tests.Tidy;

namespace Checkpoint.Tests.Client;

/// <summary>A console project somewhere else that refers to Checkpoint.Client, as an application's does: nothing of this repository's props reaches it.</summary>
internal sealed class OutsideProject : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("ckpt-outside-");

    /// <param name="program">Its Program.cs.</param>
    public OutsideProject(string program)
    {
        File.WriteAllText(Path.Combine(_directory.FullName, "Program.cs"), program);
        // What `dotnet new console` and `dotnet add reference` write.
        File.WriteAllText(Path.Combine(_directory.FullName, "outside.csproj"), $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <ItemGroup>
                <ProjectReference Include="{Repository.PathOf("Checkpoint.Client/Checkpoint.Client.csproj")}" />
              </ItemGroup>
              <PropertyGroup>
                <OutputType>Exe</OutputType>
                <TargetFramework>net10.0</TargetFramework>
                <ImplicitUsings>enable</ImplicitUsings>
                <Nullable>enable</Nullable>
              </PropertyGroup>
            </Project>
            """);
    }

    /// <summary>Packages come from the local cache, which building this repository has filled; the audit alone would ask a server.</summary>
    public Task<(int ExitCode, string Output)> BuildAsync() =>
        RunAsync("build", _directory.FullName, "-c", "Release", "-nologo", "-v", "quiet", "-p:NuGetAudit=false", "-p:RestoreIgnoreFailedSources=true", "-nodeReuse:false");

    public Task<(int ExitCode, string Output)> StartAsync() =>
        RunAsync("exec", Path.Combine(_directory.FullName, "bin", "Release", "net10.0", "outside.dll"));

    public void Dispose() => _directory.Delete(recursive: true);

    private async Task<(int ExitCode, string Output)> RunAsync(params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo("dotnet", arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = _directory.FullName,
        })!;
        StartedProcesses.Add(process);
        try
        {
            using var late = new CancellationTokenSource(Patience);
            var (output, error) = (process.StandardOutput.ReadToEndAsync(late.Token), process.StandardError.ReadToEndAsync(late.Token));
            await process.WaitForExitAsync(late.Token);
            return (process.ExitCode, await output + await error);
        }
        finally
        {
            StartedProcesses.End(process);
        }
    }
}
