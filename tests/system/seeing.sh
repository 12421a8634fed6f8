# SPDX-License-Identifier: Apache-2.0
# The files that show flits, read by others: packets by tshark through our dissector, trace events by jq, the log by awk; all against the JSON
# of the run, and against each other.
. "$(dirname "$0")/trace_shell.sh"
source=$2
lua=$source/tools/seeing/wireshark/oio.lua
command -v tshark >/dev/null || { echo "skipped: tshark is not installed: ./run setup all"; exit 77; }
export HOME="$folder"

# fields FILE FIELD...: of every packet; tshark's own notes go to a file.
fields() {
  file=$1
  shift
  for field in "$@"; do set -- "$@" -e "$field"; shift; done
  tshark -X "lua_script:$lua" -r "$file" -T fields "$@" 2>tshark.said
}
# count_of FILE COLUMN VALUE
count_of() { awk -v at="$2" -v value="$3" '$at == value { n++ } END { print n + 0 }' "$1"; }
figure() { jq -r "$1" r.json; }
# column NAME of the log
column() { awk -F , -v name="$1" 'NR == 1 { for (i = 1; i <= NF; i++) if ($i == name) at = i; next } { print $at }' out/log.csv; }

# shown ARGUMENT...: a run with all three files, which say what the run says, and that is what it says without them.
shown() {
  rm -rf out && mkdir out
  "$oio" sim "$@" --json plain.json --quiet || fail "oio sim $*: exit status $?"
  "$oio" sim "$@" --json r.json --quiet --flit-log out/log.csv --pcap out/p.pcapng --perfetto out/t.json || fail "oio sim $*: exit status $?"
  for file in plain r; do jq -S 'del(.wall_s, .cpu_s, .flit_hops_per_cpu_s)' $file.json >$file.sorted; done
  cmp -s plain.sorted r.sorted || fail "oio sim $*: another result where flits are shown"
  fields out/p.pcapng oio.wire oio.number oio.sent_ps oio.left_ps oio.arrival_ps oio.kind oio.sequence oio.replays oio.command oio.told \
    oio.round oio.echo oio.credit_limit oio.unacked_flits oio.credit_flits oio.wrong_bits oio.verdict frame.interface_id >packets
  i=0
  for kind in nop payload replay; do
    want=$(figure ".flits.$([ $kind = replay ] && echo replayed || echo $kind)")
    same "$kind $want" "$kind $(count_of packets 6 $i)"
    same "$kind $want" "$kind $(column kind | grep -cx $kind)"
    same "$kind $want" "$kind $(jq "[.traceEvents[] | select(.cat == \"$kind\" and .ph == \"X\")] | length" out/t.json)"
    i=$((i + 1))
  done
  same "$(figure .flits.duplicate)" "$(count_of packets 17 4)"
  # Packets and the log are the same, column by column; words of the one are numbers of the other.
  awk -F , 'BEGIN {
      split("nop payload replay", a, " "); for (i in a) kind[a[i]] = i - 1
      split("explicit ack nak", a, " "); for (i in a) command[a[i]] = i - 1
      split("accepted,nop,CRC wrong,discarded,duplicate,ahead,unknown,failed,ignored,passed,reset,under way,out of turn", a, ","); for (i in a) verdict[a[i]] = i - 1
      OFS = "\t"
    }
    NR > 1 { print $1, $4, $5, $6, $7, kind[$8], $9, $10, command[$11], $12, $13, $14, $15, $16, $17, $18, verdict[$19], $1 }' out/log.csv >logged
  cmp packets logged || fail "oio sim $*: packets and log differ"
  # Slices of a lane do not overlap.
  jq -r '.traceEvents[] | select(.ph == "X") | [.pid, .tid, (.ts * 1e6 | round), ((.ts + .dur) * 1e6 | round)] | @tsv' out/t.json | sort -n -k1,1 -k2,2 -k3,3 |
    awk '$1 == pid && $2 == tid && $3 < end { print "overlap at " $3; exit 1 } { pid = $1; tid = $2; end = $4 }' || fail "oio sim $*: slices of a lane overlap"
  same "$(wc -l <packets)" "$(jq '[.traceEvents[] | select(.ph == "X" and .cat != "arrival")] | length' out/t.json)"
}

sentence "packets, lanes and the log say what the run says, and the run is the same without them"
shown --generate poisson --load 0.6 --messages 500 --set optical.bit_error_rate=2e-5 --fidelity event
shown --net ring:4 --generate saturate --messages 500 --set row.bit_error_rate=2e-5 --set workload.vcs=2 --fidelity event --threads 2
shown --net pair --generate saturate --messages 500 --set optical.bit_error_rate=1e-4 --set optical.fec=kp4 --set link.format=6 --fidelity bit

