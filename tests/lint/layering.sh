#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Who may know whom. The tables are the rule; the test reads every #include and says what breaks it.
# usage: layering.sh SOURCE_FOLDER
cd "$1" || exit 1
status=0
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT

# The layers of cmodel/, and of files/ below it, lowest first. A row: the layer's files, and after -> the headers of rows above that they may include; their own they may
# always. X.h under oio/ is public (cmodel/include), everything else private (cmodel/src, files). A file that stands in no row is a fault.
cat >"$work/layers" <<'TABLE'
hex.h ->
lines.h lines.c ->
whole.h whole.c ->
oio/base.h base/base.c base/error.c ->
base/little_endian.h ->
base/turn.h ->
base/cold.h ->
base/wide.h ->
base/precondition.h ->
base/memory.h -> oio/base.h
base/root.h ->
base/stride.h base/stride.c -> oio/base.h
oio/rng.h base/rng.c -> oio/base.h base/precondition.h
base/normal.h base/normal.c ->
oio/crc16.h flit/crc16_kernels.h flit/crc16.c flit/crc16_vpclmul.c -> oio/base.h base/precondition.h
oio/fec.h fec/fec_state.h fec/fec.c fec/fec_portable.c fec/fec_avx512.c fec/locate.c fec/decode.c fec/hamming.c -> oio/base.h base/precondition.h base/memory.h
oio/fec_rates.h fec/fec_rates.c -> oio/fec.h oio/rng.h base/precondition.h
base/digest.h base/digest.c base/digest_avx512.c ->
base/sort.h base/sort.c ->
base/quantity.h base/quantity.c ->
base/spelling.h base/spelling.c -> base/precondition.h
oio/flit.h flit/fields.h flit/flit.c -> oio/base.h oio/crc16.h base/little_endian.h base/precondition.h
base/checkpoint.h base/checkpoint.c -> oio/base.h base/little_endian.h
flit/flit_stride.h flit/flit_stride.c -> oio/flit.h base/stride.h
flit/flit_checkpoint.h flit/flit_checkpoint.c -> oio/flit.h base/checkpoint.h
link/sequence.h ->
link/credit.h ->
link/replay.h link/replay.c -> oio/flit.h link/sequence.h base/cold.h
oio/plain.h plain/plain_state.h plain/plain_flit.c plain/plain.c plain/plain_tx.c plain/plain_rx.c -> oio/base.h oio/flit.h oio/crc16.h link/sequence.h base/little_endian.h base/precondition.h
oio/retimer.h retimer/retimer.c -> oio/base.h base/precondition.h
oio/states.h states/states_rules.h states/states.c states/states_rules.c states/states_side.c states/states_adapter.c states/states_bridge.c -> oio/base.h
oio/link.h link/link_state.h link/receiver.h link/link.c link/link_rx.c link/link_tx.c link/link_routed.c link/link_checkpoint.h link/link_checkpoint.c link/link_stride.h link/link_stride.c link/restart.h link/restart.c -> base/checkpoint.h base/stride.h flit/flit_stride.h flit/flit_checkpoint.h flit/fields.h oio/flit.h link/credit.h link/replay.h link/sequence.h base/cold.h base/precondition.h base/memory.h
channel/inner_code.h channel/inner_code.c -> base/normal.h
channel/markers.h channel/markers.c -> oio/base.h base/wide.h
oio/channel.h channel/lanes.h channel/lanes.c channel/condition.h channel/condition.c channel/strikes.h channel/strikes.c channel/forge.h channel/forge.c channel/errors.h channel/errors.c channel/correction.h channel/flit_code.h channel/flit_code.c channel/channel_state.h channel/channel_check.c channel/channel_checkpoint.h channel/channel_checkpoint.c channel/channel.c channel/blocks.h channel/blocks.c channel/channel_stride.h channel/channel_stride.c -> base/stride.h flit/flit_stride.h flit/fields.h channel/inner_code.h channel/markers.h base/normal.h base/root.h oio/rng.h base/checkpoint.h flit/flit_checkpoint.h oio/flit.h oio/fec.h base/wide.h base/cold.h base/digest.h base/little_endian.h base/precondition.h base/memory.h
oio/die.h node/body.h node/body.c node/die_state.h node/held.h node/held.c node/die.c node/pack.c node/unpack.c node/pattern.c node/die_checkpoint.h node/die_checkpoint.c node/die_stride.h node/die_stride.c -> base/stride.h link/link_stride.h base/checkpoint.h link/link_checkpoint.h oio/link.h link/credit.h oio/rng.h base/little_endian.h base/turn.h base/cold.h base/precondition.h
oio/bridge.h node/bridge_checkpoint.h node/bridge.c -> base/checkpoint.h link/link_checkpoint.h oio/link.h base/precondition.h
oio/tunnel.h node/tunnel_checkpoint.h node/tunnel.c -> oio/bridge.h oio/retimer.h flit/fields.h flit/flit_checkpoint.h base/checkpoint.h base/precondition.h
oio/routed_die.h node/flows.h node/flows.c node/routed_die_state.h node/routed_die.c node/routed_payload.c node/routed_die_checkpoint.h node/routed_die_checkpoint.c node/part.h -> base/checkpoint.h link/link_checkpoint.h node/die_checkpoint.h oio/die.h node/body.h base/little_endian.h base/precondition.h base/memory.h
oio/switch.h node/passing.h node/passing.c node/wait_code.h node/switch_state.h node/switch.c node/switch_checkpoint.h node/switch_checkpoint.c -> oio/base.h node/part.h base/checkpoint.h link/link_checkpoint.h oio/link.h base/little_endian.h base/precondition.h base/memory.h
rules/words.h rules/words.c ->
oio/rules.h rules/rules.c -> oio/base.h base/spelling.h base/precondition.h rules/words.h
oio/waivers.h rules/waivers.c -> oio/rules.h base/spelling.h rules/words.h lines.h
oio/monitor.h monitor/monitor_state.h monitor/monitor.c monitor/monitor_due.c monitor/monitor_need.c -> oio/rules.h oio/waivers.h oio/link.h base/precondition.h
oio/pins.h monitor/pins.c -> oio/rules.h oio/channel.h oio/monitor.h base/precondition.h
oio/faults.h faults/statement.h faults/statement.c faults/faults.c faults/fault_text.c -> oio/channel.h oio/rng.h lines.h
net/outages.h net/outages.c -> oio/faults.h oio/channel.h
oio/topology.h net/topology_state.h net/topology.c net/shapes.c net/topology_file.c net/route.c net/distance.c -> oio/base.h oio/rng.h lines.h base/memory.h
oio/routes.h net/deadlock.c net/lengths.c net/partners.c net/cut.c -> oio/topology.h net/topology_state.h oio/rng.h
oio/tech.h -> oio/base.h
oio/tech_figures.h tech/tech_figures.c -> oio/tech.h oio/fec_rates.h oio/fec.h oio/flit.h oio/rng.h base/normal.h
oio/budget.h tech/eye.c tech/budget.c -> oio/tech.h oio/rng.h base/normal.h base/root.h base/precondition.h
tech/citations.h tech/presets.h tech/tech.c tech/pluggable.c tech/copackaged.c tech/optical_io.c tech/electrical.c tech/optics.c -> base/spelling.h oio/tech.h oio/budget.h base/precondition.h
traffic/buckets.h ->
oio/histogram.h traffic/histogram.c -> oio/base.h traffic/buckets.h base/precondition.h
traffic/spread.h traffic/spread.c traffic/batches.h traffic/batches.c -> oio/base.h traffic/buckets.h
traffic/timeline.h traffic/timeline.c -> oio/base.h base/cold.h
traffic/detail.h traffic/detail.c -> oio/base.h traffic/batches.h traffic/spread.h traffic/timeline.h
oio/trace.h trace/trace_rules.h trace/trace_input.h trace/trace_input.c trace/trace_map.c trace/trace_read.c trace/trace_rules.c trace/trace_text.c trace/trace_write.c -> oio/base.h hex.h lines.h whole.h base/precondition.h
oio/config.h config/keys.h config/classes.c config/config.c config/config_file.c config/derive.c config/error_process.h config/error_process.c config/technology.h config/technology.c config/values.c -> base/quantity.h oio/tech_figures.h oio/tech.h oio/fec.h base/wide.h oio/routed_die.h oio/tunnel.h oio/bridge.h oio/channel.h oio/die.h lines.h base/precondition.h
oio/net.h net/net_state.h net/net.c net/tunnelled.c net/net_make.c net/net_faults.c net/net_parts.c net/net_heat.c net/net_memory.c net/routed.c net/watch.c net/scope.c net/net_checkpoint.c -> net/outages.h base/normal.h oio/tech.h oio/fec.h link/restart.h node/part.h base/checkpoint.h oio/faults.h channel/channel_checkpoint.h node/bridge_checkpoint.h node/tunnel_checkpoint.h node/die_checkpoint.h node/routed_die_checkpoint.h node/switch_checkpoint.h net/topology_state.h base/little_endian.h oio/config.h oio/topology.h oio/routes.h oio/routed_die.h oio/switch.h oio/tunnel.h base/cold.h base/digest.h base/precondition.h base/memory.h
traffic/collective.h traffic/collective.c traffic/schedule.h traffic/schedule.c traffic/step.h traffic/step.c traffic/step_text.c -> oio/trace.h oio/base.h base/quantity.h
traffic/arrivals.h traffic/arrivals.c -> oio/config.h oio/rng.h
traffic/packing.h traffic/packing.c -> oio/config.h oio/routed_die.h base/turn.h
oio/offer.h traffic/offer.c -> oio/config.h oio/routes.h traffic/packing.h
traffic/generate.h traffic/generate.c -> oio/config.h oio/offer.h oio/trace.h traffic/arrivals.h
traffic/sources.h traffic/sources.c -> oio/config.h oio/offer.h oio/trace.h oio/routes.h traffic/arrivals.h traffic/packing.h
oio/workload.h traffic/workload_state.h traffic/workload.c -> oio/config.h oio/offer.h oio/trace.h traffic/step.h traffic/generate.h traffic/sources.h
oio/traffic.h traffic/critical.h traffic/critical.c traffic/step_times.h traffic/step_times.c traffic/traffic_state.h traffic/traffic.c traffic/traffic_memory.c traffic/flow_table.c traffic/outstanding.c traffic/scoreboard.c traffic/traffic_stride.h traffic/traffic_stride.c -> base/stride.h traffic/buckets.h traffic/collective.h traffic/step.h traffic/sources.h oio/net.h oio/offer.h oio/config.h oio/histogram.h oio/routed_die.h oio/trace.h trace/trace_rules.h traffic/detail.h traffic/workload_state.h base/cold.h base/precondition.h base/memory.h base/sort.h
oio/cover.h cover/cover_table.h cover/cover_table.c cover/cover.c -> oio/net.h net/net_state.h oio/traffic.h base/precondition.h
oio/lives.h sim/lives_state.h sim/lives.c -> oio/flit.h oio/net.h net/net_state.h link/sequence.h base/precondition.h
sim/many.h sim/many.c sim/rounds.h sim/rounds.c -> sim/lives_state.h oio/net.h net/net_state.h oio/traffic.h base/cold.h base/memory.h base/sort.h
oio/sim.h sim/sim_state.h sim/sim.c sim/sim_rounds.c sim/sim_memory.c sim/trains.h sim/trains.c report/collect.c -> base/stride.h channel/channel_stride.h link/link_stride.h node/die_stride.h traffic/traffic_stride.h oio/cover.h oio/lives.h sim/lives_state.h traffic/collective.h traffic/detail.h oio/net.h net/net_state.h sim/many.h sim/rounds.h oio/traffic.h base/cold.h base/precondition.h base/memory.h
report/text.h report/text.c ->
oio/estimate.h report/estimate.c -> oio/base.h base/root.h base/precondition.h
report/sheet.h report/sheet.c -> report/text.h
report/steady.h report/steady.c -> oio/estimate.h base/root.h traffic/batches.h
oio/results.h cover/cover_file.c report/tables.h report/tables.c report/figures.h report/figures.c report/row.c report/detail_text.h report/detail_text.c report/notes.c report/results.c report/technology_text.h report/technology_text.c report/write_whole.c -> oio/waivers.h lines.h oio/cover.h oio/tech_figures.h oio/faults.h oio/tech.h oio/estimate.h oio/sim.h oio/topology.h report/sheet.h report/steady.h report/text.h traffic/detail.h base/precondition.h whole.h
TABLE

