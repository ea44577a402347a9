#!/usr/bin/env bash
# Copyright (c) 2026 the coropq authors
# Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)
#
# Runs for as long as one likes what the tests run once: builds build/PRESET, then plays random schedules against the
# pool's decisions, ends the scenario of cancel_sweep_test at every point, lets the faults of faults_test happen, and
# inspects a database for 30 seconds while others change it, in turns, until the time is over. Stops at the first
# failure, which says how to see it again. On a bare Debian 12 scripts/install-dependencies.sh --with-server --with-tests
# installs what that needs.
#
#   soak.sh [--minutes N] [--preset PRESET]
#       --minutes N       60 unless told; the turn that has begun is finished
#       --preset PRESET   release unless told; asan and tsan make sense too

set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/.."

usage() {
    sed -n '/^#   /s/^#   //p' "${BASH_SOURCE[0]}" >&2
    exit 2
}

minutes=60
preset=release
while (($#)); do
    case $1 in
    --minutes)
        [[ ${2:-} =~ ^[1-9][0-9]*$ ]] || usage
        minutes=$2
        ;;
    --preset)
        [[ ${2:-} =~ ^(release|debug|asan|tsan)$ ]] || usage
        preset=$2
        ;;
    *) usage ;;
    esac
    shift 2
done

programs=(cancel_sweep_test faults_test cancel_statement_test pool_test)
[[ $preset == tsan ]] || programs+=(pool_schedules_test inspect_storm_test)

scripts/install-dependencies.sh --with-server --with-tests
cmake --preset "$preset" --log-level=WARNING >/dev/null
cmake --build --preset "$preset" --target "${programs[@]}"

# GCC 12's ThreadSanitizer can't live with all the address randomisation that newer kernels do.
prefix=()
if [[ $preset == tsan ]] && setarch -R true 2>/dev/null; then
    prefix=(setarch -R)
fi
if [[ $preset == tsan ]]; then
    export TSAN_OPTIONS="suppressions=$PWD/tests/support/tsan.supp${TSAN_OPTIONS:+:$TSAN_OPTIONS}"
fi

log=$(mktemp)
trap 'rm -f "$log"' EXIT
export COROPQ_SCHEDULES=30000
export COROPQ_STORM_SECONDS=30
turn=0
while ((SECONDS < minutes * 60)); do
    turn=$((turn + 1))
    COROPQ_FIRST_SCHEDULE=$((turn * COROPQ_SCHEDULES + 1))
    export COROPQ_FIRST_SCHEDULE
    for program in "${programs[@]}"; do
        path=$(find "build/$preset/tests" -name "$program" -type f)
        started=$SECONDS
        if ! "${prefix[@]}" "$path" --gtest_brief=1 >"$log" 2>&1; then
            cat "$log"
            echo "FAILED: $path, in turn $turn, after $SECONDS s" >&2
            exit 1
        fi
        printf 'turn %d: %-24s %4d s\n' "$turn" "$program" $((SECONDS - started))
    done
done
echo "Nothing failed in $turn turns."