sentence "the bytes that arrived, which the dissector reads for itself, say what was sent unless a bit is wrong"
shown --generate poisson --load 0.6 --messages 500 --set optical.bit_error_rate=2e-5 --fidelity bit
fields out/p.pcapng oio.wrong_bits oio.protocol oio.command oio.told oio.round oio.echo oio.credit_limit oio.flit.protocol oio.flit.command oio.flit.told \
  oio.flit.round oio.flit.echo oio.flit.credit_limit frame.len frame.cap_len >bytes
awk '$1 == 0 { for (i = 2; i <= 7; i++) if ($i != $(i + 6)) exit 1; same++ } $14 != 328 || $15 != 328 { exit 1 } END { exit same < 500 }' bytes ||
  fail "the bytes are not those of the flits: $(head -n 3 bytes)"
tshark -X "lua_script:$lua" -r out/p.pcapng -q -z expert,warn 2>/dev/null | grep -qE " $(count_of packets 17 2) +Checksum +OIO +the CRC is wrong" ||
  fail "no warning for each wrong CRC"

sentence "flits that a schedule damages are those whose CRC is wrong, by wire and number, and each is asked for again"
shown --generate saturate --messages 400 --faults 'at flit 20 wire 2: flip bits 3,17; at flit 90 wire 3: flip bits 1000; at flit 60 wire 0: drop'
same "0 60 2 20 3 90" "$(awk '$17 == 2 { print $1, $2 }' packets | sort -n | tr '\n' ' ' | sed 's/ $//')"
same 3 "$(figure .retries.crc)"
same "2 1" "$(awk '$17 == 2 && $1 != 0 { print $16 }' packets | tr '\n' ' ' | sed 's/ $//')"

sentence "what a reset drops and what the end leaves under way are told"
shown --generate saturate --messages 300 --set reset.at_ps=200000
[ "$(count_of packets 17 10)" -gt 0 ] || fail "nothing was dropped by the reset"
shown --generate saturate --messages 50 --set optical.length_m=50 --fidelity event
[ "$(count_of packets 17 11)" -gt 0 ] || fail "nothing is under way at the end"
same "72 328" "$(fields out/p.pcapng frame.cap_len frame.len | sort -u | tr '\t' ' ')"

# refused PATTERN ARGUMENT...: exit status 2, one line, and nothing is left.
refused() {
  pattern=$1
  shift
  rm -rf out && mkdir out
  got=0
  "$oio" sim --generate saturate --messages 10 --quiet "$@" 2>stderr || got=$?
  same "2 1" "$got $(wc -l <stderr)"
  grep -q -- "$pattern" stderr || fail "oio sim $*: '$(cat stderr)' does not match '$pattern'"
  [ -z "$(ls out)" ] || fail "oio sim $*: left behind: $(ls out)"
}
sentence "what cannot be written, or would be written over, is refused, and nothing is left behind"
for option in --flit-log --pcap --perfetto; do
  refused 'cannot be written: No such file' $option out/none/file
  refused 'leave --repeat out' $option out/file --repeat 2
  refused 'would be overwritten' $option out/file --json out/file
  refused 'space' $option /dev/full
done
got=0
"$oio" sweep --over load=0.2:0.4:0.2 --generate poisson --messages 10 --pcap out/file 2>stderr || got=$?
same "2 1" "$got $(wc -l <stderr)"
got=0
"$oio" faults cost --generate poisson --messages 10 --faults 'at 1us all: down for 1us' --pcap out/file 2>stderr || got=$?
same "2 1" "$got $(wc -l <stderr)"
got=0
"$oio" cosim --pcap out/file 2>stderr || got=$?
same "2 1" "$got $(wc -l <stderr)"

sentence "a pipe has the packets as the run goes on, and the commands of the guide work"
"$oio" sim --generate saturate --messages 300 --quiet --pcap /dev/stdout --json r.json | fields - oio.kind >packets
same "$(figure '.flits.payload + .flits.nop + .flits.replayed')" "$(wc -l <packets)"
cp "$lua" .
awk '/^```/ { inside = /^```sh$/; next } inside' "$source/docs/seeing.md" >guide
PATH=$(dirname "$oio"):$PATH
sh -e guide >said 2>&1 || fail "docs/seeing.md: $(tail -n 3 said)"
same 7 "$(grep -cE '^(oio|tshark|awk) ' guide)"
