using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Checkpoint.Client;

/// <summary>Registers <see cref="CheckpointClient"/> with an application's host.</summary>
public static class CheckpointClientHosting
{
    /// <summary>The configuration section that options are read from.</summary>
    public const string SectionName = "Checkpoint";

    /// <summary>
    /// One client for the application, as a singleton. Options come from the section <c>Checkpoint</c> and then from
    /// <paramref name="configure"/>; wrong ones stop the application's start. The client begins to join as the application starts, without
    /// holding it up, and is disposed of as it stops.
    /// </summary>
    public static IHostApplicationBuilder AddCheckpointClient(
        this IHostApplicationBuilder builder, Func<CheckpointClientOptions, CheckpointClientOptions>? configure = null)
    {
        var options = Options(builder.Configuration.GetSection(SectionName), configure);
        builder.Services.AddSingleton(services => CheckpointClient.Create(options(services)));
        builder.Services.AddSingleton<IHostedService>(services => new CheckpointClientService(services.GetRequiredService<CheckpointClient>()));
        return builder;
    }

    /// <summary>As the other, for one of several clusters: a keyed singleton, with its options in the section <c>Checkpoint:KEY</c>.</summary>
    public static IHostApplicationBuilder AddCheckpointClient(
        this IHostApplicationBuilder builder, string key, Func<CheckpointClientOptions, CheckpointClientOptions>? configure = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(key);
        var options = Options(builder.Configuration.GetSection($"{SectionName}:{key}"), configure);
        builder.Services.AddKeyedSingleton(key, (services, _) => CheckpointClient.Create(options(services)));
        builder.Services.AddSingleton<IHostedService>(services => new CheckpointClientService(services.GetRequiredKeyedService<CheckpointClient>(key)));
        return builder;
    }

    private static Func<IServiceProvider, CheckpointClientOptions> Options(
        IConfigurationSection section, Func<CheckpointClientOptions, CheckpointClientOptions>? configure) => services =>
    {
        var options = CheckpointClientSection.Read(section, new CheckpointClientOptions { Clock = services.GetService<TimeProvider>() ?? TimeProvider.System });
        return configure?.Invoke(options) ?? options;
    };
}
