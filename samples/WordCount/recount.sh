#!/usr/bin/env bash
# usage: recount.sh FILE
# Counts the words of a file by coreutils and grep alone: lines "count word", in the byte order of sort. It knows nothing of the service or of
# WordCount, so that it can contradict them. A word is a maximal run of bytes other than the six ASCII white-space bytes; one above
# 4 KiB is printed as its first 4 KiB, a space and its SHA-256 (no word holds a space).
set -euo pipefail
export LC_ALL=C

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

tr -s '\t\n\v\f\r ' '\n' <"$1" | sed '/^$/d' | sort -S 25% | uniq -c | sed -E 's/^ *([0-9]+) /\1 /' >"$work/words"
{
  grep -avE '^[0-9]+ .{4097}' "$work/words" || [ $? -eq 1 ] # 1: there is none.
  if grep -aE '^[0-9]+ .{4097}' "$work/words" >"$work/long"; then
    cut -d' ' -f1 "$work/long" >"$work/counts"
    cut -d' ' -f2- "$work/long" >"$work/long-words"
    cut -b1-4096 "$work/long-words" >"$work/heads"
    split -l 1 --filter="tr -d '\n' | sha256sum | cut -d' ' -f1" "$work/long-words" >"$work/digests"
    paste -d' ' "$work/counts" "$work/heads" "$work/digests"
  fi
} | sort -S 25%
