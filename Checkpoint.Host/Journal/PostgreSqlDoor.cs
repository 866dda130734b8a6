using Npgsql;

namespace Checkpoint.Host.Journal;

/// <summary>
/// Knocks once at the PostgreSQL server before the host starts. Whether it is there is not asked: a server that is away is waited for by the start. But one
/// that is there and refuses (no such user, password, database or setting; TLS that cannot be agreed on) will go on refusing, and the journal's plugin
/// would ask it until the start gives up.
/// </summary>
public static class PostgreSqlDoor
{
    /// <summary>The start has other things to wait for.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>Invalid authorization, no such database, an invalid value, a syntax error or a name that is none, no such right.</summary>
    private static readonly string[] Refusals = ["28", "3D", "22", "42"];

    /// <returns>What the server says when it refuses; null when it lets in, or is not there.</returns>
    public static async Task<string?> RefusalAsync(string connectionString, TimeProvider clock)
    {
        using var late = new CancellationTokenSource(Patience, clock);
        try
        {
            await using var source = NpgsqlDataSource.Create(connectionString);
            await using var connection = await source.OpenConnectionAsync(late.Token);
            return null;
        }
        catch (Exception e) when (e is NpgsqlException or OperationCanceledException or TimeoutException)
        {
            return IsRefusal(e) ? e.Message.ReplaceLineEndings(" ") : null;
        }
    }

    private static bool IsRefusal(Exception failure) => failure switch
    {
        PostgresException refused => Refusals.Any(kind => refused.SqlState.StartsWith(kind, StringComparison.Ordinal)),
        NpgsqlException { InnerException: null, IsTransient: false } => true,
        NpgsqlException { InnerException: System.Security.Authentication.AuthenticationException } => true,
        _ => false,
    };
}
