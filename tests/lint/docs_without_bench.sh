#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# In a build without the Verilated bench the commands of the documents still work, but for those that need it and what they would have made.
# usage: docs_without_bench.sh BIN_FOLDER SOURCE_FOLDER
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/bin"
cp "$1/oio" "$1/wavediff" "$work/bin"
bash "$here/docs.sh" "$work/bin" "$2" >"$work/said"
left_out=$(grep -c '^skipped: .*: oio cosim' "$work/said")
tail -n 1 "$work/said"
echo "$left_out of oio cosim are left out"
