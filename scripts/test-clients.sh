#!/usr/bin/env bash
# Runs Redis clients that others wrote against stockd's RESP listener: Tests/clients/README.md.
# Installs what is missing; prints a line for every client and version; exit status 1 if one of them fails.
# Usage: scripts/test-clients.sh STOCKD [CLIENT ...]
set -euo pipefail
cd "$(dirname "$0")/.."

readonly packages=(gcc golang-go golang-gopkg-redis.v5-dev libc6-dev libhiredis-dev node-redis nodejs php-cli php-redis
  python3-venv redis-tools)
readonly build=$PWD/.build/clients

scripts/setup.sh "${packages[@]}"
mkdir -p "$build"

# A virtual environment for each major version, made once. A half-made one is made again.
install_redis_py() {
  local folder=$build/redis-py-$1
  [[ -e $folder/complete ]] && return
  rm -rf "$folder"
  python3 -m venv "$folder"
  "$folder/bin/pip" install --quiet --disable-pip-version-check "redis==$1.*" || {
    echo "test-clients: redis-py $1 cannot be installed from PyPI" >&2
    return 1
  }
  touch "$folder/complete"
}

install_redis_py 7
install_redis_py 8
cc -O1 -std=gnu11 -Wall -Wextra -Werror -o "$build/hiredis" Tests/clients/players/hiredis.c -lhiredis
# Debian's Go packages are a path of sources, not modules.
GO111MODULE=off GOPATH=/usr/share/gocode GOFLAGS='' GOCACHE=$build/go-cache \
  go build -o "$build/go-redis" Tests/clients/players/go_redis.go

PYTHONDONTWRITEBYTECODE=1 exec python3 Tests/clients/conduct.py "$(realpath "$1")" "$build" "${@:2}"
