#!/usr/bin/env bash
# Copyright (c) 2026 the coropq authors
# Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)
#
# Installs the Debian 12 packages that are missing, as root or with sudo. When none is missing it does nothing, and needs
# neither.
#
#   install-dependencies.sh [--with-server] [--with-tests] [--with-clang] [--with-lint]
#       without options: what the library itself is built with
#       --with-server    a PostgreSQL server's programs, for throwaway servers
#       --with-tests     what the tests and benchmarks are built with and compare with (see reference-packages.sh)
#       --with-clang     Clang 16, its sanitizers and its fuzzer
#       --with-lint      clang-format, clang-tidy, shellcheck

set -euo pipefail

readonly self=${BASH_SOURCE[0]##*/}

# Where Debian 13 or Ubuntu have other versions of these packages, they are named differently, too: install them by hand.
packages=(g++ cmake ninja-build libboost1.81-dev libboost-url1.81-dev libboost-json1.81-dev libpq-dev)
server=no
tests=no
for option; do
    case $option in
    --with-server) server=yes ;;
    --with-tests)
        packages+=(libgtest-dev libboost-program-options1.81-dev libssl-dev pkg-config procps pgbouncer python3
            python3-psycopg2)
        tests=yes
        ;;
    --with-clang) packages+=(clang-16 libclang-rt-16-dev) ;;
    --with-lint) packages+=(clang-format-16 clang-tidy-16 shellcheck git) ;;
    *)
        sed -n '/^#   /s/^#   //p' "${BASH_SOURCE[0]}" >&2
        exit 2
        ;;
    esac
done

if ! command -v apt-get >/dev/null || ! command -v dpkg-query >/dev/null; then
    echo "$self: not a Debian system, nothing is installed; the build will say what it doesn't find"
    exit 0
fi

missing=()
for package in "${packages[@]}"; do
    [[ $(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null) == installed* ]] || missing+=("$package")
done
if [[ $server == yes ]]; then
    # Any version will do, whoever installed it.
    compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null || missing+=(postgresql-15)
    command -v openssl >/dev/null || missing+=(openssl)
fi
# What a test compares with, which isn't installed.
fetch_references() {
    if [[ $tests == yes ]]; then
        "${BASH_SOURCE[0]%/*}/reference-packages.sh" >/dev/null
    fi
}

if ((${#missing[@]} == 0)); then
    fetch_references
    echo "$self: everything needed is installed"
    exit 0
fi

echo "$self: installing with apt-get: ${missing[*]}"
privileged=(env)
if ((EUID != 0)); then
    if ! command -v sudo >/dev/null; then
        echo "$self: that needs root or sudo; as root: apt-get install ${missing[*]}" >&2
        exit 1
    fi
    privileged=(sudo env)
fi
privileged+=(DEBIAN_FRONTEND=noninteractive)

# Debian's server package makes a database cluster "main" and starts it, which nobody asked for here: throwaway servers
# are all that we use. A file in this directory says no; it is removed again, so that later packages do as always.
left_behind=()
trap '((${#left_behind[@]} == 0)) || "${privileged[@]}" rm -f "${left_behind[@]}"' EXIT
if [[ " ${missing[*]} " == *' postgresql-15 '* ]]; then
    no_cluster=/etc/postgresql-common/createcluster.d/coropq-no-cluster.conf
    echo "$self: (PostgreSQL's programs only: no database cluster is made and no server is started)"
    left_behind+=("$no_cluster")
    "${privileged[@]}" mkdir -p "${no_cluster%/*}"
    echo 'create_main_cluster = false' | "${privileged[@]}" tee "$no_cluster" >/dev/null
fi

# The same for PgBouncer: the tests run their own. Services of packages are started unless this program says 101 (Debian
# Policy, "Running initscripts during package installation").
no_service=/usr/sbin/policy-rc.d
if [[ " ${missing[*]} " == *' pgbouncer '* && ! -e $no_service ]]; then
    left_behind+=("$no_service")
    printf '#!/bin/sh\nexit 101\n' | "${privileged[@]}" tee "$no_service" >/dev/null
    "${privileged[@]}" chmod 755 "$no_service"
fi

apt_get() {
    # Somebody else (unattended-upgrades on a fresh machine) may be using the package system. No package may ask.
    "${privileged[@]}" apt-get -qq -o DPkg::Lock::Timeout=300 -o Acquire::Retries=3 -o Dpkg::Use-Pty=0 "$@" </dev/null
}

log=$(mktemp)
# Hundreds of lines when all is well; needed when it isn't.
if ! { apt_get update && apt_get install -y --no-install-recommends "${missing[@]}"; } >"$log" 2>&1; then
    cat "$log" >&2
    rm -f "$log"
    echo "$self: apt-get could not install them (see above)" >&2
    if ! grep -qs 'VERSION_CODENAME=bookworm' /etc/os-release; then
        echo "$self: the packages are those of Debian 12; elsewhere, please install their counterparts by hand" >&2
    fi
    exit 1
fi
rm -f "$log"
fetch_references
echo "$self: installed"
