#!/usr/bin/env bash
# Copyright (c) 2026 the coropq authors
# Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)
#
# Prints the folder with what inspect_sqlalchemy_test compares with, and fetches it if it isn't there yet, as anybody:
# nothing is installed. From Debian 13, by apt-get, whichever Debian this is:
#   python/         SQLAlchemy 2.0 and what it needs; Debian 12 has 1.4
#   zabbix.sql      the tables of Zabbix
#   mediawiki.sql   those of MediaWiki
# The folder is $COROPQ_REFERENCE, or else coropq/reference in the user's cache.

set -euo pipefail

readonly self=${BASH_SOURCE[0]##*/}
readonly release=trixie
readonly keyring=/usr/share/keyrings/debian-archive-keyring.gpg
folder=${COROPQ_REFERENCE:-${XDG_CACHE_HOME:-${HOME:-/tmp}/.cache}/coropq/reference}

complete() { [[ -d $1/python/sqlalchemy && -s $1/zabbix.sql && -s $1/mediawiki.sql ]]; }

fail() {
    echo "$self: $*" >&2
    exit 1
}

if complete "$folder"; then
    echo "$folder"
    exit 0
fi

for program in apt-get dpkg-deb gzip; do
    command -v $program >/dev/null || fail "no $program here: needs a Debian system, or $folder copied from one"
done
[[ -r $keyring ]] || fail "no $keyring: needs a Debian system, or $folder copied from one"

# From wherever this machine gets its packages, whatever is configured there for them (proxies, credentials).
# shellcheck disable=SC2016  # apt-get's own
mirror=$(apt-get indextargets --format '$(REPO_URI) $(RELEASE) $(COMPONENT)' 'Created-By: Packages' |
    awk '$2 ~ /^(bookworm|trixie|stable|oldstable)$/ && $3 == "main" {print $1; exit}')
[[ -n $mirror ]] || fail 'apt-get has no mirror of Debian configured (main of bookworm or trixie)'

mkdir -p "${folder%/*}" || fail "can't write to ${folder%/*}; COROPQ_REFERENCE may name another folder"
work=$(mktemp -d "$folder.XXXXXX")
trap 'rm -rf "$work"' EXIT
mkdir -p "$work"/{lists/partial,archives/partial,debs,root,reference}
echo "deb [signed-by=$keyring] $mirror $release main" >"$work/sources.list"
: >"$work/status"

# Its own lists, so that nobody's packages are touched.
apt_get() {
    apt-get -qq -o Dir::Etc::SourceList="$work/sources.list" -o Dir::Etc::SourceParts=/nonexistent \
        -o Dir::Etc::PreferencesParts=/nonexistent -o Dir::State::Lists="$work/lists" \
        -o Dir::State::status="$work/status" -o Dir::Cache="$work" -o Acquire::Languages=none \
        -o Acquire::Retries=3 -o APT::Update::Error-Mode=any -o APT::Sandbox::User= "$@" </dev/null
}
packages=(python3-sqlalchemy python3-typing-extensions zabbix-server-pgsql mediawiki)
if ! { apt_get update && cd "$work/debs" && apt_get download "${packages[@]}"; } >"$work/log" 2>&1; then
    cat "$work/log" >&2
    fail "can't download ${packages[*]} of Debian's $release (is this machine offline?)." \
        "With a network, this script fetches them into $folder once, 40 MB"
fi

for package in python3-sqlalchemy python3-typing-extensions zabbix-server-pgsql; do
    dpkg-deb -x "$work/debs/$package"_*.deb "$work/root"
done
mv "$work/root/usr/lib/python3/dist-packages" "$work/reference/python"
gzip -dc "$work/root/usr/share/zabbix-server-pgsql/schema.sql.gz" >"$work/reference/zabbix.sql"
# Thousands of files, of which two are wanted.
maintenance=./usr/share/mediawiki/maintenance/postgres
dpkg-deb --fsys-tarfile "$work"/debs/mediawiki_*.deb |
    tar -xO $maintenance/tables-generated.sql $maintenance/tables.sql >"$work/reference/mediawiki.sql"
complete "$work/reference" || fail 'the packages have their files elsewhere now; this script must be told where'

# Somebody else may have been quicker.
if ! mv -T "$work/reference" "$folder" 2>/dev/null; then
    complete "$folder" || { rm -rf "$folder" && mv -T "$work/reference" "$folder"; }
fi
echo "$folder"
