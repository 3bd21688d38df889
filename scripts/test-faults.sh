#!/usr/bin/env bash
# Strikes the real stockd: kills, failing calls, short counts, a full disk, and replies held against their syncs: Tests/faults/README.md.
# Installs what is missing; prints a line for every part; exit status 1 if one of them fails.
# Usage: scripts/test-faults.sh STOCKD STOCKCLI [--quick] [PART ...]
set -euo pipefail
cd "$(dirname "$0")/.."

scripts/setup.sh gcc libc6-dev python3 strace
PYTHONDONTWRITEBYTECODE=1 exec python3 Tests/faults/conduct.py "$(realpath "$1")" "$(realpath "$2")" "${@:3}"
