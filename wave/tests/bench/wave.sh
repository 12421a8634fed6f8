#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Times the comparison of waveforms on a generated pair: 4,400 variables, 42 million changes, 105 MB of FST, 0.9 GB of VCD. Wall and CPU seconds,
# medians of the rounds; all cases run once in each round. Memory is what is anonymous (the files are mapped), the largest of many looks.
# usage: wave.sh BIN_FOLDER [ROUNDS]; OIO_BENCH_FOLDER keeps the files (5 GB) for another time.
set -euo pipefail
bin=$1
rounds=${2:-3}
variables=4400
cycles=46000
figures=$(mktemp -d)
folder=${OIO_BENCH_FOLDER:-$figures}
trap 'rm -rf "$figures"' EXIT
mkdir -p "$folder"

median() { sort -g | awk '{ v[NR] = $1 } END { print (NR % 2) ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2 }'; }
worst() { sort -g | tail -n 1; }

make() {
  local file=$1
  shift
  [ -s "$folder/$file" ] && return
  "$bin/make_waves" "$folder/$file.part.${file##*.}" $variables $cycles "$@" 2>/dev/null
  mv "$folder/$file.part.${file##*.}" "$folder/$file"
}

# look PID: the largest anonymous memory of a process, in MB, looked at every few milliseconds until it ends.
look() {
  local most=0 now
  while now=$(awk '/^RssAnon/ { print $2 }' "/proc/$1/status" 2>/dev/null) && [ -n "$now" ]; do
    [ "$now" -gt "$most" ] && most=$now
    sleep 0.004
  done
  echo $((most / 1024))
}

# once NAME STATUS COMMAND...: runs it and notes wall, CPU and memory.
once() {
  local name=$1 want=$2 status=0 pid
  shift 2
  TIMEFORMAT='%R %U %S'
  { time { "$@" >"$figures/out" 2>&1 & pid=$!; look $pid >"$figures/mb"; wait $pid || status=$?; }; } 2>"$figures/time"
  [ $status = "$want" ] || { echo "bench: $name: exit status $status, not $want" >&2; cat "$figures/out" >&2; exit 1; }
  "$bin/wave_time" "$@" >>"$figures/$name"
  cat "$figures/mb" >>"$figures/$name.mb"
}

# row NAME LABEL ASKED
row() {
  printf '%-34s %6.2f s wall %6.2f s CPU %5s MB anonymous   %s\n' "$2" "$(cut -d' ' -f1 "$figures/$1" | median)" \
    "$(cut -d' ' -f2 "$figures/$1" | median)" "$(worst <"$figures/$1.mb")" "$3"
}

echo "waveforms      $variables variables; files are made in $folder"
make a.fst
make b.fst
make fault.fst fault=2003:30000
make invert.fst invert
make a.vcd
make b.vcd
make rename.vcd rename
cat >"$figures/rules" <<'RULES'
exclude unit3.**
compare unit7.** unit8.** : x=golden z=x
compare unit9.** : lead=1ps trail=1ps
compare ** : clock=unit0.clk when=(unit0.flag1 == 1 || unit0.bus2 > 9) x=any
RULES
cat >"$figures/clocks" <<'RULES'
compare unit1.** : clock=unit1.clk
compare unit2.** : clock=unit2.clk edge=falling
compare unit3.** : x=any
compare ** : clock=unit0.clk
RULES
cd "$folder"
for ((i = 0; i < rounds; i++)); do
  once equal 0 "$bin/wavediff" a.fst b.fst
  once fault 1 "$bin/wavediff" a.fst fault.fst
  once full 1 "$bin/wavediff" a.fst invert.fst
  once clocked 1 "$bin/wavediff" a.fst invert.fst --clock unit0.clk
  once laden 1 "$bin/wavediff" a.fst invert.fst --rules "$figures/rules"
  once vcd 0 "$bin/wavediff" a.vcd b.vcd
  once rename 0 "$bin/wavediff" a.vcd rename.vcd
  once rename_clocked 0 "$bin/wavediff" a.vcd rename.vcd --clock unit0.clk
  once rename_clocks 0 "$bin/wavediff" a.vcd rename.vcd --rules "$figures/clocks"
done
row equal "FST, equal" "0.1 s asked"
row fault "FST, one bit wrong for a cycle" "0.1 s asked"
row full "FST, every chain different" "1.0 s asked"
row clocked "  the same, by clock" "3 times the plain one asked"
row laden "  the same, with rules of all kinds" "3 times the plain one asked"
row vcd "VCD, equal, same ids" "0.5 s asked"
row rename "VCD, equal, other ids" "2.5 s asked"
row rename_clocked "  the same, by clock" "3 times the plain one asked"
row rename_clocks "  the same, by three" "3 times the plain one asked"
if command -v fst2vcd >/dev/null; then
  began=$(date +%s.%N)
  cmp <(fst2vcd a.fst) <(fst2vcd b.fst) >"$figures/out" 2>&1 || true
  ended=$(date +%s.%N)
  awk -v s="$(awk -v a="$began" -v b="$ended" 'BEGIN { print b - a }')" -v own="$(cut -d' ' -f1 "$figures/full" | median)" \
    -v equal="$(cut -d' ' -f1 "$figures/equal" | median)" \
    'BEGIN { printf "fst2vcd | cmp (both at once)       %6.2f s wall; that is %.0f times full decode, %.0f times an equal pair\n", s, s / own, s / equal }'
else
  echo "fst2vcd is not here to compare with (package gtkwave)"
fi
began=$(date +%s.%N)
cmp a.vcd b.vcd
ended=$(date +%s.%N)
awk -v a="$began" -v b="$ended" -v own="$(cut -d' ' -f1 "$figures/vcd" | median)" \
  'BEGIN { printf "cmp of the equal VCD pair          %6.2f s wall; that is %.1f times ours\n", b - a, (b - a) / own }'
