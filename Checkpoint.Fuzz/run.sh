#!/usr/bin/env bash
# Fuzzes the host's decoder of what a local client sends: coverage-guided, in one process, from a corpus of every golden message, whole and in
# pieces. Then says how many lines of the decoder all inputs together reach; below 90 % it fails.
# usage: Checkpoint.Fuzz/run.sh SECONDS [SEED]
# What it found is in .run/fuzz/found. The corpus grows from run to run in .run/fuzz/corpus.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1

[[ ${1:-} =~ ^[0-9]{1,6}$ ]] || { sed -n '2,5s/^# \{0,1\}//p' Checkpoint.Fuzz/run.sh >&2; exit 2; }
build=.build/fuzz
run=.run/fuzz
mkdir -p "$run/corpus" "$run/found"
dotnet build Checkpoint.Fuzz -c Debug --artifacts-path "$build" -v quiet -nologo
# A copy: what was instrumented once must not be again.
rm -rf "$run/bin"
cp -r "$build/bin/Checkpoint.Fuzz/debug" "$run/bin"
dotnet "$run/bin/Checkpoint.Fuzz.dll" instrument "$run/bin/Checkpoint.Protocol.dll" "$run/points"
dotnet "$run/bin/Checkpoint.Fuzz.dll" run "$run/points" Checkpoint.Tests/Protocol/Sessions/session-golden.txt "$run/corpus" "$run/found" "$1" \
  "${2:-$RANDOM}"
