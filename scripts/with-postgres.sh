#!/usr/bin/env bash
# Copyright (c) 2026 the coropq authors
# Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)
#
#   with-postgres.sh COMMAND [ARGUMENT]...
#
# Runs the command with a fresh PostgreSQL server that is gone afterwards, and returns the command's exit status.
# The command finds the server by its environment:
#   COROPQ_URL       an ordinary database, over TLS with sslmode=verify-full
#   COROPQ_QS_URL    the database that looks like Adobe's Query Service (user with an @, long token, prod:all)
# and by what else throwaway-postgres.sh tells: COROPQ_HOST, COROPQ_PORT, COROPQ_SUPERUSER, COROPQ_CA, ...

set -euo pipefail

scripts=$(dirname -- "$(realpath -- "${BASH_SOURCE[0]}")")

if (($# == 0)); then
    printf 'usage: %s COMMAND [ARGUMENT]...\n' "${0##*/}" >&2
    exit 2
fi

directory=$(mktemp -d "${TMPDIR:-/tmp}/coropq-postgres.XXXXXXXX")

# shellcheck disable=SC2317 # traps call it
remove_server() {
    trap '' INT TERM HUP
    "$scripts/throwaway-postgres.sh" stop "$directory" || true
}
trap remove_server EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
trap 'exit 129' HUP

# The lines are in a file as well; here they would only bury what the command prints.
"$scripts/throwaway-postgres.sh" start "$directory" --owner-pid $$ >/dev/null

set -a
# shellcheck source=/dev/null
. "$directory/environment"
set +a

# Bash looks at signals only when the program in its foreground has ended, and lets programs in the background ignore
# Ctrl-C and read from nowhere. So it waits for a program in the background that has both back.
command_process=''
interrupted=''
# shellcheck disable=SC2317 # traps call it
pass_on() {
    interrupted=yes
    kill -s "$1" "$command_process" 2>/dev/null || true
}
trap 'pass_on INT' INT
trap 'pass_on TERM' TERM
trap 'pass_on HUP' HUP
env --default-signal=INT,QUIT -- "$@" <&0 &
command_process=$!

# A signal ends "wait", but not what it waits for.
status=0
while :; do
    interrupted=''
    ended=0
    wait "$command_process" || ended=$?
    # 127 after the first round: it had ended already, with the status seen before.
    if [[ $ended != 127 || $status == 0 ]]; then
        status=$ended
    fi
    [[ -n $interrupted ]] || break
done
exit "$status"
