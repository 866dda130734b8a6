#!/usr/bin/env bash
# Fuzzes the C library's decoder of what a host sends: libFuzzer under AddressSanitizer and UBSan, from a corpus of every golden message,
# whole and in pieces. Then says how many lines of the decoder all inputs together reach; below 90 % it fails.
# usage: fuzz/run.sh SECONDS      0: only runs the first corpus, with gcc alone
# What it found is in build/fuzz/found; build/fuzz/replay FILE runs it again. The corpus grows from run to run in build/fuzz/corpus.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

[[ ${1:-} =~ ^[0-9]{1,6}$ ]] || { sed -n '2,5s/^# \{0,1\}//p' fuzz/run.sh >&2; exit 2; }
seconds=$1
lines_min=90
golden=../Checkpoint.Tests/Protocol/Sessions/session-golden.txt
out=build/fuzz
decoder=(src/frame.c src/message.c src/wire.c)
common=(-std=c11 -D_GNU_SOURCE -g -Wall -Wextra -Wpedantic -Werror -Iinclude -Isrc)
# Short pieces make short inputs: hundreds of bytes instead of tens of thousands, most of which were zeros.
flags=("${common[@]}" -DFRAME_PIECE_MIN=32)
wrap=-Wl,--wrap=realloc
sanitize=(-fsanitize=address,undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer)

can_fuzz() {
  command -v clang >/dev/null \
    && echo 'int LLVMFuzzerTestOneInput(const char *d, unsigned long n); int LLVMFuzzerTestOneInput(const char *d, unsigned long n) { return d && n > 9; }' \
      | clang -x c -fsanitize=fuzzer,address - -o "$out/probe" 2>/dev/null
}

install_clang() {
  can_fuzz && return
  echo "fuzz/run.sh: installing clang and its runtime library" >&2
  local root=()
  if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null || { echo "fuzz/run.sh: only root can install them: apt-get install clang libclang-rt-14-dev" >&2; exit 1; }
    root=(sudo)
  fi
  "${root[@]}" apt-get update -q
  "${root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends clang libclang-rt-14-dev
  can_fuzz || { echo "fuzz/run.sh: clang cannot build fuzzers here" >&2; exit 1; }
}

# replay_first NAME SEEDS FLAG...: makes the first corpus and runs it.
replay_first() {
  local name=$1 seeds=$2
  shift 2
  mkdir -p "$seeds"
  gcc "$@" fuzz/corpus.c src/frame.c src/wire.c -o "$out/make-corpus"
  "$out/make-corpus" "$golden" "$seeds"
  gcc "$@" "${sanitize[@]}" "$wrap" fuzz/decoder.c fuzz/replay.c "${decoder[@]}" -o "$out/$name"
  "$out/$name" "$seeds"/*
}

mkdir -p "$out/corpus" "$out/found" "$out/coverage"
rm -f "$out/coverage"/*
# Once as the library is built, then as it is fuzzed.
replay_first replay-built "$out/seeds-built" "${common[@]}"
replay_first replay "$out/seeds" "${flags[@]}"

crashed=0
if [ "$seconds" -gt 0 ]; then
  install_clang
  clang "${flags[@]}" -O2 -fsanitize=fuzzer "${sanitize[@]}" "$wrap" fuzz/decoder.c "${decoder[@]}" -o "$out/fuzzer"
  # Large enough for several messages, in pieces and whole.
  "$out/fuzzer" -max_total_time="$seconds" -max_len=2048 -timeout=10 -rss_limit_mb=2048 -print_final_stats=1 -verbosity=0 \
    -artifact_prefix="$out/found/" "$out/corpus" "$out/seeds" || crashed=1
fi

# Of the functions that read; those that write have tests of their own.
gcc "${flags[@]}" --coverage -O0 -c fuzz/decoder.c -o "$out/coverage/target.o"
objects=()
for source in "${decoder[@]}"; do
  gcc "${flags[@]}" --coverage -O0 -c "$source" -o "$out/coverage/$(basename "$source" .c).o"
  objects+=("$out/coverage/$(basename "$source" .c).o")
done
gcc "${flags[@]}" --coverage "$wrap" fuzz/replay.c "$out/coverage/target.o" "${objects[@]}" -o "$out/coverage/replay"
find "$out/seeds" "$out/corpus" -type f -exec "$out/coverage/replay" {} + >/dev/null
gcov -n -f "${objects[@]}" | awk -v min="$lines_min" '
  /^Function/ { name = $2; gsub(/\047/, "", name); counts = name !~ /_put_|^put_|_writer_|_written$|_patch_/; next }
  /^File/ { counts = 0; next }
  /^Lines executed/ && counts {
    split($0, of, /[:% ]+/)
    lines = of[5]; reached += of[3] * lines / 100; all += lines
    if (of[3] < 100) printf "  %-28s %6.2f %% of %d lines\n", name, of[3], lines
    counts = 0
  }
  END { printf "the decoder: %.1f %% of %d lines reached\n", 100 * reached / all, all; exit 100 * reached / all < min }' || crashed=1
exit "$crashed"
