#!/usr/bin/env bash
# Calls around deaths: three hosts, one is killed with kill -9 and started again, N times; around each kill names are created, opened, unlinked,
# shown, closed and retained through the two others, at +0, +0.1 ... +3 s, 10 s a call: a third of the names over the local socket, a third by .NET
# clients, a third by one of each. 8 more are open in a .NET client of the victim, which goes on with its handles on another host. Every call must
# be answered, with the truth.
# usage: Checkpoint.Trials/calls.sh [--kills N] [--names N] [--seed S]     (30 kills, 96 names, a random seed; some 7 minutes)
# Prints counts and the slowest calls; exit code 0 when no call failed. Everything it writes is in .run/calls.
set -euo pipefail
# Relative paths: a Unix socket's path is limited to 107 bytes, wherever this checkout lies.
cd "$(dirname "${BASH_SOURCE[0]}")/.."
export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_ThreadPool_UnfairSemaphoreSpinLimit=0

kills=30 names=96 seed=$((RANDOM * 32768 + RANDOM))
while [ $# -gt 0 ]; do
  case "$1" in
    --kills|--names|--seed)
      [[ ${2:-} =~ ^[0-9]{1,9}$ ]] || { echo "calls.sh: $1 needs a number" >&2; exit 2; }
      printf -v "${1#--}" %s "$2"; shift ;;
    -h|--help) sed -n '2,7s/^# \{0,1\}//p' Checkpoint.Trials/calls.sh; exit 0 ;;
    *) echo "calls.sh: $1? (--kills N, --names N, --seed S)" >&2; exit 2 ;;
  esac
  shift
done

build=.build/demo
run=.run/calls
rm -rf "$run"
mkdir -p "$run"
for project in Checkpoint.Host Checkpoint.Trials; do
  dotnet build "$project" -c Release --artifacts-path "$build" -v quiet -nologo
done
echo "$kills kills, $names names around each; this run again: Checkpoint.Trials/calls.sh --kills $kills --names $names --seed $seed"
"$build/bin/Checkpoint.Trials/release/Checkpoint.Trials" --kills "$kills" --names "$names" --seed "$seed" \
  --directory "$run" --host-program "$build/bin/Checkpoint.Host/release/checkpointd" --config hocon/node1.conf
