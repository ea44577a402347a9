#!/usr/bin/env bash
# Copyright (c) 2026 the coropq authors
# Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)
#
# The first program anybody writes with the library, against a real server, on a machine that may have nothing yet:
# installs what is missing, builds the library and examples/table_names, starts a throwaway PostgreSQL that is shaped
# like Adobe's Query Service (TLS, a token of 1,634 characters as the password, database prod:all), prints the names of
# its tables, and removes the server. A second run builds only what changed.

set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/.."
if [[ -e build && ! -w build ]]; then
    echo "${BASH_SOURCE[0]##*/}: $PWD/build belongs to another user; remove it, or use a clone of your own" >&2
    exit 1
fi

echo '== 1/3  What the library needs =='
scripts/install-dependencies.sh --with-server

echo '== 2/3  Building the library and examples/table_names in build/release (a few minutes the first time) =='
if [[ -e build/release/CMakeCache.txt ]]; then
    # As it is: with tests when scripts/test.sh was here before.
    cmake --preset release --log-level=WARNING >/dev/null
else
    cmake --preset release --log-level=WARNING -DCOROPQ_BUILD_TESTS=OFF -DCOROPQ_UNITY_BUILD=ON >/dev/null
fi
cmake --build --preset release --target table_names

echo '== 3/3  Starting a throwaway PostgreSQL with TLS and asking it for its table names =='
# The whole URL, with the token in it, is for the program only. The variables are those of the inner shell.
# shellcheck disable=SC2016
scripts/with-postgres.sh sh -ec '
    echo "table_names postgresql://…:***@localhost:$COROPQ_PORT/prod:all?sslmode=verify-full&…"
    echo
    build/release/examples/table_names "$COROPQ_QS_URL"'
echo
echo 'Done. The server and its data are gone; the program is build/release/examples/table_names.'
