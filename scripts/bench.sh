#!/usr/bin/env bash
# Prints the figures of this machine: engine, recovery, then the daemon over loopback TCP with the load generator beside it.
# Usage: scripts/bench.sh BUILD-FOLDER [SECONDS]
set -euo pipefail
build=${1:-.build/release}
seconds=${2:-5}
scratch=$(mktemp -d "${TMPDIR:-/tmp}/stockd-bench.XXXXXX")
pid=
cleanup() {
  if [ -n "$pid" ]; then kill "$pid" 2>/dev/null || true; wait "$pid" 2>/dev/null || true; fi
  rm -rf "$scratch"
}
trap cleanup EXIT

echo "machine            $(nproc) cores, $(grep -m1 'model name' /proc/cpuinfo | cut -d: -f2 | xargs), $(uname -sr)"
"$build/stockbench" 4000000 "$scratch/recovery"
rm -rf "$scratch/recovery"

start() { # start NAME: a daemon on a fresh store; sets pid and address
  "$build/stockd" --data-dir "$scratch/$1" --listen 127.0.0.1:0 --resp none "${@:2}" >"$scratch/$1.out" 2>"$scratch/$1.err" &
  pid=$!
  for _ in $(seq 100); do
    grep -q '^stockd ready' "$scratch/$1.out" && break
    sleep 0.1
  done
  address=$(sed -n 's/.*binary=\([^ ]*\).*/\1/p' "$scratch/$1.out")
}
stop() { kill "$pid"; wait "$pid" 2>/dev/null || true; pid=; rm -rf "${scratch:?}/$1"; }
load() { # load TITLE OPTIONS...
  echo
  echo "-- $1: stockcli bench ${*:2}"
  "$build/stockcli" bench -s "$address" -q --duration "${seconds}s" "${@:2}"
}

start batch --snapshot-bytes 64GiB --lag-bytes-max 128GiB
load "batches of 100, 1,000 SKUs" --connections 8 --depth 4 --batch 100 --skus 1000 --skew uniform
load "batches of 100, one hot SKU" --connections 8 --depth 4 --batch 100 --skus 1 --skew hot
stop batch
start single --snapshot-bytes 64GiB --lag-bytes-max 128GiB
load "50 connections, one command in flight each" --connections 50 --depth 1 --batch 1 --skus 1000
stop single
# Memory is touched beforehand, as one would before a sale: else its first touch, not the snapshot, is the slowest percent of both.
start calm --ready-memory 1536MiB --snapshot-bytes 64GiB --lag-bytes-max 128GiB
load "without snapshots, depth 1" --connections 8 --depth 1 --batch 100 --skus 1000
stop calm
start snapshots --ready-memory 1536MiB --snapshot-bytes 64MiB
load "a snapshot after every 64 MiB of log, depth 1" --connections 8 --depth 1 --batch 100 --skus 1000
stop snapshots
