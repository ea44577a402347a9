#!/usr/bin/env bash
# Copyright (c) 2026 the coropq authors
# Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)
#
# A PostgreSQL server that is used for a moment and leaves nothing behind. The demo, the tests and the benchmarks all
# start theirs here, so that there is one description of what it looks like.
#
#   throwaway-postgres.sh start DIR [--owner-pid PID] [--set NAME=VALUE]...
#       makes a new cluster below DIR (which must be missing or empty), starts it, and prints NAME='value' lines that a
#       shell can read; the same lines are in DIR/environment (mode 0600: passwords are in it). With --owner-pid the
#       cluster is stopped and removed once that process is gone, however it ended. --set changes a server setting.
#   throwaway-postgres.sh stop DIR            stops the server and removes DIR; fine when there is none
#   throwaway-postgres.sh halt DIR [MODE]     stops the server and keeps its data; MODE: smart, fast (default), immediate
#   throwaway-postgres.sh resume DIR          starts it again, on the same port
#
# The server listens on 127.0.0.1, ::1 (where there is IPv6) and a Unix socket below DIR. What is in it:
#   role coropq                     superuser; password; no password over the Unix socket
#   role app                        owns database app; scram-sha-256, with and without TLS
#   role certified                  client certificate, over TLS only
#   role ECBB8...@AdobeOrg          as Query Service has it: a token of 1,634 characters as cleartext password inside
#                                   TLS, refused without TLS; databases prod:all and prod:all?FLATTEN, whose tables
#                                   belong to postgres
# Run by root, the server runs as user postgres (COROPQ_POSTGRES_USER names another one). COROPQ_POSTGRES_BINDIR says
# where the server's programs are when they shouldn't be searched for. COROPQ_POSTGRES_TEMPLATES names a directory to
# keep finished data directories in, which later starts copy instead of making their own: for many servers in a row.

set -euo pipefail

# Settings of the caller's own servers must not reach this one.
unset "${!PG@}"
export LC_ALL=C
umask 022

readonly qs_user='ECBB80245ECFC73E8A095EC9@AdobeOrg'
readonly marker='.coropq-throwaway'
self=$(realpath -- "${BASH_SOURCE[0]}")
readonly self

fail() {
    printf '%s: %s\n' "${self##*/}" "$*" >&2
    exit 1
}

# --- the machine -----------------------------------------------------------------------------------------------------

find_bindir() {
    local candidate
    while IFS= read -r candidate; do
        if [[ -x $candidate/initdb && -x $candidate/postgres ]]; then
            printf '%s\n' "$candidate"
            return
        fi
    done < <(
        if [[ -n ${COROPQ_POSTGRES_BINDIR:-} ]]; then
            printf '%s\n' "$COROPQ_POSTGRES_BINDIR"
            exit
        fi
        printf '%s\n' /usr/lib/postgresql/*/bin | sort -rV
        pg_config --bindir 2>/dev/null || true
        command -v initdb | sed 's|/[^/]*$||' || true
    )
    cat >&2 <<-'MESSAGE'
	No PostgreSQL server is installed (looked for initdb in COROPQ_POSTGRES_BINDIR where that is set, otherwise in
	/usr/lib/postgresql/*/bin, pg_config --bindir and PATH).
	  Debian, Ubuntu:  sudo apt-get install postgresql
	  Fedora:          sudo dnf install postgresql-server
	or say where its programs are: COROPQ_POSTGRES_BINDIR=/where/they/are
	MESSAGE
    exit 1
}

need() {
    local program
    for program in openssl flock setsid; do
        command -v "$program" >/dev/null || fail "$program is missing (Debian: apt-get install openssl util-linux)"
    done
}

# The server refuses to run as root.
server_user() { printf '%s\n' "${COROPQ_POSTGRES_USER:-postgres}"; }

as_server() {
    local user
    if ((EUID != 0)); then
        "$@"
        return
    fi
    user=$(server_user)
    if command -v setpriv >/dev/null; then
        setpriv --reuid="$user" --regid="$(id -g "$user")" --init-groups -- "$@"
    else
        runuser -u "$user" -- "$@"
    fi
}

