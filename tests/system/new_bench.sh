# SPDX-License-Identifier: Apache-2.0
# `oio new-bench` where Verilator stands for itself: what it says of the top is at hand, so that only the folder and the map are looked at. Whole
# benches are built and run by tests/cosim/foreign.
. "$(dirname "$0")/trace_shell.sh"
mkdir bin
cat >bin/verilator <<'END'
#!/bin/sh
if [ -n "${JSON:-}" ] && [ "$1" = --xml-only ]; then
  echo "%Error: Invalid option: --xml-only"
  exit 1
fi
while [ "$1" != --xml-output ] && [ "$1" != --json-only-output ]; do shift; done
cp "$DESCRIBED" "$2"
END
chmod +x bin/verilator
PATH=$folder/bin:$PATH
# describe PORT...: NAME/DIRECTION/WIDTH each, as Verilator tells them; then what of the module stands in extra.
: >extra
describe() {
  number=0
  echo '<verilator_xml><netlist><module loc="a,1,8,1,9" name="link" origName="link" topModule="1">'
  for port; do
    number=$((number + 1)) name=${port%%/*} rest=${port#*/}
    echo "<var loc=\"a,1,1,1,2\" name=\"$name\" dtype_id=\"${rest#*/}\" dir=\"${rest%/*}\" pinIndex=\"$number\" vartype=\"logic\" origName=\"$name\"/>"
  done
  cat extra
  echo '</module><typetable loc="a,0,0,0,0">'
  for bits in 1 480 512; do echo "<basicdtype loc=\"a,1,1,1,2\" id=\"$bits\" name=\"logic\" left=\"$((bits - 1))\" right=\"0\"/>"; done
  echo '</typetable></netlist></verilator_xml>'
}
line="line_tx_data/output/512 line_tx_valid/output/1 line_rx_data/input/512 line_rx_valid/input/1"
user="user_tx_data/input/480 user_tx_valid/input/1 user_tx_ready/output/1 user_rx_data/output/480 user_rx_valid/output/1"
describe clk/input/1 rst_n/input/1 $line $user >usual.xml
export DESCRIBED="$folder/usual.xml"
echo >link.sv
# says STATUS PATTERN ARGUMENT...
says() {
  want=$1 pattern=$2
  shift 2
  got=0
  "$oio" new-bench "$@" >stdout 2>stderr || got=$?
  [ "$got" = "$want" ] || fail "oio new-bench $*: exit status $got, not $want: $(cat stderr)"
  cat stdout stderr | grep -q -e "$pattern" || fail "oio new-bench $*: '$(cat stdout stderr)' does not match '$pattern'"
}
made() {
  says 0 "make -C $1 run" "$@" --top link --sources link.sv
}

sentence "a folder has map, glue, Makefile and README, and nothing else"
made plain
same "Makefile README.md bench.sv port.map verilator.log" "$(ls -A plain | tr '\n' ' ' | sed 's/ $//')"

sentence "files of another's are not written over"
for name in Makefile README.md bench.sv; do
  mkdir "of_$name"
  echo mine >"of_$name/$name"
  says 2 "this would be written over; .*of_$name/$name\$" "of_$name" --top link --sources link.sv
  same "$name mine" "$(ls -A "of_$name") $(cat "of_$name/$name")"
done
echo edited >plain/Makefile
"$oio" new-bench plain
grep -q '^OIO_DPI' plain/Makefile || fail "the Makefile is not made anew from the map"

sentence "a folder that cannot be one is named with the cause, and a width that is not the one asked for leaves nothing"
says 2 'link.sv: Not a directory' link.sv --top link --sources link.sv
says 2 'no/where: No such file or directory' no/where --top link --sources link.sv
says 2 'port line_tx_data has 64 bytes, not the 128' narrow --top link --sources link.sv --bytes 128
[ ! -e narrow ] || fail "left behind: $(ls -A narrow)"
sentence "arguments mean the same in the folder, reach Verilator as they were given, and what a map cannot hold is refused"
mkdir inc
made args --verilator -Iinc --verilator -y --verilator inc --verilator +incdir+inc+/usr --verilator '-DNAME="a $b'"'"'s"' --verilator -F --verilator x.f --verilator --Wall
same "-I$PWD/inc|-y|$PWD/inc|+incdir+$PWD/inc+/usr|-DNAME=\"a \$b's\"|-F|$PWD/x.f|--Wall|" "$(sed -n 's/^verilator *//p' args/port.map | tr '\n' '|')"
printf 'include Makefile\nshow:\n\t@printf "%%s|" $(ARGUMENTS)\n' >args/show.mk
same "$(sed -n 's/^verilator *//p' args/port.map | tr '\n' '|')" "$(make -s -C args -f show.mk -o Makefile -o bench.sv show)"
cp args/Makefile before
"$oio" new-bench args
cmp -s before args/Makefile || fail "the Makefile is another when it is made anew"
long=$(printf '%01200d' 0)
says 2 'less than 1,000 letters' long --top link --sources link.sv --verilator "-DX=$long"
says 2 'an argument is to have no #' hash --top link --sources link.sv --verilator '-DX=#1'
[ ! -e long ] && [ ! -e hash ] || fail "left behind: long or hash"
echo "tie x $long" >>plain/port.map
says 2 'port.map:[0-9]*: a line of a port map has less than' plain
sentence "a Verilator without XML is asked for JSON, and the map is the same"
made with_xml
{
  echo '{"type":"NETLIST","modulesp":[{"type":"MODULE","name":"link","origName":"link","stmtsp":['
  comma=
  for port in clk/INPUT/1 rst_n/INPUT/1 $(echo "$line $user" | tr a-z A-Z | sed 's,\([^ ]*\)/\([A-Z]*\)/,\L\1\E/\2/,g'); do
    name=${port%%/*} rest=${port#*/}
    echo "$comma{\"type\":\"VAR\",\"name\":\"$name\",\"origName\":\"$name\",\"dtypep\":\"(${rest#*/})\",\"direction\":\"${rest%/*}\",\"varType\":\"PORT\"}"
    comma=,
  done
  echo ']}],"miscsp":[{"type":"TYPETABLE","typesp":[{"type":"BASICDTYPE","addr":"(1)","keyword":"logic"}'
  for bits in 480 512; do echo ",{\"type\":\"BASICDTYPE\",\"addr\":\"($bits)\",\"keyword\":\"logic\",\"range\":\"$((bits - 1)):0\"}"; done
  echo ']}]}'
} >usual.json
DESCRIBED=$folder/usual.json JSON=1 made with_json
cmp with_xml/port.map with_json/port.map || fail "another map"
cmp with_xml/bench.sv with_json/bench.sv || fail "another bench"
echo "1..$planned passed"