# What a file must not reach, however long the way: file, header.
cat >"$work/never" <<'TABLE'
channel/channel.c      oio/link.h
channel/channel.c      oio/die.h
link/link.c         oio/channel.h
link/link_rx.c      oio/channel.h
link/link_tx.c      oio/channel.h
link/link_routed.c  oio/channel.h
node/die.c          oio/channel.h
node/bridge.c       oio/channel.h
node/routed_die.c   oio/channel.h
node/switch.c       oio/channel.h
node/switch.c       oio/topology.h
link/link_checkpoint.c        oio/channel.h
node/die_checkpoint.c         oio/channel.h
node/routed_die_checkpoint.c  oio/topology.h
node/switch_checkpoint.c      oio/topology.h
node/routed_die.c   oio/topology.h
monitor/monitor.c      oio/channel.h
monitor/monitor.c      link/link_state.h
monitor/monitor_due.c  link/link_state.h
monitor/monitor_need.c link/link_state.h
traffic/histogram.c    oio/flit.h
trace/trace_read.c   oio/flit.h
trace/trace_write.c  oio/flit.h
TABLE

# A header brings types of things that its reader must leave alone. Files, and the calls that they must not make.
cat >"$work/calls" <<'TABLE'
oio/traffic.h traffic/traffic_state.h traffic/traffic.c traffic/flow_table.c traffic/outstanding.c traffic/scoreboard.c traffic/generate.h traffic/generate.c   oio_(link|channel|bridge)_
oio/results.h report/notes.c report/results.c report/text.c report/write_whole.c                                               oio_(link|channel|bridge|die|net)_
oio/monitor.h monitor/monitor_state.h monitor/monitor.c monitor/monitor_due.c monitor/monitor_need.c                                      oio_(link|channel|replay|credit|sequence|flit_seal)_
oio/config.h config/keys.h config/classes.c config/config.c config/config_file.c config/derive.c config/values.c                                                             oio_(link|channel|bridge|die)_
TABLE