# A server that keeps an inherited pipe open would keep everybody waiting who reads that pipe to its end.
close_inherited() {
    local descriptor
    for descriptor in /proc/self/fd/*; do
        descriptor=${descriptor##*/}
        # 255 is where bash reads this script from.
        if ((descriptor > 2 && descriptor != 255)); then
            eval "exec $descriptor>&-" 2>/dev/null || true
        fi
    done
}

# When the process was started; nothing when it is gone or a zombie. A number alone may have been given to another one.
started_at() {
    local line fields
    { line=$(<"/proc/$1/stat"); } 2>/dev/null || return 0
    read -ra fields <<<"${line##*) }"
    [[ ${fields[0]} == [ZX] ]] || printf '%s\n' "${fields[19]}"
}

# --- secrets and certificates ----------------------------------------------------------------------------------------

random_hex() { openssl rand -hex "$1"; }

base64url() { openssl base64 -A | tr '+/' '-_' | tr -d '='; }

# Three base64url parts as an access token has them, 1,634 characters in all, another one for every cluster.
make_token() {
    local header payload filler
    header=$(printf '{"alg":"RS256","x5u":"ims_na1-key-at-1.cer","kid":"ims_na1-key-at-1","itt":"at"}' | base64url)
    payload="{\"id\":\"$(random_hex 16)\",\"type\":\"access_token\",\"expires_in\":\"86400000\",\"scope\":\""
    filler=$(random_hex 600)
    # 342 characters of signature and two dots leave this many; a JSON text of 3/4 of it fills them.
    local -r characters=$((1634 - 342 - 2 - ${#header}))
    local -r bytes=$((characters * 3 / 4))
    payload="$payload${filler:0:bytes - ${#payload} - 2}\"}"
    printf '%s.%s.%s' "$header" "$(printf '%s' "$payload" | base64url)" "$(openssl rand 256 | base64url)"
}

make_certificates() {
    local -r tls=$1
    local -r new_key=(-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes)
    mkdir "$tls"
    cat >"$tls/openssl.cnf" <<-'CONFIG'
	[req]
	distinguished_name = name
	prompt = no
	[name]
	[authority]
	basicConstraints = critical, CA:TRUE
	keyUsage = critical, keyCertSign, cRLSign
	subjectKeyIdentifier = hash
	[server]
	subjectAltName = DNS:localhost, IP:127.0.0.1, IP:::1
	extendedKeyUsage = serverAuth
	[other_host]
	subjectAltName = DNS:elsewhere.invalid
	extendedKeyUsage = serverAuth
	[client]
	extendedKeyUsage = clientAuth
	[ca]
	default_ca = issue
	[issue]
	database = index
	rand_serial = yes
	new_certs_dir = .
	default_md = sha256
	policy = any
	[any]
	commonName = supplied
	CONFIG
    (
        cd "$tls"
        umask 077
        openssl req -config openssl.cnf -x509 "${new_key[@]}" -keyout ca.key -out ca.crt -days 30 \
            -subj '/CN=coropq throwaway CA' -extensions authority
        openssl req -config openssl.cnf -x509 "${new_key[@]}" -keyout other_ca.key -out other_ca.crt -days 30 \
            -subj '/CN=unrelated CA' -extensions authority
        openssl req -config openssl.cnf -x509 -CA ca.crt -CAkey ca.key "${new_key[@]}" -keyout server.key \
            -out server.crt -days 30 -subj /CN=localhost -extensions server
        openssl req -config openssl.cnf -x509 -CA ca.crt -CAkey ca.key -key server.key -out wrong_host.crt -days 30 \
            -subj /CN=elsewhere.invalid -extensions other_host
        # Only "openssl ca" can choose a beginning in the past.
        : >index
        openssl req -config openssl.cnf -new -key server.key -out expired.csr -subj /CN=localhost
        openssl ca -config openssl.cnf -batch -notext -cert ca.crt -keyfile ca.key -in expired.csr -out expired.crt \
            -startdate 20200101000000Z -enddate 20200102000000Z -extensions server
        openssl req -config openssl.cnf -x509 -CA ca.crt -CAkey ca.key "${new_key[@]}" -keyout client.key \
            -out client.crt -days 30 -subj /CN=certified -extensions client
        openssl pkey -in client.key -aes256 -passout "pass:$2" -out client_encrypted.key
        openssl req -config openssl.cnf -x509 -CA other_ca.crt -CAkey other_ca.key "${new_key[@]}" \
            -keyout other_client.key -out other_client.crt -days 30 -subj /CN=certified -extensions client
        rm -f expired.csr index* ./*.pem openssl.cnf
        chmod 644 ./*.crt
    ) >"$tls.log" 2>&1 || {
        cat "$tls.log" >&2
        fail 'openssl could not make the certificates'
    }
    rm -f "$tls.log"
    if ((EUID == 0)); then
        chown "$(server_user)" "$tls/server.key"
    fi
}

# --- the server ------------------------------------------------------------------------------------------------------

write_configuration() {
    local -r dir=$1
    shift
    local addresses='127.0.0.1'
    if grep -q '^0\{31\}1 ' /proc/net/if_inet6 2>/dev/null; then
        addresses+=',::1'
    fi
    {
        cat <<-CONFIG
		listen_addresses = '$addresses'
		unix_socket_directories = '$dir/socket'
		max_connections = 300
		max_prepared_transactions = 10
		shared_buffers = 64MB
		# Nothing of it has to survive a crash, and nothing may be found below /dev/shm afterwards.
		fsync = off
		synchronous_commit = off
		full_page_writes = off
		wal_level = minimal
		max_wal_senders = 0
		autovacuum = off
		checkpoint_timeout = 1h
		# initdb makes it small with small segments, which are quicker to make and to copy.
		max_wal_size = 1GB
		dynamic_shared_memory_type = mmap
		password_encryption = 'scram-sha-256'
		ssl = on
		ssl_ca_file = '$dir/tls/ca.crt'
		ssl_cert_file = '$dir/tls/server.crt'
		ssl_key_file = '$dir/tls/server.key'
		timezone = 'UTC'
		log_timezone = 'UTC'
		datestyle = 'ISO, MDY'
		lc_messages = 'C'
		log_line_prefix = '%m [%p] %q%u@%d '
		CONFIG
        local setting
        for setting; do
            printf "%s = '%s'\n" "${setting%%=*}" "${setting#*=}"
        done
    } >>"$dir/data/postgresql.conf"
    cat >"$dir/data/pg_hba.conf" <<-HBA
	# TYPE     DATABASE  USER  ADDRESS  METHOD
	local      all       all            trust
	hostssl    all  "$qs_user"  all  password
	hostnossl  all  "$qs_user"  all  reject
	hostssl    all  certified  all  cert
	hostnossl  all  certified  all  reject
	host       all  all  all  scram-sha-256
	HBA
}

pg_ctl() { as_server "$bindir/pg_ctl" -s -D "$dir/data" "$@"; }

server_is_running() { pg_ctl status >/dev/null 2>&1; }

# 0: started; 1: the port is taken; ends the script when it doesn't start for another reason.
start_on_port() {
    local -r log=$dir/server.log
    local seen_before
    seen_before=$(wc -l <"$log")
    if (
        close_inherited
        pg_ctl start -w -t 60 -l "$log" -o "-p $1" </dev/null >/dev/null 2>&1
    ); then
        # It starts as well when one of its addresses is free only.
        tail -n "+$((seen_before + 1))" "$log" | grep -q 'could not bind' || return 0
        pg_ctl stop -w -m immediate >/dev/null
        return 1
    fi
    tail -n "+$((seen_before + 1))" "$log" | grep -q 'could not bind' && return 1
    tail -n 30 "$log" >&2
    fail "the server did not start (see above); programs: $bindir"
}

start_on_some_port() {
    local attempt port
    for ((attempt = 0; attempt != 50; ++attempt)); do
        # Below 32768, where the system takes the ports of outgoing connections from: so nobody gets it in a restart.
        port=$((15000 + (RANDOM * 32768 + RANDOM) % 17000))
        if start_on_port "$port"; then
            printf '%s\n' "$port" >"$dir/port"
            return
        fi
    done
    fail 'no free port found'
}

stop_server() {
    server_is_running || return 0
    local process mode
    process=$(head -n 1 "$dir/data/postmaster.pid" 2>/dev/null || true)
    for mode in "${1:-fast}" fast immediate; do
        pg_ctl stop -w -t 20 -m "$mode" >/dev/null 2>&1 && return
    done
    if [[ $process =~ ^[0-9]+$ ]]; then
        kill -KILL "$process" 2>/dev/null || true
    fi
}

run_sql() {
    "$bindir/psql" -X -q -v ON_ERROR_STOP=1 -h "$dir/socket" -p "$(<"$dir/port")" -U coropq -d postgres -o /dev/null
}

fill() {
    run_sql <<-SQL
	SET client_min_messages = warning;
	CREATE ROLE app LOGIN;
	CREATE ROLE certified LOGIN;
	CREATE ROLE postgres;
	CREATE ROLE "$qs_user" LOGIN;
	CREATE DATABASE app OWNER app;
	CREATE DATABASE "prod:all" OWNER postgres;
	\\connect "prod:all"
	SET ROLE postgres;
	CREATE TABLE luma_web_events (
	    _id text, "timestamp" timestamp, "eventType" text, "identityMap" text, "priceTotal" double precision);
	INSERT INTO luma_web_events VALUES
	    ('1-a', '2022-09-02 19:47:14', 'commerce.productViews', '[ECID -> "{(5000,t)}"]', NULL),
	    ('1-b', '2022-09-02 19:48:02', 'commerce.purchases', '[ECID -> "{(5000,t)}"]', 59.95),
	    ('1-c', '2022-09-03 08:00:00', 'web.webpagedetails.pageViews', '[ECID -> "{(5001,t)}"]', NULL);
	CREATE TABLE luma_loyalty_members ("loyaltyId" bigint, "firstName" text, tier text, points integer);
	INSERT INTO luma_loyalty_members VALUES
	    (1, 'Ada', 'gold', 1200), (2, 'Grace', 'silver', 640), (3, E'Zo\u00eb', 'bronze', 10);
	CREATE TABLE luma_product_catalog (sku text, name text, price numeric(10,2), available boolean);
	INSERT INTO luma_product_catalog VALUES
	    ('LLMH01', 'Hoodie', 59.95, true), ('LLWB02', 'Bag', 45.00, false), ('LLXS03', 'Socks', NULL, true);
	CREATE TABLE profile_snapshot_export_0f2c (profile text, segments integer);
	INSERT INTO profile_snapshot_export_0f2c VALUES ('p1', 3), ('p2', 0);
	CREATE VIEW luma_purchases AS SELECT * FROM luma_web_events WHERE "eventType" = 'commerce.purchases';
	GRANT SELECT ON ALL TABLES IN SCHEMA public TO "$qs_user";
	GRANT CREATE ON SCHEMA public TO "$qs_user";
	\\connect postgres
	CREATE DATABASE "prod:all?FLATTEN" OWNER postgres;
	\\connect "prod:all?FLATTEN"
	SET ROLE postgres;
	CREATE TABLE luma_web_events (
	    _id text, "timestamp" timestamp, "eventType" text,
	    "commerce.order.priceTotal" double precision, "web.webPageDetails.name" text);
	INSERT INTO luma_web_events VALUES
	    ('1-a', '2022-09-02 19:47:14', 'commerce.productViews', NULL, 'hoodie'),
	    ('1-b', '2022-09-02 19:48:02', 'commerce.purchases', 59.95, NULL);
	CREATE TABLE luma_loyalty_members ("loyaltyId" bigint, "person.name.firstName" text, "loyalty.points" integer);
	INSERT INTO luma_loyalty_members VALUES (1, 'Ada', 1200), (2, 'Grace', 640);
	CREATE VIEW luma_purchases AS SELECT * FROM luma_web_events WHERE "eventType" = 'commerce.purchases';
	GRANT SELECT ON ALL TABLES IN SCHEMA public TO "$qs_user";
	GRANT CREATE ON SCHEMA public TO "$qs_user";
	SQL
}

set_passwords() {
    run_sql <<-SQL
	ALTER ROLE coropq PASSWORD '$1';
	ALTER ROLE app PASSWORD '$2';
	ALTER ROLE "$qs_user" PASSWORD '$3';
	SQL
}

# --- templates -------------------------------------------------------------------------------------------------------
# initdb and the databases are most of the time that a start takes, and always the same. Passwords, certificates and the
# configuration are not in a template.

# Where the template of such a server is or would be: another one for each version of the server and of this script.
template_path() {
    local key
    key=$({ "$bindir/postgres" --version && server_user && cat "$self"; } | cksum)
    printf '%s/%s-%s\n' "$COROPQ_POSTGRES_TEMPLATES" "$EUID" "${key%% *}"
}

# Several may do this at once: the first one is kept. Whatever doesn't work (a full disk), there is just no template.
keep_template() {
    local -r template=$1 copy=$1.$$
    stop_server fast
    if ! { mkdir -p "${template%/*}" && cp -a "$dir/data" "$copy" && mv -T "$copy" "$template"; } 2>/dev/null; then
        rm -rf "$copy"
    fi
    start_on_port "$(<"$dir/port")" || start_on_some_port
}

# For the query part of a URL. Paths are ASCII here (start_cluster sees to it).
percent_encode() {
    local text=$1 result='' character i
    for ((i = 0; i != ${#text}; ++i)); do
        character=${text:i:1}
        case $character in
        [A-Za-z0-9._~/-]) result+=$character ;;
        *) printf -v character '%%%02X' "'$character" && result+=$character ;;
        esac
    done
    printf '%s' "$result"
}

write_environment() {
    local -r password=$1 app_password=$2 token=$3 key_password=$4
    local port verify encoded_user
    port=$(<"$dir/port")
    verify="sslmode=verify-full&sslrootcert=$(percent_encode "$dir/tls/ca.crt")"
    encoded_user=${qs_user/@/%40}
    while read -r name value; do
        printf "%s='%s'\n" "$name" "$value"
    done <<-VALUES
	COROPQ_URL postgresql://app:$app_password@localhost:$port/app?$verify
	COROPQ_QS_URL postgresql://$encoded_user:$token@localhost:$port/prod:all?$verify
	COROPQ_QS_FLATTEN_URL postgresql://$encoded_user:$token@localhost:$port/prod:all%3FFLATTEN?$verify
	COROPQ_HOST localhost
	COROPQ_PORT $port
	COROPQ_SOCKET_DIR $dir/socket
	COROPQ_DATABASE app
	COROPQ_USER app
	COROPQ_PASSWORD $app_password
	COROPQ_SUPERUSER coropq
	COROPQ_SUPERUSER_PASSWORD $password
	COROPQ_QS_USER $qs_user
	COROPQ_QS_DATABASE prod:all
	COROPQ_QS_TOKEN_FILE $dir/token
	COROPQ_CA $dir/tls/ca.crt
	COROPQ_OTHER_CA $dir/tls/other_ca.crt
	COROPQ_SERVER_CERT $dir/tls/server.crt
	COROPQ_SERVER_KEY $dir/tls/server.key
	COROPQ_EXPIRED_CERT $dir/tls/expired.crt
	COROPQ_WRONG_HOST_CERT $dir/tls/wrong_host.crt
	COROPQ_CERTIFIED_USER certified
	COROPQ_CLIENT_CERT $dir/tls/client.crt
	COROPQ_CLIENT_KEY $dir/tls/client.key
	COROPQ_CLIENT_ENCRYPTED_KEY $dir/tls/client_encrypted.key
	COROPQ_CLIENT_KEY_PASSWORD $key_password
	COROPQ_OTHER_CLIENT_CERT $dir/tls/other_client.crt
	COROPQ_OTHER_CLIENT_KEY $dir/tls/other_client.key
	COROPQ_DATA_DIR $dir/data
	COROPQ_SERVER_LOG $dir/server.log
	VALUES
}

# --- commands --------------------------------------------------------------------------------------------------------

# Whoever has the lock of a cluster may start, stop or remove it. Freed by the system when this process ends.
lock() {
    exec {lock_descriptor}>"$dir/lock"
    flock -w 120 "$lock_descriptor" || fail "another process has been busy with $dir for two minutes"
}

start_cluster() {
    local owner='' settings=()
    while (($#)); do
        case $1 in
        --owner-pid)
            [[ ${2:-} =~ ^[0-9]+$ ]] || fail '--owner-pid needs a process id'
            owner=$2
            ;;
        --set)
            [[ ${2:-} =~ ^[a-z_.]+=[^\'\\]*$ ]] || fail '--set needs NAME=VALUE, the value without quotes and backslashes'
            settings+=("$2")
            ;;
        *) fail "unknown option $1" ;;
        esac
        shift 2
    done
    need
    # Before anything is made, so that a failure leaves nothing.
    bindir=$(find_bindir)
    local owner_started=''
    if [[ -n $owner ]]; then
        owner_started=$(started_at "$owner")
        [[ -n $owner_started ]] || fail "there is no process $owner"
    fi
    if ((EUID == 0)); then
        id "$(server_user)" >/dev/null 2>&1 || fail "there is no user $(server_user) that the server could run as"
    fi
    # It goes into configuration files, URLs and the name of a socket.
    [[ $dir =~ ^[A-Za-z0-9._/+:@,~\ -]+$ ]] || fail "please use a directory with plain characters in its name: $dir"
    ((${#dir} <= 80)) || fail "the name of the directory is too long for a Unix socket below it: $dir"
    mkdir -p "$dir"
    [[ -z $(ls -A "$dir") ]] || fail "$dir is not empty"
    : >"$dir/$marker"
    lock
    # Once this much is there, whatever happens, it is removed again.
    trap 'remove_after_failure $?' EXIT
    trap 'exit 130' INT
    trap 'exit 143' TERM HUP
    if [[ -n $owner ]]; then
        # In a subshell that ends at once: who ends all descendants of a program doesn't meet the watchdog.
        (
            close_inherited
            setsid bash "$self" watch "$dir" "$owner" "$owner_started" </dev/null >/dev/null 2>&1 &
            printf '%s\n' "$!" >"$dir/watchdog"
        )
    fi

    chmod 755 "$dir"
    mkdir "$dir/socket" "$dir/data"
    : >"$dir/server.log"
    if ((EUID == 0)); then
        chown "$(server_user)" "$dir/socket" "$dir/data" "$dir/server.log"
    fi
    cd "$dir"
    as_server test -w "$dir/socket" ||
        fail "user $(server_user), who runs the server, can't reach $dir; use a directory below /tmp"

    local password app_password token key_password
    password=$(random_hex 16)
    app_password=$(random_hex 16)
    key_password=$(random_hex 8)
    token=$(make_token)
    ((${#token} == 1634)) || fail "the token came out with ${#token} characters"
    make_certificates "$dir/tls" "$key_password" &
    local -r certificates=$!
    local template='' made=''
    if [[ -n ${COROPQ_POSTGRES_TEMPLATES:-} ]]; then
        [[ $COROPQ_POSTGRES_TEMPLATES == /* ]] || fail 'COROPQ_POSTGRES_TEMPLATES needs an absolute name'
        template=$(template_path)
    fi
    if [[ -n $template && -d $template ]]; then
        cp -a "$template/." "$dir/data"
        cp -p "$dir/data/postgresql.conf.initdb" "$dir/data/postgresql.conf"
    else
        made=yes
        as_server "$bindir/initdb" -D "$dir/data" -U coropq -A trust -E UTF8 --locale=C.UTF-8 --no-sync \
            --no-instructions --wal-segsize=1 >"$dir/initdb.log" 2>&1 || {
            cat "$dir/initdb.log" >&2
            fail 'initdb failed'
        }
        cp -p "$dir/data/postgresql.conf" "$dir/data/postgresql.conf.initdb"
    fi
    wait "$certificates"
    write_configuration "$dir" ${settings[@]+"${settings[@]}"}
    start_on_some_port
    if [[ -n $made ]]; then
        fill
        # Settings may leave something in it.
        if [[ -n $template ]] && ((${#settings[@]} == 0)); then
            keep_template "$template"
        fi
    fi
    set_passwords "$password" "$app_password" "$token"
    (
        umask 077
        printf '%s' "$token" >"$dir/token"
        write_environment "$password" "$app_password" "$token" "$key_password" >"$dir/environment.new"
        mv "$dir/environment.new" "$dir/environment"
    )
    cat "$dir/environment"
}

# shellcheck disable=SC2317 # traps call it
remove_after_failure() {
    trap - EXIT
    trap '' INT TERM HUP
    (($1 == 0)) || remove_cluster || true
    exit "$1"
}

remove_cluster() {
    local watchdog
    watchdog=$(cat "$dir/watchdog" 2>/dev/null || true)
    if [[ -n $watchdog && $watchdog != "$$" ]] && tr '\0' ' ' <"/proc/$watchdog/cmdline" 2>/dev/null |
        grep -qF " watch $dir "; then
        kill -KILL "$watchdog" 2>/dev/null || true
    fi
    if [[ -e $dir/data/PG_VERSION ]]; then
        stop_server fast
    fi
    cd /
    # A process of the server may be writing its last file.
    rm -rf "$dir" 2>/dev/null || { sleep 0.5 && rm -rf "$dir"; }
}

stop_cluster() {
    # Nothing there, or a start that never came to making something.
    [[ -e $dir ]] && ! rmdir "$dir" 2>/dev/null || return 0
    [[ -e $dir/$marker ]] || fail "$dir was not made by this script; not touched"
    lock
    # Somebody else may have removed it while this one waited.
    [[ -e $dir/$marker ]] || return 0
    bindir=$(find_bindir)
    remove_cluster
}

halt_server() {
    lock
    bindir=$(find_bindir)
    [[ ${1:-fast} =~ ^(smart|fast|immediate)$ ]] || fail "unknown mode $1"
    stop_server "${1:-fast}"
}

resume_server() {
    local attempt
    lock
    bindir=$(find_bindir)
    for ((attempt = 0; attempt != 50; ++attempt)); do
        if start_on_port "$(<"$dir/port")"; then
            return
        fi
        sleep 0.1
    done
    fail "port $(<"$dir/port") has been taken by another program"
}

watch() {
    local -r owner=$1 started=$2
    local tick
    # A pipe that nobody writes to: reading from it waits, without a process "sleep" that would outlive this one.
    exec {tick}<> <(:)
    while [[ -e $dir/$marker ]]; do
        if [[ $(started_at "$owner") != "$started" ]]; then
            stop_cluster
            return
        fi
        read -rt 1 -u "$tick" || true
    done
}

main() {
    local -r command=${1:-}
    case $command in
    start | stop | halt | resume | watch) (($# >= 2)) || fail "$command needs a directory" ;;
    *)
        sed -n '/^#   /s/^#   //p' "$self" | sed -n '1,9p' >&2
        exit 2
        ;;
    esac
    dir=$(realpath -m -- "$2")
    shift 2
    case $command in
    start) start_cluster "$@" ;;
    stop) stop_cluster ;;
    halt) halt_server "$@" ;;
    resume) resume_server ;;
    watch) watch "$@" ;;
    esac
}

main "$@"
exit
