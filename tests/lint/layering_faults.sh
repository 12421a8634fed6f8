#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The layering test finds what it is there to find: one violation of each kind, planted in a copy, turns it red and is named.
# usage: layering_faults.sh SOURCE_FOLDER
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
missed=0

# plant EXPECTED FILE LINE: the line put at the end of the file (made if need be) must be answered by EXPECTED.
plant() {
  mkdir "$work/copy"
  for folder in cmodel files wave tools bridge testbench examples rtl tests/unit tests/fuzz; do
    mkdir -p "$work/copy/$folder"
    cp -R "$source/$folder/." "$work/copy/$folder"
  done
  printf '%s\n' "$3" >>"$work/copy/$2"
  if sh "$here/layering.sh" "$work/copy" >"$work/said" 2>&1; then
    echo "not seen: '$3' in $2" >&2
    missed=1
  elif ! grep -qF -e "$1" "$work/said"; then
    echo "'$3' in $2 was not answered by '$1' but by:" >&2
    cat "$work/said" >&2
    missed=1
  fi
  rm -r "$work/copy"
}
source=$1
sh "$here/layering.sh" "$source" || exit 1

plant 'channel/channel.c must not include oio/link.h' cmodel/src/channel/channel.c '#include "oio/link.h"'
plant 'channel/channel.c must not reach oio/link.h' cmodel/src/channel/errors.h '#include "oio/link.h"'
plant 'link/link_rx.c must not reach oio/channel.h' cmodel/src/link/replay.h '#  include <oio/channel.h>'
plant 'oio/trace.h must not include oio/flit.h' cmodel/include/oio/trace.h '#include "oio/flit.h"'
plant 'monitor/monitor.c must not include link/link_state.h' cmodel/src/monitor/monitor.c '#include "link/link_state.h"'
plant 'novel.c is in no row' cmodel/src/novel.c 'int oio_novel;'
plant 'not its business' cmodel/src/traffic/scoreboard.c 'void f(struct oio_link *l) { oio_link_reset(l); }'
plant 'does not print' cmodel/src/link/link.c 'void f(void) { /* */ printf("x"); }'
plant 'does not print' cmodel/src/sim/sim.c 'void f(void) { fprintf(stderr, "x"); }'
plant 'does not print' cmodel/src/base/rng.c 'void f(void) { exit(1); }'
plant 'tools/sim.c must not include link_state.h' tools/sim.c '#include "link_state.h"'
plant 'wave/engine.c must not include oio/link.h' wave/engine.c '#include "oio/link.h"'
plant 'wave/engine.c must not include wave_command.h' wave/engine.c '#include "wave_command.h"'
plant 'wave/engine.c must not include interrupt.h' wave/engine.c '#include "interrupt.h"'
plant 'tools/wave/bless.c must not include oio/config.h' tools/wave/bless.c '#include "oio/config.h"'
plant 'tools/wave/bless.c must not include options.h' tools/wave/bless.c '#include "options.h"'
plant 'wave/tests/unit/test_wave_vcd.c must not include oio/rng.h' wave/tests/unit/test_wave_vcd.c '#include "oio/rng.h"'
plant 'does not print or exit' wave/engine.c 'void f(void) { printf("x"); }'
plant 'bridge/dpi/oio_dpi.c must not include ../../cmodel/src/link/replay.h' bridge/dpi/oio_dpi.c '#include "../../cmodel/src/link/replay.h"'
plant 'bridge/dpi/oio_dpi.c must not include options.h' bridge/dpi/oio_dpi.c '#include "options.h"'
plant 'rtl/ holds no DPI' rtl/oio_timer.sv 'import "DPI-C" function int f();'
exit $missed
