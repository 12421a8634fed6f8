# SPDX-License-Identifier: Apache-2.0
# Each allocation of the main commands fails once, alone and with all that follow it: the command ends as without that, or with one line that says
# memory and exit status 2; and no output is there but as a whole. The first OIO_MEMORY_EACH (40; 12 of waves), and as many
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
text_of() { sed 's/"\(wall_s\|cpu_s\|flit_hops_per_cpu_s\)": [0-9.e+-]*//; s/[0-9.]* s = .*//; s/span [0-9.]* us//; s/ [0-9.]* s$//; s/  *[0-9]*[.][0-9][0-9]\( \|$\)/ /' "$1"; }
# carry_out FAIL_AT ARGUMENT...: $got, stdout, stderr and what_is_there in `there`.
carry_out() {
  at=$1
  shift
  rm -rf out && mkdir out
  got=0
  # Only in oio itself, not in a command that it runs.
  timeout 60 sh -c 'export OIO_FAIL_PID=$$ OIO_FAIL_AT="$1" OIO_FAIL_COUNT="$2" LD_PRELOAD="$3"; shift 3; exec "$@"' sh "$at" "$folder/count" "$library" \
    "$oio" "$@" >stdout 2>stderr || got=$?
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
survives sim --generate poisson --messages 20 --config my.cfg --json out/r.json
survives sim --trace short.trace --json out/r.json --fidelity event
survives sim --net bridged --generate saturate --messages 20 --set optical.bit_error_rate=1e-4 --flit-log out/l.csv --perfetto out/t.json
survives sim --generate poisson --messages 400 --csv out --fidelity event
survives sim --net star:4 --generate step --set workload.step=compute:1us,all-reduce:2:4KiB,all-reduce:2@2:4KiB --fidelity event --json out/r.json
survives sim --net star:4 --generate all-reduce --set workload.bytes=4096 --fidelity event --append out/rows.csv
survives sim --generate saturate --messages 20 --json -

survives sim --net ring:4 --generate poisson --messages 20 --json out/r.json

sentence "each of the databases of results"
each=${OIO_MEMORY_EACH:-12}
"$oio" sweep --over load=0.2,0.5 --over optical.length_m=1,10 --generate poisson --messages 50 --db runs.db --quiet
survives results list runs.db --sort p99
survives results html runs.db -o out/page.html
survives results plot runs.db --x load --y p99 --by optical.length_m --csv out/plot.csv
each=${OIO_MEMORY_EACH:-40}

sentence "each of the trace commands"
survives trace generate --net ring:4 --generate all-reduce --set workload.bytes=4000 -o out/t.gz
survives trace generate --net star:4 --generate poisson --messages 20 -o out/t.gz
survives trace info --json short.trace
survives trace record --workers 2 --rounds 1 --bytes 64 --map 0:0,1:1 -o /dev/null
survives flit encode --payload 01
survives net show ring:4 --svg out/n.svg
survives tech list --json out/t.json
survives tech budget lpo_800g --json out/b.json --svg out/b.svg
survives compare --trace short.trace --length 30 --only lpo_800g,oio_generic_64g_nrz --samples 2 --json out/c.json --csv out/c.csv --html out/c.html
printf '[phase a]\noptical.tech = lpo_800g\n[phase b]\noptical.tech = oio_generic_64g_nrz\n' >phases.cfg
survives compare --phases phases.cfg --generate poisson --offer 10 --messages 20 --json out/p.json --csv out/p.csv --html out/p.html

{ netrace_header 8 2; netrace_packet 10 5 1 0 7 7; netrace_packet 12 7 2 7 0; } | bzip2 >short.tra.bz2
mkdir capture
cat >capture/noc_trace_dev0.json <<'X'
[{"src_device_id": 0, "num_bytes": 32, "timestamp": 40, "type": "FABRIC_UNICAST_ATOMIC_INC", "fabric_send": {"eth_chan": 1, "hops": 1}},
 {"src_device_id": 0, "dst_device_id": 1, "num_bytes": 64, "timestamp": 41, "type": "WRITE_"}]
X
cat >capture/topology.json <<'X'
{"forwarding_channel_pairs": [], "inter_device_channel_pairs":
 [{"local_device_id": 0, "local_eth_channel": 1, "remote_device_id": 1, "remote_eth_channel": 9}]}
X
sentence "each of the importers, in the library that reads JSON too"
survives trace import -o out/t.gz short.tra.bz2
survives trace import -o out/t.gz capture
printf 'num_ranks 2\nrank 0 {\na: calc 1\nb: send 9b to 1\nb requires a\n}\nrank 1 {\na: recv 9b from 0\nb: send 4b to 0\nb requires a\n}\n' >small.goal
survives trace import -o out/t.gz small.goal
printf 'Nodes 2\nConnections 2\n0->1 start 0 size 5 send_done_trigger 1\n1->0 trigger 1 size 6\ntrigger id 1 oneshot\n' >small.cm
survives trace import -o out/t.gz small.cm
printf "$(printf '1 4 10 - -\n2 7 5 - 1 comm_type=0 comm_size=800\n' | LC_ALL=C awk -f "$source/tests/system/chakra_encode.awk")" >small.et
survives trace import --ranks 2 -o out/t.gz small.et
printf '{"header": {"id": "a", "rank": 0, "n_ranks": 2}, "metadata": {}, "coll_perf": {"coll": "AllGather", "coll_sn": 1, "coll_msg_size_bytes": 64}}\n' >small.json
survives trace import -o out/t.gz small.json
printf '1 0 0 2 1 4\n2 2 1 0 0 1\n' >small.popnet
survives trace import -o out/t.gz small.popnet
survives trace info --svg out/m.svg short.trace

if [ -x "$bin/oio-systemc" ]; then
  sentence "each of the SystemC host, but for those that SystemC leaves unchecked"
  oio=$bin/oio-systemc
  export OIO_FAIL_SPARE=libsystemc
  survives --generate poisson --messages 5 --json out/r.json
  oio=$bin/oio
  unset OIO_FAIL_SPARE
fi

if [ -x "$bin/oio-c2c" ]; then
  sentence "each of the host behind DPI"
  survives cosim --rtl none --generate poisson --messages 5 --json out/r.json
fi

if [ -x "$bin/oio-cosim" ]; then
  sentence "each of the bench, C++ and all"
  survives cosim --generate poisson --messages 5 --json out/r.json
fi

# A run, and another in which some of it differs, comes later, is gone or is new: a vector, a real, a string, a clock.
make_run() {
  awk -v other="$1" 'BEGIN {
    print "$timescale 1 ns $end\n$scope module top $end\n$var wire 1 ! clk $end\n$var wire 8 \" data [7:0] $end\n$scope module u $end"
    print "$var real 64 # level $end\n$var string 1 $ name $end\n$var wire 1 % late $end"
    print "$var wire 1 & " (other ? "fresh" : "gone") " $end\n$var wire 1 \047 bit [0] $end\n$var wire 1 ( bit [1] $end"
    print "$upscope $end\n$upscope $end\n$enddefinitions $end\n#0\n$dumpvars\n0!\nb0 \"\nr0 #\nsidle $\n0%\n0&\n0\047\n1(\n$end"
    for (t = 5; t < 200; t += 5) {
      print "#" t "\n" (t / 5) % 2 "!"
      if (t % 10 == 0) print "b" (t % 20 ? "1011" : "110") (other && t == 100 ? "1" : "0") " \"\nr" t / 4 + (other && t > 150) " #"
      if (t % 20 == 0) print "srun" t (other && t > 120 ? "x" : "") " $\n" (t / 20) % 2 "\047"
      if (t % 30 == (other ? 5 : 0)) print (t % 60 < 30) "%"
    }
  }'
}
make_run 0 >golden.vcd
make_run 1 >new.vcd
gzip -nk golden.vcd new.vcd
"$oio" wavediff --quiet --diff-fst plain.fst golden.vcd new.vcd || same 1 $?
"$oio" wave bless golden.vcd --as made/golden >/dev/null
"$oio" wave bless new.vcd --as made/new >/dev/null
printf 'compare top.data : clock=top.clk\ncompare top.u.** : lead=2ns trail=2ns\nexclude top.u.fresh\n' >my.rules

