#!/usr/bin/env bash
# Installs the system libraries that the build needs, if they are missing, and checks the Swift toolchain.
# Says nothing when there is nothing to do.
# Usage: scripts/setup.sh [DEBIAN-PACKAGE ...]    further packages, which a test needs
set -euo pipefail

readonly packages=(liblz4-dev libmd-dev libxxhash-dev pkg-config "$@")
readonly further=("$@")
readonly modules=(liblz4 libmd libxxhash)
readonly swift_major_min=6
readonly swift_minor_min=3

fail() {
  printf 'setup: %s\n' "$*" >&2
  exit 1
}

is_installed() {
  local status
  status=$(dpkg-query -W -f='${Status}\n' "$1" 2>/dev/null) || return 1
  [[ $status == *"ok installed"* ]]
}

install_debian_packages() {
  local missing=() package as_root=()
  for package in "${packages[@]}"; do
    is_installed "$package" || missing+=("$package")
  done
  ((${#missing[@]})) || return 0

  if ((EUID != 0)); then
    command -v sudo >/dev/null || fail "these packages are missing: ${missing[*]}. Install them as root:" \
      "apt-get install -y --no-install-recommends ${missing[*]}"
    as_root=(sudo)
  fi
  printf 'setup: installing %s\n' "${missing[*]}"
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get update -q
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends "${missing[@]}"
}

check_other_system() {
  local missing=() module
  ((${#further[@]} == 0)) || fail "not a Debian system: cannot tell whether these packages, or what is in them, are there: ${further[*]}."
  if command -v pkg-config >/dev/null; then
    for module in "${modules[@]}"; do
      pkg-config --exists "$module" || missing+=("$module")
    done
    ((${#missing[@]})) || return 0
  else
    missing=(pkg-config "${modules[@]}")
  fi
  fail "not a Debian system: install LZ4 (liblz4), libmd and xxHash (libxxhash) with their headers, and pkg-config." \
    "Not found: ${missing[*]}."
}

check_swift() {
  local required="Swift $swift_major_min.$swift_minor_min or newer is required (https://www.swift.org/install)"
  command -v swift >/dev/null || fail "swift was not found. $required."

  local output
  output=$(swift --version 2>&1) || fail "'swift --version' failed: $output"
  [[ $output =~ Swift\ version\ ([0-9]+)\.([0-9]+) ]] || fail "cannot read the Swift version in: $output"
  local major=${BASH_REMATCH[1]} minor=${BASH_REMATCH[2]}
  ((major > swift_major_min || (major == swift_major_min && minor >= swift_minor_min))) ||
    fail "found Swift $major.$minor. $required."
}

if command -v dpkg-query >/dev/null && command -v apt-get >/dev/null; then
  install_debian_packages
else
  check_other_system
fi
check_swift
