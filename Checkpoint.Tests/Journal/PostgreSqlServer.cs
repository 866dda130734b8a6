using System.Diagnostics;
using Checkpoint.Tests.Processes;
using Npgsql;

namespace Checkpoint.Tests.Journal;

/// <summary>
/// A PostgreSQL of this test run only: made in a temporary directory, reached by a Unix socket in it, never by a network. Debian's
/// package has the programs (test.sh installs it). PostgreSQL refuses to run as root, so root runs it as the user that the package made.
/// </summary>
public sealed class PostgreSqlServer : IAsyncLifetime
{
    private readonly string _directory = Directory.CreateTempSubdirectory("ckpg-").FullName;
    private Process? _server;

    public string ConnectionString => $"Host={_directory};Username=ckpt;Database=postgres;Timeout=30;Command Timeout=30";

    public async Task InitializeAsync()
    {
        if (Environment.IsPrivilegedProcess)
            await RunAsync("chown", "postgres", _directory);
        await RunAsync([.. AsUser(), Program("initdb"), "-D", Data, "-U", "ckpt", "-A", "trust", "-E", "UTF8", "--no-sync", "--no-instructions"]);

        _server = Start([.. AsUser(), Program("postgres"), "-D", Data, "-k", _directory, "-c", "listen_addresses=", "-c", "fsync=off"]);
        var lines = new ProcessLines(_server);
        StartedProcesses.Add(_server);
        _server.BeginOutputReadLine();
        _server.BeginErrorReadLine();
        await lines.FirstAsync(line => line.Contains("ready to accept connections", StringComparison.Ordinal)).WaitAsync(TimeSpan.FromSeconds(60));
    }

    public async Task DisposeAsync()
    {
        NpgsqlConnection.ClearAllPools();
        if (_server is { HasExited: false })
        {
            // runuser stays in front of the server and passes the signal on; INT is PostgreSQL's fast shutdown.
            await RunAsync([.. AsUser(), Program("pg_ctl"), "-D", Data, "-m", "fast", "-w", "stop"]);
            await _server.WaitForExitAsync();
        }

        Directory.Delete(_directory, recursive: true);
    }

    private string Data => Path.Combine(_directory, "data");

    private static string[] AsUser() => Environment.IsPrivilegedProcess ? ["runuser", "-u", "postgres", "--"] : [];

    private static string Program(string name) =>
        Directory.Exists("/usr/lib/postgresql")
            && Directory.GetDirectories("/usr/lib/postgresql").Select(version => Path.Combine(version, "bin", name)).Where(File.Exists).Max() is { } path
                ? path
                : throw new FileNotFoundException($"PostgreSQL's {name} is missing: apt-get install postgresql, or run ./test.sh, which does");

    private static Process Start(params string[] command) => Process.Start(new ProcessStartInfo(command[0], command[1..])
    {
        RedirectStandardOutput = true,
        RedirectStandardError = true,
        WorkingDirectory = "/",
    })!;

    private static async Task RunAsync(params string[] command)
    {
        using var process = Start(command);
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"{string.Join(' ', command)} ended with {process.ExitCode}: {await errors}{await output}");
    }
}
