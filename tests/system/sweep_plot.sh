# SPDX-License-Identifier: Apache-2.0
# `oio sweep plot` as a user meets it: what is drawn is where it should be, and the numbers are those of the lines.
. "$(dirname "$0")/trace_shell.sh"

# declines PATTERN ARGUMENT...: exit status 2, one line on standard error, nothing made.
declines() {
  pattern=$1
  shift
  got=0
  "$oio" sweep plot "$@" >stdout 2>stderr || got=$?
  [ "$got" = 2 ] || fail "oio sweep plot $*: exit status $got, not 2: $(cat stderr)"
  [ "$(wc -l <stderr)" = 1 ] || fail "oio sweep plot $*: not one line: $(cat stderr)"
  grep -q -- "$pattern" stderr || fail "oio sweep plot $*: '$(cat stderr)' does not match '$pattern'"
  [ -z "$(ls out)" ] || fail "oio sweep plot $*: left behind: $(ls out)"
}
plots() { "$oio" sweep plot "$@" >stdout 2>stderr || fail "oio sweep plot $*: exit status $?: $(cat stderr)"; }
says() { grep -q -- "$1" stderr || fail "'$(cat stderr)' does not match '$1'"; }

# A sweep written by hand, so that every number is known: load 1 and 2, tech a and b, three seeds, p99 as in the table.
cat >table <<'TABLE'
0 1 a 1000 1
1 1 a 2000 2
2 1 a 3000 3
3 1 b 10000 1
4 1 b 10000 2
5 1 b 10000 3
6 2 a 4000 1
7 2 a 4000 2
8 2 a 4000 3
9 2 b 100000 1
10 2 b 100000 2
11 2 b 100000 3
TABLE
{
  echo '{"oio_sweep":1,"oio":"0","runs":12,"repeat":3,"samples":1,"over":{"workload.load":"1,2","optical.tech":"a,b"},"trace":false,"inputs":"0000000000000000","config":{},"shard":"1/1"}'
  awk '{ printf "{\"number\":%d,\"point\":%d,\"seed\":%d,\"values\":{\"workload.load\":%s,\"optical.tech\":\"%s\"},\"good\":true,\"error\":\"\",\"results\":{\"latency_ps\":{\"p99\":%d},\"goodput_bits_per_s\":%d,\"retries\":{\"crc\":%d}}}\n",
    $1, $1 / 3, $5, $2, $3, $4, $2 * 1e9, $1 }' table
} >hand.jsonl

sentence "each mark is the mean of its seeds with its spread by Student's t, sorted by x, a line a value"
plots hand.jsonl --x load --y p99 --by optical.tech --csv -
awk 'NR == 1 { good = $0 == "series,x,y,within,runs" } NR > 1 { split($0, f, ","); line[NR] = f[1] "," f[2] "," f[3] "," f[5]; within[NR] = f[4] }
  END { exit !(good && NR == 5 && line[2] == "\"a\",1,2,3" && line[3] == "\"a\",2,4,3" && line[4] == "\"b\",1,10,3" && line[5] == "\"b\",2,100,3" &&
    within[2] - 4.30265 / sqrt(3) < 1e-3 && 4.30265 / sqrt(3) - within[2] < 1e-3 && within[3] == 0 && within[5] == 0) }' stdout || fail "$(cat stdout)"

(head -n 1 hand.jsonl && tail -n +2 hand.jsonl | sed 's/"workload.load":1,/"workload.load":3,/') >falling.jsonl
plots falling.jsonl --x load --y p99 --where optical.tech=b --csv -
same '"p99",2,100,0,3 "p99",3,10,0,3' "$(tail -n +2 stdout | paste -s -d ' ')"

sentence "marks are drawn where their numbers are, on a logarithmic axis in decades, with a bar where seeds differ"
plots hand.jsonl --x load --y p99 --by optical.tech --log y --svg out/p.svg
! command -v xmllint >/dev/null || xmllint --noout out/p.svg || fail "no XML"
same 4 "$(grep -c '<circle' out/p.svg)"
same 2 "$(grep -c '<polyline' out/p.svg)"
same 1 "$(grep -c 'stroke-opacity' out/p.svg)"
# From 10 to 100 it is as far as from tick to tick of these.
tick() { sed -n "s/.*y1=\"\([0-9.]*\)\".*class=\"left\">$1<.*/\1/p" out/p.svg; }
mark() { sed -n 's/.*<circle cx="[0-9.]*" cy="\([0-9.]*\)".*/\1/p' out/p.svg | sed -n "$1p"; }
same "$(tick 10)" "$(mark 3)"
same "$(tick 100)" "$(mark 4)"
same "$(tick 2)" "$(mark 1)"
awk -v five="$(tick 5)" -v ten="$(tick 10)" -v fifty="$(tick 50)" -v hundred="$(tick 100)" \
  'BEGIN { low = five - fifty; high = ten - hundred; exit !(low > 100 && low - high < 0.2 && high - low < 0.2) }' || fail "a decade is not as far as the next"
