#!/usr/bin/env bash
# The guess: Akka.NET's HOCON parser takes `include file("x.conf")`, a form of the HOCON specification, as it takes `include "x.conf"`; or it says
# that it does not know it.
# What happens: neither. The parser reads `include file(` as the beginning of a key, passes over the rest of the line, and gives that key the value of
# the *next* setting: of two lines `include file("x.conf")` and `a = 1` comes one key named "include file(" with the value 1. The file is not asked
# for, a is not set, and there is no error. A service that believes its configuration runs with defaults; so whoever offers HOCON files to users has to
# look for this form in the text itself.
# Seen with Akka.NET 1.5.74. Source: this run; HOCON.md of lightbend/config ("include syntax": "file()", "url()", "classpath()", "required()").
# Fails when the file is asked for, when a is set, or when the parser refuses the text.
set -euo pipefail
command -v dotnet >/dev/null || { echo "the .NET 10 SDK is missing" >&2; exit 2; }
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1
cat >include.csproj <<'END'
<Project Sdk="Microsoft.NET.Sdk">
  <PropertyGroup>
    <OutputType>Exe</OutputType>
    <TargetFramework>net10.0</TargetFramework>
    <ImplicitUsings>enable</ImplicitUsings>
    <NuGetAudit>false</NuGetAudit>
  </PropertyGroup>
  <ItemGroup>
    <PackageReference Include="Akka" Version="1.5.74" />
  </ItemGroup>
</Project>
END
cat >Program.cs <<'END'
using Akka.Configuration;
using Akka.Configuration.Hocon;

Console.WriteLine($"Akka {typeof(Config).Assembly.GetName().Version}");
var plain = Parse("include \"x.conf\"\na = 1");
var file = Parse("include file(\"x.conf\")\na = 1");
return (plain, file) == ("asked for x.conf; a = 1, b = 2", "asked for nothing; a = not set, b = not set") ? 0 : 1;

static string Parse(string text)
{
    var asked = "nothing";
    var root = Parser.Parse(text, name =>
    {
        asked = name;
        return Parser.Parse("b = 2", _ => throw new InvalidOperationException());
    });
    var config = new Config(root);
    var seen = $"asked for {asked}; a = {config.GetString("a", "not set")}, b = {config.GetString("b", "not set")}";
    Console.WriteLine($"{text.Replace("\n", " | ")}  ->  {seen}");
    Console.WriteLine($"  all of it: {config.ToString().Trim()}");
    return seen;
}
END
dotnet run -c Release
