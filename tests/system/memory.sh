# SPDX-License-Identifier: Apache-2.0
# Each allocation of the main commands fails once, alone and with all that follow it: the command ends as without that, or with one line that says
# memory and exit status 2; and no output is there but as a whole. The first OIO_MEMORY_EACH (40), and as many
# of the others; a large number takes all.
# usage: memory.sh OIO SOURCE LIBRARY
. "$(dirname "$0")/trace_shell.sh"
source=$2 library=$3
each=${OIO_MEMORY_EACH:-40}
bin=$(dirname "$oio")
sample=$source/traces/ring-allreduce-8.oiotrace.gz

printf 'link.format=6\n' >my.cfg
zcat "$sample" | awk '!records || records < 20 { print } records { records++ } /^---/ { records = 1 } END { print "end 19" }' >short.trace
"$oio" trace info short.trace >/dev/null

# what_is_there: the outputs, but for figures of time and place.
what_is_there() {
  for file in out/*; do
    [ -f "$file" ] || continue
    echo "== $file"
    case $file in
      *.gz | *.fst) cksum <"$file" ;;
      *) sed 's/"\(wall_s\|cpu_s\|flit_hops_per_cpu_s\|seconds\)": [0-9.e+-]*//; s/time="[0-9.]*"//g' "$file" ;;
    esac
  done
}
# text_of FILE: it, but for figures of time.
text_of() { sed 's/"\(wall_s\|cpu_s\|flit_hops_per_cpu_s\)": [0-9.e+-]*//; s/[0-9.]* s = .*//; s/span [0-9.]* us//; s/ [0-9.]* s$//' "$1"; }
# carry_out FAIL_AT ARGUMENT...: $got, stdout, stderr and what_is_there in `there`.
carry_out() {
  at=$1
  shift
  rm -rf out && mkdir out
  got=0
  timeout 60 env OIO_FAIL_AT="$at" OIO_FAIL_COUNT="$folder/count" LD_PRELOAD="$library" "$oio" "$@" >stdout 2>stderr || got=$?
  what_is_there >there
}
# survives ARGUMENT...
survives() {
  carry_out 0 "$@"
  want=$got
  [ "$want" -lt 2 ] || fail "oio $*: $(cat stderr)"
  cp there whole
  text_of stdout >printed
  total=$(cat count) tried=0 refused=0 number=1
  while [ "$number" -le "$total" ]; do
    for at in $number $number-; do
      carry_out "$at" "$@"
      tried=$((tried + 1))
      replay="OIO_FAIL_AT=$at LD_PRELOAD=$library $oio $*"
      if [ "$got" = 2 ]; then
        [ "$(wc -l <stderr)" = 1 ] && grep -qi memory stderr || fail "$replay: $(head -c 400 stderr)"
        refused=$((refused + 1))
        grep -o '^== .*' there >names || true
        # What is there in spite of that is as without it.
        while read -r _ name; do
          awk -v name="== $name" '/^== / { on = $0 == name } on' there >this
          awk -v name="== $name" '/^== / { on = $0 == name } on' whole | cmp -s - this || fail "$replay: not whole, or left behind: $name"
        done <names
      else
        [ "$got" = "$want" ] || fail "$replay: exit status $got, not 2: $(head -c 400 stderr)"
        cmp -s there whole || fail "$replay: exit status $got, and other outputs: $(diff there whole | head -n 5)"
        text_of stdout | cmp -s - printed || fail "$replay: exit status $got, and other text: $(head -n 3 stdout)"
      fi
    done
    number=$((number + 1 + (number > each ? (total - each) / each : 0)))
  done
  echo "   $total allocations, $tried runs, $refused refused: oio $*"
}

sentence "each failing allocation of the simulator is one line, or makes no difference"
survives sim --generate poisson --flits 20 --config my.cfg --json out/r.json
survives sim --trace short.trace --json out/r.json --fidelity event
survives sim --generate saturate --flits 20 --json -

sentence "each of the trace commands"
survives trace info --json short.trace
survives trace record --workers 2 --rounds 1 --bytes 64 --map 0:0,1:1 -o /dev/null
survives flit encode --payload 01

if [ -x "$bin/oio-cosim" ]; then
  sentence "each of the bench, C++ and all"
  survives cosim --generate poisson --flits 5 --json out/r.json
fi

echo "1..$planned passed"
