#!/usr/bin/env bash
# Builds everything and runs the tests. Last line: N passed, N failed, N skipped.
set -euo pipefail
cd "$(dirname "$0")"
dotnet build Checkpoint.sln -v q
dotnet test Checkpoint.Tests --no-build
