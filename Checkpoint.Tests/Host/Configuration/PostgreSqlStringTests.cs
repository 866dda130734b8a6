namespace Checkpoint.Tests.Host.Configuration;

/// <summary>A connection string that can never work is refused at once; whether the server is there is not asked.</summary>
public sealed class PostgreSqlStringTests
{
    private const string Key = "checkpoint.journal.connection-string";

    [Theory(DisplayName = "A PostgreSQL string that could work is taken, whether its server is there or not")]
    [InlineData("Host=db.example;Port=5432;Database=checkpoint;Username=checkpoint;SSL Mode=VerifyFull;Timeout=5;Command Timeout=10;Maximum Pool Size=20")]
    [InlineData("Host=192.0.2.1;Database=d")]
    [InlineData("Host=::1;Database=d")]
    [InlineData("Host=/var/run/postgresql;Database=d")]
    [InlineData("Host=db1,db2:5433;Database=d;Target Session Attributes=primary")]
    [InlineData("Server=db;DB=d;User Id=u;Password=p")]
    [InlineData("Host=db;Database=d;Target Session Attributes=any")]
    public void Right(string text) => Assert.Empty(FaultsOf(text));

    [Theory(DisplayName = "A PostgreSQL string that can never work is one fault that says why, without the password")]
    [InlineData("Host=db;Database=d;Target Session Attributes=primary", "cannot work: ")]
    [InlineData("Host=db;Database=d;Target Session Attributes=fastest", "")]
    [InlineData("Host=db;Database=d;Nonsense=1", "is not understood: ")]
    [InlineData("Host=db;Database=d;Port=0", "")]
    [InlineData("Host=db;Database=d;Port=-1", "")]
    [InlineData("Host=db;Database=d;Port=65536", "has Port = 65536, must be within 1 and 65535")]
    [InlineData("Host=db;Database=d;Port=99999999999", "is not understood: ")]
    [InlineData("Host=db;Database=d;Port=abc", "is not understood: ")]
    [InlineData("Host=db:abc;Database=d", "has Host = db:abc: 'db:abc' is not a host")]
    [InlineData("Host=db:0;Database=d", "has Host = db:0: 'db:0' is not a host")]
    [InlineData("Host=db1,,db2;Database=d", "has Host = db1,,db2: '' is not a host")]
    [InlineData("Host=db1:99999,db2;Database=d", "has Host = db1:99999,db2: 'db1:99999' is not a host")]
    [InlineData("Host=a b;Database=d", "has Host = a b: 'a b' is not a host")]
    [InlineData("Host=http://db;Database=d", "has Host = http://db: ")]
    [InlineData("Host=;Database=d", "names no Host")]
    [InlineData("Database=d", "names no Host")]
    [InlineData("Host=db;Username=u", "names no Database")]
    [InlineData("Host=db;Database=d;SSL Mode=Sometimes", "is not understood: ")]
    [InlineData("Host=db;Database=d;Timeout=-1", "is not understood: ")]
    [InlineData("Host=db;Database=d;Timeout=soon", "is not understood: ")]
    [InlineData("Host=db;Database=d;Command Timeout=-5", "is not understood: ")]
    [InlineData("Host=db;Database=d;Maximum Pool Size=0", "")]
    [InlineData("Host=db;Database=d;Minimum Pool Size=50;Maximum Pool Size=10", "")]
    [InlineData("Host=db;Database=d;Root Certificate=/no/such.pem", "has Root Certificate = /no/such.pem, there is no such file")]
    [InlineData("Host=db;Database=d;Passfile=/no/such", "has Passfile = /no/such, there is no such file")]
    [InlineData("Host=db;Database=d;Read Buffer Size=1", "has Read Buffer Size = 1, must be at least 4096")]
    [InlineData("Host=db;Database=d;Read Buffer Size=-1", "has Read Buffer Size = -1, must be at least 4096")]
    [InlineData("Host=db;Database=d;Write Buffer Size=4095", "has Write Buffer Size = 4095, must be at least 4096")]
    [InlineData("Host=db;Database=d;Encoding=klingon", "has Encoding = klingon, there is none of that name")]
    [InlineData("Host=db;Database=d;Tcp Keepalive=true;Tcp Keepalive Interval=5", "has Tcp Keepalive Interval without Tcp Keepalive Time")]
    [InlineData("Host=db1,db2;Database=d;Target Session Attributes=standby", "has Target Session Attributes = standby: ")]
    [InlineData("Host=db1,db2;Database=d;Target Session Attributes=read-only", "has Target Session Attributes = read-only: ")]
    [InlineData("Host=db1,db2;Database=d;Target Session Attributes=Prefer-Standby", "has Target Session Attributes = prefer-standby: ")]
    [InlineData("Host=0.0.0.0;Database=d", "has Host = 0.0.0.0: '0.0.0.0' is no address that a server can be reached at")]
    [InlineData("Host=[::]:5432;Database=d", "has Host = [::]:5432: '[::]:5432' is no address that a server can be reached at")]
    [InlineData("Host=255.255.255.255;Database=d", "has Host = 255.255.255.255: '255.255.255.255' is no address that a server can be reached at")]
    [InlineData("Host=224.0.0.1,db;Database=d", "has Host = 224.0.0.1,db: '224.0.0.1' is no address that a server can be reached at")]
    [InlineData("Host=/etc/hostname;Database=d", "has Host = /etc/hostname: '/etc/hostname' is a file, must be the directory of a socket")]
    [InlineData("Host=/a/very/long/path/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa;Database=d", "has Host = /a/very/long")]
    [InlineData("Host=db;Database=d;Root Certificate=/etc/hostname", "has Root Certificate = /etc/hostname, which is no certificate")]
    [InlineData("Host=db;Database=d;SSL Certificate=/etc/hostname", "has SSL Certificate = /etc/hostname, which cannot be used")]
    [InlineData("Host=db;Database=d;SSL Certificate=/etc/hostname;SSL Key=/etc/hostname", "has SSL Certificate = /etc/hostname, which cannot be used")]
    [InlineData("Host=db;Database=d;Port=70000;Read Buffer Size=1;Encoding=klingon",
        "has Port = 70000, must be within 1 and 65535; has Read Buffer Size = 1, must be at least 4096; has Encoding = klingon, there is none of that name")]
    [InlineData("Host=db;Database", "is not understood: ")]
    [InlineData("nonsense", "is not understood: ")]
    public void Wrong(string text, string reason)
    {
        var fault = Assert.Single(FaultsOf(text + ";Password=geheim"));
        Assert.StartsWith($"{Key} {reason}", fault, StringComparison.Ordinal);
        Assert.DoesNotContain("geheim", fault, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', fault);
    }

    private static List<string> FaultsOf(string text) =>
        NodeText.FaultsWith($"checkpoint.journal.kind = postgresql\ncheckpoint.journal.file = \"\"\n{Key} = \"{text}\"");
}