# includes FILE...: "file header" of each #include in quotes, and of each <oio/...>.
includes() {
  awk '
    /^[ \t]*#[ \t]*include[ \t]*("|<oio\/)/ { header = $0; sub(/^[^"<]*["<]/, "", header); sub(/[">].*/, "", header); print FILENAME, header }
  ' "$@"
}
sources=$(find cmodel/include cmodel/src files -name '*.[ch]' | sort)
shorter='s,^cmodel/include/,,; s,^cmodel/src/,,; s,^files/,,'
echo "$sources" | sed "$shorter" >"$work/files"
includes $sources | sed "$shorter" >"$work/includes"

awk '
  function fault(text) { print "layering: " text; bad = 1 }
  function reach(from, to,  i, n, headers) { # depth first over what is included
    if (from in seen) return 0
    seen[from] = 1
    n = split(includes[from], headers, " ")
    for (i = 1; i <= n; i++) if (headers[i] == to || reach(headers[i], to)) return 1
    return 0
  }
  FILENAME ~ /layers$/ {
    for (i = 1; i <= NF && $i != "->"; i++) { row[$i] = FNR; if ($i ~ /\.h$/) may[FNR, $i] = 1 }
    if (i > NF) fault("the table: row " FNR " has no ->")
    for (i++; i <= NF; i++) {
      may[FNR, $i] = 1
      if (!($i in row) || row[$i] == FNR) fault("the table: row " FNR " includes " $i ", which is in no row above it")
    }
  }
  FILENAME ~ /files$/ && !($1 in row) { fault($1 " is in no row of the table: give it one in tests/lint/layering.sh") }
  FILENAME ~ /includes$/ {
    includes[$1] = includes[$1] " " $2
    if (($1 in row) && !((row[$1], $2) in may)) fault($1 " must not include " $2)
  }
  FILENAME ~ /never$/ { split("", seen); if (reach($1, $2)) fault($1 " must not reach " $2 ", directly or through other headers") }
  END { exit bad }
