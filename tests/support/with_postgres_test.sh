#!/usr/bin/env bash
# Copyright (c) 2026 the coropq authors
# Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)
#
#   with_postgres_test.sh SCRIPT      what scripts/with-postgres.sh promises: environment, exit status, nothing left

set -euo pipefail

script=$1
# In the place that the server's user can reach, and ours alone: so that it can be seen that nothing is left in it.
place=$(mktemp -d /tmp/coropq-script.XXXXXX)
chmod 755 "$place"
export TMPDIR=$place
trap 'rm -rf "$place"' EXIT

fail() {
    printf 'failed: %s\n' "$*" >&2
    exit 1
}

processes_left() { pgrep -f "$place/" >/dev/null; }

nothing_left() {
    local i
    # The watchdog of a killed script looks once a second.
    for ((i = 0; i != 600; ++i)); do
        if [[ -z $(ls -A "$place") ]] && ! processes_left; then
            return
        fi
        sleep 0.1
    done
    pgrep -af "$place/" >&2 || true
    ls -A "$place" >&2
    fail "something was left $1"
}

# Its output, its input and its exit status are the command's.
status=0
# shellcheck disable=SC2016 # for the inner shell
answer=$(echo through | "$script" bash -c 'read -r word
    psql -AtX "$COROPQ_URL" -c "select current_database() || chr(32) || \$\$$word\$\$"
    psql -AtX "$COROPQ_QS_URL" -c "select current_database(), length(\$\$$(<"$COROPQ_QS_TOKEN_FILE")\$\$)"
    exit 7') || status=$?
[[ $status == 7 ]] || fail "exit status $status instead of 7"
[[ $answer == $'app through\nprod:all|1634' ]] || fail "the command printed: $answer"
nothing_left 'after a command'

status=0
"$script" /nowhere/no-such-command 2>/dev/null || status=$?
[[ $status == 127 ]] || fail "exit status $status for a command that doesn't exist"
nothing_left 'after a command that does not exist'

# Signals to the script reach the command, and the server is removed.
for signal in TERM INT KILL; do
    # A shell lets programs in its background ignore INT.
    # shellcheck disable=SC2016 # for the inner shell
    env --default-signal=INT "$script" bash -c 'echo started >"$TMPDIR/started"; exec sleep 60' &
    process=$!
    for ((i = 0; i != 600; ++i)); do
        [[ ! -e $place/started ]] || break
        sleep 0.1
    done
    sleeper=
    for ((i = 0; i != 600; ++i)); do # the shell that wrote the file becomes it a moment later
        sleeper=$(pgrep -P "$process" -x sleep || true)
        [[ -z $sleeper ]] || break
        sleep 0.1
    done
    rm "$place/started"
    kill -s "$signal" "$process"
    status=0
    wait "$process" 2>/dev/null || status=$?
    ((status == 128 + $(kill -l "$signal"))) || fail "exit status $status after $signal"
    if [[ $signal == KILL ]]; then
        kill "$sleeper"
    elif kill -0 "$sleeper" 2>/dev/null; then
        fail "the command went on after $signal"
    fi
    nothing_left "after $signal"
done

# Without a server it says so, before it makes anything.
status=0
message=$(COROPQ_POSTGRES_BINDIR=/nowhere "$script" true 2>&1) || status=$?
[[ $status != 0 && $message == *'No PostgreSQL server is installed'*'apt-get install'* ]] || fail "it said: $message"
nothing_left 'after a start that failed'
