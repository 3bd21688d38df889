#!/usr/bin/env bash
# Fuzzes every codec and every reader of the store's files for a while under libFuzzer and the address sanitizer. What it finds is
# written to .build-fuzz/findings. With `merge`, inputs that reach new code join the corpus that the tests replay.
#
# usage: fuzz.sh [SECONDS a target] [merge]
set -euo pipefail
cd "$(dirname "$0")/.."

readonly seconds=${1:-60}
readonly build=.build-fuzz
readonly targets=(resp frame group snapshot archive)

export STOCK_FUZZ=1
# lld: gold does not read this much debug information.
swift build -c release --scratch-path "$build" --product stockfuzz -Xswiftc -use-ld=lld -Xlinker -lstdc++ \
  -Xswiftc -sanitize=fuzzer,address -Xcc -fsanitize=fuzzer-no-link,address
mkdir -p "$build/findings"
# Scratch memory of a process that ends is no leak worth a finding.
export ASAN_OPTIONS=detect_leaks=0
# The sanitizer prints its own.
export SWIFT_BACKTRACE=enable=no

# Files of a store are longer than what clients send.
declare -A bytes_max=([resp]=4096 [frame]=4096 [group]=16384 [snapshot]=16384 [archive]=16384)

for target in "${targets[@]}"; do
  work=$build/corpus-$target
  log=$build/$target.log
  mkdir -p "$work"
  printf 'fuzz: %s for %s s\n' "$target" "$seconds"
  if ! STOCK_FUZZ_TARGET=$target "$build/release/stockfuzz" "$work" "Tests/Corpus/$target" -max_total_time="$seconds" -max_len="${bytes_max[$target]}" -rss_limit_mb=2048 -timeout=20 \
    -dict="Tests/Corpus/$target.dict" -artifact_prefix="$build/findings/$target-" -print_final_stats=1 >"$log" 2>&1; then
    tail -60 "$log"
    printf 'fuzz: %s failed; its input lies in %s, its log is %s\n' "$target" "$build/findings" "$log"
    exit 1
  fi
  grep -E '^(#[0-9]+[[:space:]]+(INITED|DONE)|stat::number_of_executed_units)' "$log"
  if [[ ${2:-} == merge ]]; then
    STOCK_FUZZ_TARGET=$target "$build/release/stockfuzz" -set_cover_merge=1 "Tests/Corpus/$target" "$work" >>"$log" 2>&1
  fi
done