grep -q ">workload.load<" out/p.svg && grep -q ">p99 latency, ns<" out/p.svg && grep -q ">optical.tech<" out/p.svg && grep -q "95 % confidence" out/p.svg || fail "$(cat out/p.svg)"
rm out/p.svg

sentence "x may be words, which have places side by side, or a figure, in which the points follow each other"
plots hand.jsonl --x optical.tech --y p99 --by load --svg out/p.svg
same 0 "$(grep -c '<polyline' out/p.svg)"
same 4 "$(grep -o '<circle cx="[0-9.]*"' out/p.svg | sort -u | wc -l)"
rm out/p.svg
plots hand.jsonl --x goodput --y p99 --where optical.tech=b --csv -
same 'series,x,y,within,runs "p99",1,10,0,3 "p99",2,100,0,3' "$(paste -s -d ' ' stdout)"
plots hand.jsonl --x load --y retries.crc --where load=2 --where optical.tech=a --csv -
grep -q '^"retries.crc",2,7,' stdout || fail "$(cat stdout)"

sentence "what is not shown, or stands for more than one point, is said"
plots hand.jsonl --x load --y p99 --csv out/p.csv
says "means over points that differ in other keys"
grep -q '^"p99",1,6,' out/p.csv || fail "$(cat out/p.csv)" # (1 + 2 + 3 + 30) / 6
rm out/p.csv
sed '2s/"good":true/"good":false/' hand.jsonl >bad.jsonl
plots bad.jsonl --x load --y p99 --by optical.tech --csv -
says "1 runs that are not good are left out"
plots hand.jsonl --x load --y retries.crc --by optical.tech --log y --csv -
says "1 runs are not above 0 on a logarithmic axis, and are left out"

sentence "a name that XML does not take is written so that it does"
sed 's/"optical.tech":"a"/"optical.tech":"<a \& \\"b\\">"/' hand.jsonl >odd.jsonl
plots odd.jsonl --x load --y p99 --by optical.tech --svg out/p.svg --csv out/p.csv
grep -q '>&lt;a &amp; "b"&gt;<' out/p.svg && grep -q '^"<a & ""b"">",1,' out/p.csv || fail "$(grep amp out/p.svg; cat out/p.csv)"
rm out/*

sentence "random x are points without lines; several files are drawn as one"
"$oio" sweep --over optical.length_m=uniform:1:9 --samples 6 --generate poisson --messages 50 --out random.jsonl --shard 1/2 >stdout
"$oio" sweep --over optical.length_m=uniform:1:9 --samples 6 --generate poisson --messages 50 --out random2.jsonl --shard 2/2 >stdout
plots random.jsonl random2.jsonl --x optical.length_m --y p50 --svg out/p.svg
same 6 "$(grep -c '<circle' out/p.svg)"
same 0 "$(grep -c '<polyline' out/p.svg)"
rm out/p.svg

sentence "unusable input is one line with the remedy, exit status 2"
declines "name the file of a sweep" --x load --y p99 --svg out/p.svg
declines "say what to draw" hand.jsonl --svg out/p.svg
declines "say where to" hand.jsonl --x load --y p99
declines "no such key; it sweeps workload.load, optical.tech" hand.jsonl --x length --y p99 --svg out/p.svg
declines "no such key; it sweeps workload.load, optical.tech" hand.jsonl --x load --y p99 --by seed --svg out/p.svg
declines "no such key" hand.jsonl --x load --y p99 --where optical.lanes=3 --svg out/p.svg
declines "write KEY=VALUE" hand.jsonl --x load --y p99 --where optical.tech --svg out/p.svg
declines "nothing to draw: no run has that figure" hand.jsonl --x load --y p9 --svg out/p.svg
declines "nothing to draw: no run is such" hand.jsonl --x load --y p99 --where load=7 --svg out/p.svg
declines "p99 and goodput have different units" hand.jsonl --x load --y p99 --y goodput --svg out/p.svg
declines "log is x, y or xy, not 'z'" hand.jsonl --x load --y p99 --log z --svg out/p.svg
declines "no such option.*--colour" hand.jsonl --x load --y p99 --colour red
declines "no/p.svg: " hand.jsonl --x load --y p99 --svg no/p.svg
declines "none.jsonl: cannot be opened" none.jsonl --x load --y p99 --svg out/p.svg
declines "does not begin as a file of oio sweep" table --x load --y p99 --svg out/p.svg
sed '3s/"values":{/"values":[/' hand.jsonl >damaged.jsonl
declines "a line of the sweep cannot be read" damaged.jsonl --x load --y p99 --svg out/p.svg

echo "1..$planned passed"
