#!/usr/bin/env bash
# The main job on the demonstration data: preheat, flash sale, kill -9, restart, retries, and a report.
# Exit 1 if anything was lost, applied twice or oversold. Arguments go to `stockcli demo`.
set -euo pipefail
cd "$(dirname "$0")/.."

scripts/setup.sh
for product in stockd stockcli; do
  swift build -c release --product "$product" 1>&2
done
bin=$(swift build -c release --show-bin-path)
exec timeout 120 "$bin/stockcli" demo --stockd "$bin/stockd" --catalogue data/catalogue.csv --sale data/sale.json "$@"
