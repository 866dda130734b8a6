#!/usr/bin/env bash
# Builds everything and runs the tests, installing first what they need. Works on a fresh Debian 12 with the .NET 10 SDK, git and apt.
#   ./test.sh                 all tests (at most 25 minutes on 2 cores)
#   ./test.sh --quick         without those of the category Long (at most 8 minutes from a fresh clone)
#   ./test.sh --filter WORD   only tests whose full name contains WORD; with --quick too
# Last line: N passed, N failed, N skipped. Exit code 0 only if something passed and nothing failed.
set -uo pipefail
cd "$(dirname "$0")"

filter=""
add_filter() { filter="${filter:+$filter&}$1"; }
while [ $# -gt 0 ]; do
  case "$1" in
    --quick) add_filter "Category!=Long" ;;
    --filter) [ $# -ge 2 ] || { echo "--filter needs a word" >&2; exit 2; }; add_filter "FullyQualifiedName~$2"; shift ;;
    -h|--help) sed -n '2,6s/^# \{0,1\}//p' "$0"; exit 0 ;;
    *) echo "test.sh: $1? (--quick, --filter WORD)" >&2; exit 2 ;;
  esac
  shift
done

step() { printf '\n== %s (%(%H:%M:%S)T)\n' "$1" -1; }
end() { # passed failed skipped
  printf '%d passed, %d failed, %d skipped\n' "$1" "$2" "$3"
  [ "$2" -eq 0 ] && [ "$1" -gt 0 ]
  exit
}

# A test that cannot be built or a host that cannot be prepared is a failed run, never a short one.
broken() { echo "test.sh: $1" >&2; end 0 1 0; }

install_postgresql() {
  compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null && return
  step "installing PostgreSQL (two tests run it privately; no server is left behind)"
  local root=()
  if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null || broken "PostgreSQL is missing and only root can install it: apt-get install postgresql"
    root=(sudo)
  fi
  # Debian's package would otherwise make a cluster of its own and start it.
  "${root[@]}" mkdir -p /etc/postgresql-common/createcluster.d
  echo "create_main_cluster = false" | "${root[@]}" tee /etc/postgresql-common/createcluster.d/no-main.conf >/dev/null
  "${root[@]}" apt-get update -q || broken "apt-get update failed"
  "${root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends postgresql \
    || broken "apt-get install postgresql failed"
}

install_compiler() {
  command -v gcc >/dev/null && [ -e /usr/include/stdio.h ] && return
  step "installing gcc (the C library and its tests)"
  local root=()
  if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null || broken "gcc is missing and only root can install it: apt-get install gcc libc6-dev"
    root=(sudo)
  fi
  "${root[@]}" apt-get update -q || broken "apt-get update failed"
  "${root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends gcc libc6-dev \
    || broken "apt-get install gcc libc6-dev failed"
}

command -v dotnet >/dev/null || broken "the .NET 10 SDK is missing (dotnet is not on the PATH)"
# The SDK itself ends at once where libicu is missing, unless it is told to do without; what it builds needs none.
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1
install_postgresql
install_compiler

results=$PWD/TestResults
rm -rf "$results"
mkdir -p "$results"

# Hosts that the tests started are recorded here by their ids; a test run that is itself killed leaves none behind.
export CHECKPOINT_TEST_PIDS=$results/pids
# What every such host wrote, for who has to find out why a run failed.
export CHECKPOINT_TEST_LOGS=$results/logs
end_leftovers() {
  [ -f "$CHECKPOINT_TEST_PIDS" ] || return 0
  while read -r pid; do
    case "$(tr '\0' ' ' 2>/dev/null <"/proc/$pid/cmdline")" in
      *checkpointd*|*postgres*) kill -KILL "$pid" 2>/dev/null ;;
    esac
  done <"$CHECKPOINT_TEST_PIDS"
}
# All that a run leaves behind, however it ends: tests that were killed and "dotnet test" itself (two empty directories a run) tidy up nothing.
# Short, since it is the head of socket paths; PostgreSQL, which runs as another user, has to get through it.
temporary=$(mktemp -d "${TMPDIR:-/tmp}/ckpt-XXXXXX") || broken "no temporary directory"
chmod 711 "$temporary"
trap 'end_leftovers; rm -rf "$temporary"' EXIT

step "building"
Checkpoint.Native/build.sh || broken "the build of Checkpoint.Native failed"
dotnet build Checkpoint.sln -nologo -v minimal || broken "the build failed"

step "testing${filter:+ ($filter)}"
# Under nohup SIGHUP would be ignored by everything below, also by the hosts whose reload on SIGHUP is tested.
TMPDIR=$temporary env --default-signal=HUP dotnet test Checkpoint.Tests --no-build -nologo --results-directory "$results" \
  --logger "trx;LogFileName=tests.trx" --logger "console;verbosity=normal" \
  --blame-hang-timeout 10m --blame-hang-dump-type none ${filter:+--filter "$filter"}
code=$?

counters=$(grep -o '<Counters [^>]*' "$results/tests.trx" 2>/dev/null | tail -1)
[ -n "$counters" ] || broken "the test run ended ($code) without a result"
count() { sed -n "s/.* $1=\"\([0-9]*\)\".*/\1/p" <<<"$counters"; }
passed=$(count passed)
failed=$(($(count failed) + $(count error) + $(count timeout) + $(count aborted)))
skipped=$(($(count total) - $(count executed)))
[ "$code" -eq 0 ] || [ "$failed" -gt 0 ] || failed=1 # A crashed run counts, whatever it had counted.
step "done; details in TestResults/tests.trx"
end "$passed" "$failed" "$skipped"