sentence "what reads and compares waves allocates where failures are counted"
direct=$(grep -nE '[^_a-z](malloc|calloc|realloc|strdup|strndup)\(' "$source"/wave/*.[ch] "$source"/tools/wave/*.[ch] | grep -v '/memory\.c:' || true)
[ -z "$direct" ] || fail "not by memory.h: $direct"

# There are more of them by far.
each=${OIO_MEMORY_EACH:-12}

sentence "each of the comparison of waves, in every form"
survives wavediff --threads 1 golden.vcd new.vcd --json out/d.json --junit out/d.xml --html out/d.html --diff-fst out/d.fst
survives wavediff golden.vcd.gz new.vcd.gz --rules my.rules --json -
survives wavediff made/golden.fst made/new.fst --json out/d.json --junit out/d.xml --html out/d.html --diff-fst out/d.fst
survives wavediff made/golden.fst new.vcd.gz --github --strict
survives wavediff plain.fst plain.fst --tolerance 1ns
zstd -q -k golden.vcd
xz -q -k new.vcd
survives wavediff golden.vcd.zst new.vcd.xz

sentence "each of keeping and checking goldens, and of a run in parts"
survives wave bless golden.vcd --as out/golden --rules my.rules
survives wave bless out/golden --command 'cp golden.vcd {out.vcd}'
survives wave rules my.rules
survives wave parts golden.vcd new.vcd golden.vcd.gz
mkdir runs
cp golden.vcd runs/golden.vcd
cp golden.vcd runs/new.vcd
survives wave check made --from runs --report --json out/c.json --junit out/c.xml --keep out
"$oio" wave bless kept/golden --command 'cp golden.vcd {out.vcd}' >/dev/null
survives wave check kept

echo "1..$planned passed"
