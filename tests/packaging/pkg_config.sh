#!/bin/sh
# Builds and runs a program with nothing but pkg-config and the compiler.
#   pkg_config.sh PKG_CONFIG COMPILER PREFIX SOURCE OUTPUT
set -eu
pkg_config=$1 compiler=$2 prefix=$3 source=$4 output=$5

file=$(find "$prefix" -name coropq.pc)
PKG_CONFIG_PATH=$(dirname "$file")
export PKG_CONFIG_PATH
libraries=$("$pkg_config" --variable=libdir coropq)

package=coropq
define=-DWITHOUT_HTTPS
if "$pkg_config" --exists coropq_https; then
    package=coropq_https
    define=-DWITH_HTTPS
fi
flags=$("$pkg_config" --cflags --libs "$package")
echo "version $("$pkg_config" --modversion coropq), flags: $flags"
# The flags are several words.
# shellcheck disable=SC2086
"$compiler" -std=c++20 "$source" -o "$output" $define $flags
LD_LIBRARY_PATH="$libraries${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}" "$output"
