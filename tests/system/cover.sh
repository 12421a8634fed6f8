# SPDX-License-Identifier: Apache-2.0
# `--cover` and `oio cover`: runs hit what the table says, files add up, and no damaged one is read.
. "$(dirname "$0")/trace_shell.sh"
source=$2

# refused PATTERN ARGUMENT...: `oio cover` exits with 2 and one line that matches.
refused() {
  pattern=$1
  shift
  got=0
  "$oio" cover "$@" >stdout 2>stderr || got=$?
  same 2 "$got"
  same 1 "$(wc -l <stderr)"
  grep -q -- "$pattern" stderr || fail "oio cover $*: '$(cat stderr)' does not match '$pattern'"
}
count() { awk -v name="$2" '$1 == name { print $2 }' "$1"; }

sentence "a case by hand: one bit of one flit, on a pair that is idle but for it"
"$oio" sim --net pair --generate saturate --messages 3 --set workload.directions=a_to_b --faults 'at flit 1 wire 0: drop' --quiet --cover one --json one.json
same 1 "$(count one receive.invalid)"
same 1 "$(count one fault.drop.3.direct)"
same 1 "$(count one retry.nak_on_nop)"
same 1 "$(count one retry.nak_honoured)"
same 0 "$(count one retry.timeout)"
same 0 "$(count one retry.nak_stale_ignored)"
same "$(jq .retries.timeout one.json)" "$(count one retry.timeout)"
same 3 "$(awk '/^latency/ { n += $2 } END { print n }' one)"

sentence "every run of the table hits the bins that name it, and all of them 95 % of the table"
sh "$source/tests/bench/cover.sh" "$oio" "$folder/runs" >report || fail "$(cat report)"

sentence "files add up, in any order, and a run repeated is the sum of its runs"
"$oio" sim --generate poisson --load 0.4 --messages 200 --set optical.bit_error_rate=1e-5 --seed 2 --quiet --cover two
"$oio" sim --generate poisson --load 0.4 --messages 200 --set optical.bit_error_rate=1e-5 --seed 3 --quiet --cover three
"$oio" sim --generate poisson --load 0.4 --messages 200 --set optical.bit_error_rate=1e-5 --seed 2 --repeat 2 --quiet --cover both
"$oio" cover merge out/sum three two
cmp -s out/sum both || fail "--repeat 2 is not the sum of its runs"
paste -d ' ' two three out/sum | awk 'NR > 1 && ($1 != $5 || ($1 != "end" && $2 + $4 != $6)) { bad = 1 } END { exit bad }' || fail "no sum"
"$oio" cover merge two two three
cmp -s two both || fail "merge into one of its own files"

sentence "threads and detail leave it alone"
for more in '' '--threads 2' '--set results.detail=on' '--pcap p'; do
  "$oio" sim --net ring:4 --generate saturate --messages 500 --set row.bit_error_rate=2e-5 --quiet $more --cover "now"
  [ -f first ] || mv now first
  [ ! -f now ] || cmp now first || fail "another coverage with $more"
done

sentence "what is no file of coverage, cut off, damaged or of another version is refused, and nothing is written"
rm out/sum
refused 'cannot be read' report nowhere
echo hello >bad
refused 'no file of coverage' report bad
sed '1s/oio-cover [0-9]*/oio-cover 99/' one >bad
refused 'version 99' merge out/x one bad
head -c 700 one >bad
refused 'line' report bad
head -n -1 one >bad
refused 'before its line .end.' report bad
sed '$s/.*/end 5/' one >bad
refused 'damaged' report bad
sed '3s/ .*/ -1/' one >bad
refused 'line 3: .*no count' report bad
sed '3s/.*/some.bin 1/' one >bad
refused 'line 3: another bin' report bad
{ cat one; echo more 1; } >bad
refused 'behind the line' report bad
refused 'usage\|merge takes' merge out/x
refused 'report takes' report one --what
refused 'write over' report one --html ./one
same "" "$(ls out)"

sentence "with any byte changed, or cut off anywhere, it is refused"
seed=${OIO_SEED:-1}
awk -v seed="$seed" 'BEGIN { srand(seed); for (i = 0; i < 60; i++) print int(rand() * 1e6), int(rand() * 256) }' >places
size=$(wc -c <one)
while read -r at value; do
  at=$((at % (size - 1)))
  { head -c $at one; printf "\\$(printf %03o "$value")"; tail -c +$((at + 2)) one; } >bad
  got=0
  "$oio" cover report bad --json >stdout 2>stderr || got=$?
  cmp -s bad one && continue
  [ "$got" = 2 ] || fail "byte $at as $value was read (OIO_SEED=$seed)"
  head -c $at one >bad
  got=0
  "$oio" cover report bad >stdout 2>stderr || got=$?
  [ "$got" = 2 ] || fail "read though cut off at $at (OIO_SEED=$seed)"
done <places

sentence "a page and JSON have every bin"
"$oio" cover report one --json --html out/page.html >one.json
same "$(jq .bins one.json)" "$(jq '.bin | length' one.json)"
same "$(jq .bins one.json)" "$(grep -c '^<tr class' out/page.html)"
same "$(jq .hit one.json)" "$(grep -c '^<tr class="hit"' out/page.html)"
xmllint --html --noout out/page.html 2>stderr || fail "$(cat stderr)"
