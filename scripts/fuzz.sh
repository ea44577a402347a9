#!/usr/bin/env bash
# Copyright (c) 2026 the coropq authors
# Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)
#
# Looks for bytes that the decoders and parsers don't survive, with libFuzzer, AddressSanitizer and
# UndefinedBehaviorSanitizer: installs what is missing, builds tests/fuzz in build/fuzz, runs the targets one after the
# other. What a target has learned is kept in build/fuzz/corpus/TARGET and is where the next run begins. Ends with 1 when
# something was found, and says how to run it again.
#
#   fuzz.sh [--seconds N] [TARGET]...
#       --seconds N   for each target; 60 unless told
#       TARGET        the name of a file of tests/fuzz, such as decode_scalars; all of them when none is given

set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/.."

usage() {
    sed -n '/^#   /s/^#   //p' "${BASH_SOURCE[0]}" >&2
    exit 2
}

seconds=60
targets=()
while (($#)); do
    case $1 in
    --seconds)
        [[ ${2:-} =~ ^[1-9][0-9]*$ ]] || usage
        seconds=$2
        shift
        ;;
    -*) usage ;;
    *) targets+=("$1") ;;
    esac
    shift
done
all=()
for directory in tests/fuzz/corpus/*/; do
    all+=("$(basename "$directory")")
done
((${#targets[@]})) || targets=("${all[@]}")
for target in "${targets[@]}"; do
    if [[ " ${all[*]} " != *" $target "* ]]; then
        echo "${BASH_SOURCE[0]##*/}: there is no target $target; there are: ${all[*]}" >&2
        exit 2
    fi
done

scripts/install-dependencies.sh --with-clang
cmake --preset fuzz --log-level=WARNING >/dev/null
cmake --build --preset fuzz --target "${targets[@]/#/fuzz_}"

# binutils' addr2line says what the addresses in a report are: Debian's clang-16 comes without its own symbolizer.
ASAN_OPTIONS=external_symbolizer_path=$(command -v addr2line)${ASAN_OPTIONS:+:$ASAN_OPTIONS}
export ASAN_OPTIONS

status=0
for target in "${targets[@]}"; do
    corpus=build/fuzz/corpus/$target
    findings=build/fuzz/findings/$target
    log=build/fuzz/$target.log
    mkdir -p "$corpus" "$findings"
    # The first directory is the one that grows.
    if build/fuzz/tests/fuzz/"fuzz_$target" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 -max_len=1024 \
        -print_final_stats=1 -artifact_prefix="$findings/" "$corpus" "tests/fuzz/corpus/$target" >"$log" 2>&1; then
        runs=$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")
        printf '%-20s %10s inputs in %s s: nothing found\n' "$target" "$runs" "$seconds"
    else
        status=1
        printf '%-20s FOUND SOMETHING: %s\n' "$target" \
            "$(grep -aEm1 "doesn't hold|terminate called|runtime error|ERROR:" "$log" || echo "see $log")"
        input=$(sed -n 's/^.*Test unit written to //p' "$log" | tail -n 1)
        echo "    input:     ${input:-none was written}"
        echo "    all of it: $log"
        echo "    again:     build/fuzz/tests/fuzz/fuzz_$target ${input:-}"
        echo "    when it is repaired, the input belongs into tests/fuzz/corpus/$target"
    fi
done
exit "$status"
