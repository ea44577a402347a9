#!/usr/bin/env bash
# Copyright (c) 2026 the coropq authors
# Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)
#
# Installs what is missing, builds everything, runs all tests. A second run builds only what changed. Arguments are
# given to ctest: `scripts/test.sh -R url` runs the tests with "url" in their names, `-L integration` those with a label.

set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/.."
if [[ -e build && ! -w build ]]; then
    echo "${BASH_SOURCE[0]##*/}: $PWD/build belongs to another user; remove it, or use a clone of your own" >&2
    exit 1
fi

echo '== 1/3  What the library and its tests need =='
scripts/install-dependencies.sh --with-server --with-tests

echo '== 2/3  Building everything in build/release (several minutes the first time) =='
cmake --preset release --log-level=WARNING -DCOROPQ_BUILD_TESTS=ON -DCOROPQ_PRECOMPILE_TESTS=ON \
    -DCOROPQ_UNITY_BUILD=ON >/dev/null
cmake --build --preset release

echo '== 3/3  Running the tests; they start throwaway PostgreSQL servers and remove them =='
# Tests with a server wait more than they compute: for two of them there is room on each core.
exec ctest --preset release --parallel "$((2 * $(nproc)))" --no-label-summary "$@"
