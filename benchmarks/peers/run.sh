#!/usr/bin/env bash
# Copyright (c) 2026 the coropq authors
# Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)
#
#   run.sh [--no-install] BENCH_FAN_OUT|BENCH_INSPECT [OPTION]...
#
# Other client libraries beside coropq: installs what Debian and npm have of them, builds a small program with each, and
# runs bench_fan_out with these and the options given, all against one server; so it does with bench_inspect and other
# inspectors. Debian packages are installed for good
# (root or sudo is needed; --no-install takes what is there), all else goes below COROPQ_PEERS_DIR, by default a
# directory "coropq-peers" where temporary files go, and is used again the next time. What can't be built is left out.

set -euo pipefail

here=$(dirname -- "$(realpath -- "${BASH_SOURCE[0]}")")
directory=${COROPQ_PEERS_DIR:-${TMPDIR:-/tmp}/coropq-peers}
programs=$directory/programs

debian_packages=(
    python3-asyncpg python3-uvloop python3-sqlalchemy python3-psycopg2
    cargo librust-tokio-postgres-dev 'librust-tokio+rt-multi-thread-dev' 'librust-tokio+time-dev'
    golang-go golang-github-jackc-pgx-v4-dev
)

install=yes
if [[ ${1:-} == --no-install ]]; then
    install=''
    shift
fi
if (($# == 0)); then
    sed -n '/^#   /s/^#   //p' "${BASH_SOURCE[0]}" >&2
    exit 2
fi
benchmark=$(realpath -- "$1")
shift
if [[ ${benchmark##*/} == bench_inspect ]]; then
    programs=$directory/inspectors
    peers=(python_inspectors)
    debian_packages=(python3-sqlalchemy python3-psycopg2)
else
    peers=(python_peers postgres_js_peer tokio_postgres_peer pgx_peer)
fi

install_packages() {
    local as_root=()
    ((EUID == 0)) || as_root=(sudo)
    "${as_root[@]}" apt-get update -q
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends \
        "${debian_packages[@]}"
}

# launcher NAME COMMAND...: a program of that name, which is the command.
launcher() {
    local -r file=$programs/$1
    shift
    {
        printf '#!/bin/sh\nexec'
        printf " '%s'" "$@"
        printf ' "$@"\n'
    } >"$file"
    chmod +x "$file"
}

make_python_peers() {
    # Debian's Python, whatever else is called python3 here: the packages are for that.
    /usr/bin/python3 -c 'import asyncpg, uvloop, sqlalchemy'
    local -r python=(/usr/bin/python3 -B)
    launcher asyncpg "${python[@]}" "$here/asyncpg_peer.py" pool
    launcher asyncpg_no_reset "${python[@]}" "$here/asyncpg_peer.py" no_reset
    launcher sqlalchemy "${python[@]}" "$here/sqlalchemy_peer.py" transaction
    launcher sqlalchemy_autocommit "${python[@]}" "$here/sqlalchemy_peer.py" autocommit
}

make_python_inspectors() {
    /usr/bin/python3 -c 'import sqlalchemy, psycopg2'
    launcher sqlalchemy /usr/bin/python3 -B "$here/sqlalchemy_inspect_peer.py"
}

make_postgres_js_peer() {
    mkdir -p "$directory/postgres_js"
    cp "$here/postgres_js_peer.mjs" "$directory/postgres_js/"
    (
        cd "$directory/postgres_js"
        [[ -d node_modules/postgres ]] || npm install --silent --no-audit --no-fund --prefix . postgres@3
    )
    launcher postgres_js node "$directory/postgres_js/postgres_js_peer.mjs"
}

make_tokio_postgres_peer() {
    # Debian's compiler if it is there, which is the one that its packages are for; no network.
    local -r source=$directory/tokio_postgres
    mkdir -p "$source/.cargo"
    cp "$here/tokio_postgres/Cargo.toml" "$here/tokio_postgres/main.rs" "$source/"
    cat >"$source/.cargo/config.toml" <<-CONFIG
		[source.crates-io]
		replace-with = "debian"
		[source.debian]
		directory = "/usr/share/cargo/registry"
	CONFIG
    (cd "$source" && PATH="/usr/bin:$PATH" cargo build --quiet --release --offline)
    launcher tokio_postgres "$source/target/release/tokio_postgres_peer" one
    launcher tokio_postgres_threads "$source/target/release/tokio_postgres_peer" many
}

make_pgx_peer() {
    mkdir -p "$directory/pgx"
    (cd "$here/pgx" && GO111MODULE=off GOPATH=/usr/share/gocode GOFLAGS='' go build -o "$directory/pgx/pgx_peer" .)
    launcher pgx "$directory/pgx/pgx_peer"
}

# "make_... || true" would go on behind a command that fails in it: so each has a shell of its own.
make_peer() {
    printf 'building %s\n' "$1"
    local status=0
    (
        set -e
        "make_$1"
    ) &
    wait $! || status=$?
    ((status == 0)) || printf '%s could not be built, and is left out\n' "$1" >&2
}

if [[ -n $install ]]; then
    install_packages
fi
rm -rf "$programs"
mkdir -p "$programs"
for peer in "${peers[@]}"; do
    make_peer "$peer"
done
exec "$benchmark" --peers "$programs" "$@"
