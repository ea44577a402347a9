#!/usr/bin/env bash
# Copyright (c) 2026 the coropq authors
# Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)
#
# Says where the sources aren't formatted as .clang-format has it, and what clang-tidy and shellcheck object to.
#
#   lint.sh [--quick] [--fix] [FILE.cpp]...
#       --quick   formatting and shell scripts only (a second instead of minutes)
#       --fix     formats the files instead of complaining
#       FILE      clang-tidy looks at these files; all of the library's when none is given

set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/.."

quick=no
format=(--dry-run -Werror)
files=()
for argument; do
    case $argument in
    --quick) quick=yes ;;
    --fix) format=(-i) ;;
    -*)
        sed -n '/^#   /s/^#   //p' "${BASH_SOURCE[0]}" >&2
        exit 2
        ;;
    *) files+=("$argument") ;;
    esac
done

scripts/install-dependencies.sh --with-lint

# Files that aren't committed yet count, build trees don't. (In a clone of another user Git wants to be told that it is
# meant.)
sources() { git -c safe.directory="$PWD" ls-files --cached --others --exclude-standard -- "$@"; }

status=0
echo '== clang-format =='
mapfile -t formatted < <(sources '*.hpp' '*.cpp')
clang-format-16 "${format[@]}" "${formatted[@]}" || status=1

echo '== shellcheck =='
mapfile -t scripts < <(sources '*.sh' .ci/run)
shellcheck "${scripts[@]}" || status=1

if [[ $quick == no ]]; then
    echo '== clang-tidy =='
    # It reads GCC's command lines without the one warning flag that it doesn't know.
    cmake --preset debug --log-level=WARNING >/dev/null
    ((${#files[@]})) || mapfile -t files < <(sources 'src/*.cpp')
    printf '%s\0' "${files[@]}" |
        xargs -0 -n 1 -P "$(nproc)" clang-tidy-16 -p build/debug --quiet --warnings-as-errors='*' || status=1
fi

if ((status == 0)); then
    echo 'Nothing to object.'
else
    echo 'See above; scripts/lint.sh --fix formats the sources.' >&2
fi
exit "$status"
