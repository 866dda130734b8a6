using Checkpoint.Protocol;

namespace Checkpoint.Tests.Host.Gateway;

/// <summary>A host with <c>gateway.profile = openais</c>.</summary>
public sealed class GatewayProfileTests() : GatewayFixture(profile: Profile.OpenAis)
{
    [Theory(DisplayName = "The host's profile is that of every client but those that ask for strict, and the welcome says so")]
    [InlineData(Profile.OpenSaf, Profile.OpenAis)]
    [InlineData(Profile.OpenAis, Profile.OpenAis)]
    [InlineData(Profile.Strict, Profile.Strict)]
    public async Task Override(Profile asked, Profile effective)
    {
        await using var connection = await ConnectAsync(Hello with { Profile = asked });

        Assert.Equal(effective, connection.Welcome.Profile);
    }

    [Fact(DisplayName = "The session follows the profile that the welcome names")]
    public async Task Rules()
    {
        await using var connection = await ConnectAsync(Hello with { Profile = Profile.OpenSaf });

        // A bare name: B.2 clients of the profile opensaf may not open it.
        Assert.NotEqual(0UL, await OpenAsync(connection, "bare"));
    }
}
