using Microsoft.Data.Sqlite;

namespace Checkpoint.Tests.Journal;

/// <summary>
/// What the journal relies on in Microsoft.Data.Sqlite. The pool of 10.0.5 now and then lent one connection to two owners
/// (dotnet/efcore#39008; mended in 10.0.15): a host's close of a checkpoint then ended in "cannot start a transaction within a transaction".
/// </summary>
public sealed class SqlitePoolTests : IDisposable
{
    /// <summary>10.0.5 failed in one of some 200 waves.</summary>
    private const int Waves = 1_500;

    private const int Openers = 8;

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("ckpt-");

    public void Dispose() => _directory.Delete(recursive: true);

    [Fact(DisplayName = "Connections of the pool that are open at the same time have a handle each")]
    public void Handles()
    {
        var connectionString = $"Data Source={Path.Combine(_directory.FullName, "pool.db")}";
        var connections = new SqliteConnection[Openers];
        var lentTwice = 0;
        using var wave = new Barrier(Openers, _ =>
        {
            if (connections[0] is not null)
                CloseAll();
            for (var i = 0; i < Openers; i++)
                connections[i] = new SqliteConnection(connectionString);
        });

        var openers = Enumerable.Range(0, Openers).Select(number => new Thread(() =>
        {
            for (var i = 0; i < Waves; i++)
            {
                wave.SignalAndWait();
                connections[number].Open();
            }
        })).ToList();
        openers.ForEach(opener => opener.Start());
        openers.ForEach(opener => opener.Join());
        CloseAll();
        Assert.Equal(0, lentTwice);

        void CloseAll()
        {
            lentTwice += Openers - connections.Select(connection => connection.Handle).Distinct().Count();
            foreach (var connection in connections)
                connection.Dispose();
            SqliteConnection.ClearPool(connections[0]);
        }
    }
}
