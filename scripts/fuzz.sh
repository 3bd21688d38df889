#!/usr/bin/env bash
# Fuzzes every codec for a while under libFuzzer and the address sanitizer. What it finds is written to .build-fuzz/findings; what is
# new and worth keeping may be merged into the corpus that the tests replay.
#
# usage: fuzz.sh [SECONDS a target] [merge]
set -euo pipefail
cd "$(dirname "$0")/.."

readonly seconds=${1:-60}
readonly build=.build-fuzz
readonly targets=(resp frame)

export STOCK_FUZZ=1
swift build -c release --scratch-path "$build" --product stockfuzz \
  -Xswiftc -sanitize=fuzzer,address -Xcc -fsanitize=fuzzer-no-link,address -Xlinker -lstdc++ -Xswiftc -use-ld=lld
mkdir -p "$build/findings"
export ASAN_OPTIONS=detect_leaks=0
for target in "${targets[@]}"; do
  work=$build/corpus-$target
  mkdir -p "$work"
  printf 'fuzz: %s for %s s\n' "$target" "$seconds"
  "$build/release/stockfuzz" "$target" "$work" "Tests/Corpus/$target" -max_total_time="$seconds" -max_len=4096 \
    -dict="Tests/Corpus/$target.dict" -artifact_prefix="$build/findings/$target-" -print_final_stats=1 -verbosity=1 2>&1 |
    grep -E '^(#[0-9]+.*(DONE|INITED)|stat::|SUMMARY|==[0-9]+|.*(rror|precondition))' || true
  if compgen -G "$build/findings/$target-*" >/dev/null; then
    printf 'fuzz: %s: a finding lies in %s\n' "$target" "$build/findings"
    exit 1
  fi
  if [[ ${2:-} == merge ]]; then
    "$build/release/stockfuzz" "$target" -merge=1 "Tests/Corpus/$target" "$work" 2>&1 | tail -1
  fi
done