' "$work/layers" "$work/files" "$work/includes" "$work/never" >&2 || status=1

# code FILE...: "file:line: code" without comments, strings and format attributes.
code() {
  awk '
    FNR == 1 { comment = 0 }
    {
      out = ""; line = $0
      gsub(/\\\\|\\"/, "", line); gsub(/"[^"]*"/, "\"\"", line)
      while (line != "") {
        if (comment) { at = index(line, "*/"); if (!at) break; line = substr(line, at + 2); comment = 0 }
        at = index(line, "/*"); slashes = index(line, "//")
        if (slashes && (!at || slashes < at)) { out = out substr(line, 1, slashes - 1); break }
        if (!at) { out = out line; break }
        out = out substr(line, 1, at - 1); line = substr(line, at + 2); comment = 1
      }
      gsub(/format\(printf/, "", out)
      if (out ~ /[^ ]/) print FILENAME ":" FNR ": " out
    }' "$@"
}
# refuse MESSAGE PATTERN FILE...: the pattern must not stand in their code.
refuse() {
  refused=$1 what=$2
  shift 2
  if code "$@" | grep -E -e "^[^:]*:[0-9]+: .*($what)" >"$work/found"; then
    sed "s/^/layering: $refused: /" "$work/found" >&2
    status=1
  fi
}

while read -r line; do
  files=
  for file in ${line% *}; do
    case $file in oio/*) files="$files cmodel/include/$file" ;; *) files="$files cmodel/src/$file" ;; esac
  done
  refuse "not its business" "(^|[^_[:alnum:]])${line##* }[a-z0-9_]*\(" $files
done <"$work/calls"

# The library prints nothing, ends no program but where a debug build sees a precondition broken, and takes time and chance from its caller.
refuse "a library does not print, exit, or ask for time and chance" \
  '(^|[^_[:alnum:]])((printf|vprintf|puts|putchar|perror|exit|_exit|abort|assert|getenv|rand|srand|random|time|clock|clock_gettime|gettimeofday|sleep)[[:space:]]*\(|(stdout|stderr|stdin)([^_[:alnum:]]|$))' \
  $(echo "$sources" | grep -v '/precondition\.h$')

# Outside cmodel/ only public headers and headers of one's own part are included, by their names.
# only FOLDER PARTS: PARTS are the folders whose headers it may include besides oio/X.h, <system headers> and what lies beside the file.
only() {
  includes $(find "$1" -name '*.[ch]' -o -name '*.cpp' | sort) | while read -r file header; do
    case $header in
      oio/*) test -e "cmodel/include/$header" && continue
        case $1 in examples) test -e "bridge/${header#oio/}" && continue ;; esac ;;
      *../*) for folder in $2; do case ${header##*../} in "$folder"/*) continue 2 ;; esac done ;;
      V*.h) test "$1" = testbench && continue ;;
      *) for folder in "${file%/*}" $2; do test -e "$folder/$header" && continue 2; done ;;
    esac
    echo "layering: $file must not include $header"
  done >"$work/found"
  test -s "$work/found" || return 0
  cat "$work/found" >&2
  status=1
}
only tools "tools tools/seeing bridge/host tools/tech tools/results tools/sweep tools/wave wave files record"
only record ""

# The comparison of waveforms stands alone, but for files/: it knows nothing of the model and of the commands, and prints nothing either. Its
# commands know nothing of the model, and its tests what all tests share besides.
{
  includes wave/*.[ch] | while read -r file header; do
    test -e "wave/$header" || test -e "files/$header" || echo "layering: $file must not include $header"
  done
  includes $(find tools/wave wave/tests -name '*.[ch]') | while read -r file header; do
    case $file-$header in
      *-oio/* | *-*../*) ;;
      wave/tests/*) for folder in "${file%/*}" wave files tests/unit tests/fuzz; do test -e "$folder/$header" && continue 2; done
        case $header in fstapi.h) continue ;; esac ;;
      *) for folder in tools/wave wave files; do test -e "$folder/$header" && continue 2; done
        case $header in progress.h | interrupt.h) continue ;; esac ;;
    esac
    echo "layering: $file must not include $header"
  done
} | sort -u >"$work/found"
test -s "$work/found" && cat "$work/found" >&2 && status=1
refuse "a library does not print or exit" \
  '(^|[^_[:alnum:]])((printf|vprintf|puts|putchar|perror|exit|_exit|abort|assert)[[:space:]]*\(|(stdout|stderr|stdin)([^_[:alnum:]]|$))' \
  wave/*.[ch]
only bridge "bridge/dpi bridge/host bridge/systemc"
only testbench "testbench tools bridge/dpi bridge/host bridge/systemc files"
only examples ""

# DPI stands in bridge/ and testbench/ only.
if grep -rnE '(import|export)[[:space:]]*"DPI' rtl/ >&2; then
  echo "layering: rtl/ holds no DPI" >&2
  status=1
fi
exit $status
