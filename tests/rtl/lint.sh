#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Every module alone, with its default parameters, and the top at both widths and with odd sizes: verilator -Wall has nothing to say.
# usage: lint.sh VERILATOR RTL_FOLDER
verilator=$1
cd "$2" || exit 1
failed=0
lint() {
  if ! "$verilator" --lint-only -Wall -y . "$@"; then
    echo "lint: $*" >&2
    failed=1
  fi
}
for file in oio_*.sv; do
  module=${file%.sv}
  test "$module" = oio_pkg && continue
  package=
  grep -q 'oio_pkg::' "$file" && package=oio_pkg.sv
  lint $package "$file" --top-module "$module"
done
for width in 64 128; do
  lint -GDataBytes=$width oio_pkg.sv oio_bridge.sv --top-module oio_bridge
  lint -GDataBytes=$width -GDieWindowFlits=1 -GOpticalWindowFlits=5 -GDieBufferFlits=3 -GOpticalBufferFlits=1 \
    oio_pkg.sv oio_bridge.sv --top-module oio_bridge
  lint -GDataBytes=$width -GProtection=2 oio_pkg.sv oio_bridge.sv --top-module oio_bridge
  lint -GDataBytes=$width -GProtection=1 oio_pkg.sv oio_bridge_clocks.sv --top-module oio_bridge_clocks
done
exit $failed
