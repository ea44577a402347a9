#!/usr/bin/env bash
# What it costs to include the library: compile time of a file that includes <coropq/coropq.hpp>, beside one that
# includes <boost/asio.hpp>, in turn, median of several rounds. The ratio is ours over Asio's; the target is 1.25.
#
#   benchmarks/compile_time.sh [--quick] [--json FILE]        (CXX chooses the compiler)
set -euo pipefail

rounds=9
json=
while [ $# -gt 0 ]; do
    case "$1" in
    --quick) rounds=3 ;;
    --json)
        json=${2:?--json needs a file}
        shift
        ;;
    *)
        echo "usage: $0 [--quick] [--json FILE]" >&2
        exit 2
        ;;
    esac
    shift
done

include=$(cd "$(dirname "$0")/../include" && pwd)
compiler=${CXX:-c++}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

echo '#include <coropq/coropq.hpp>' >"$folder/coropq.cpp"
echo '#include <boost/asio.hpp>' >"$folder/asio.cpp"

# Milliseconds of wall time.
compile() {
    local begin=${EPOCHREALTIME/[.,]/} end
    "$compiler" -std=c++20 -I"$include" -c "$folder/$1.cpp" -o "$folder/$1.o"
    end=${EPOCHREALTIME/[.,]/}
    echo $(((end - begin) / 1000))
}

compile asio >/dev/null # reads the headers into the file cache
compile coropq >/dev/null
for ((round = 0; round < rounds; ++round)); do
    compile coropq >>"$folder/coropq.times"
    compile asio >>"$folder/asio.times"
done
median() { sort -n "$folder/$1.times" | sed -n "$((rounds / 2 + 1))p"; }
ours=$(median coropq)
theirs=$(median asio)
ratio=$(awk "BEGIN { printf \"%.2f\", $ours / $theirs }")

printf '%-28s %6d ms\n%-28s %6d ms\nratio %s (%s, %d rounds)\n' '<coropq/coropq.hpp>' "$ours" '<boost/asio.hpp>' \
    "$theirs" "$ratio" "$("$compiler" --version | head -n 1)" "$rounds"
if [ -n "$json" ]; then
    printf '[{"name": "compile_time", "params": {"rounds": %d}, "value": %d, "unit": "ms", "baseline": %d, "ratio": %s}]\n' \
        "$rounds" "$ours" "$theirs" "$ratio" >"$json"
fi
