#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# trace_cli.sh OIO: help, usage errors and exit statuses of `oio trace`, and of `oio trace info` on traces right and wrong.
. "$(dirname "$0")/trace_shell.sh"

sentence "help goes to stdout with exit status 0"
for verb in "" generate import info record; do
  "$oio" trace $verb --help >help 2>stderr || fail "oio trace $verb --help"
  grep -q '^usage: oio trace' help || fail "oio trace $verb --help says no usage"
  same 0 "$(wc -c <stderr)"
done

sentence "wrong usage is one line with exit status 2"
refuses 2 'which verb?'
refuses 2 "no verb 'explode'" explode
refuses 2 'which capture?' import
refuses 2 "no option '--bogus'" import --bogus x
refuses 2 '--map needs a value' import --map
refuses 2 "no format 'vcd'" import --format vcd x
refuses 2 "'0' is not 1 to" import --cycle-ps 0 x
refuses 2 "'5x' is not 1 to" import --cycle-ps 5x x
refuses 2 "'0' is not 1 to" import --delivery-ps 0 x
refuses 2 "--dies '1' is not 2 to 65536" import --dies 1 x
refuses 2 "--dies '65537' is not 2 to 65536" record --dies 65537
refuses 2 "'colour' is neither type nor single" import --vc-by colour x
refuses 2 'name one trace, not 0' info
refuses 2 'name one trace, not 2' info a b
refuses 2 "no option '-x'" info -x a
refuses 2 "'1' is not 2 to 64" record --workers 1
refuses 2 'no multiple of 32' record --bytes 1000
refuses 2 'no multiple of 4' record --piece-bytes 1001
refuses 2 '^oio trace record: stray: ' record stray

sentence "info counts what awk counts"
printf 'oio-trace 1\nnodes 64\nmap 0-31:0,32-63:1\nsource a "quoted" one\n---\n' >text
awk 'BEGIN { for (i = 0; i < 5000; i++) printf "%d %d %d %d %d %d %s\n", i * 1000, i % 64, i % 7 ? int(i / 64) % 61 : 63, i % 3, 1 + i % 100, i + 50, i % 5 ? "-" : (i + 48) "," (i + 49)
             print "end 5000" }' >>text
gzip -c text >t.gz
"$oio" trace info --json t.gz >json
same 'a "quoted" one' "$(jq -r .source json)"
same "$(awk '/^[0-9]/ { n++; b += $5; if ($7 != "-") { w++; k += split($7, x, ",") } last = $1 } END { print n, b, w, k, last }' text)" \
  "$(jq -r '"\(.records) \(.bytes) \(.waiting) \(.waits) \(.last_ps)"' json)"
same "$(awk '/^[0-9]/ { n[$4]++; b[$4] += $5 } END { for (v = 0; v < 3; v++) print v, n[v], b[v] }' text)" \
  "$(jq -r '.vcs[] | "\(.vc) \(.messages) \(.bytes)"' json)"
same "$(awk '/^[0-9]/ { n[$2 " " $3]++; b[$2 " " $3] += $5 } END { for (p in n) print p, n[p], b[p] }' text | sort)" \
  "$(jq -r '.pairs[] | "\(.source) \(.destination) \(.messages) \(.bytes)"' json | sort)"
same "$(awk '/^[0-9]/ && int($2 / 32) != int($3 / 32) { n[int($2 / 32)]++ } END { print n[0] + 0, n[1] + 0 }' text)" \
  "$(jq -r '"\(.crossing[0].messages) \(.crossing[1].messages)"' json)"
same "$(jq .bytes json)" "$(jq '.rate_bytes | add' json)"
"$oio" trace info t.gz >shown
grep -q '^records  5000, ids from 50$' shown || fail "$(cat shown)"
grep -q '^rate     |.*|$' shown || fail "$(cat shown)"

sentence "pairs are kept apart, and beyond 32768 of them counted together"
{ printf 'oio-trace 1\nnodes 65536\n---\n'; awk 'BEGIN { for (i = 0; i < 40000; i++) { j = i % 20000; print 0, int(i / 20000), j * j % 65521, 0, 1, i, "-" } print "end 40000" }'; } >pairs
"$oio" trace info --json pairs >json
same '32768 32768 1 1 7232' "$(jq -r '"\(.pairs | length) \(.pairs | map([.source, .destination]) | unique | length) \(.pairs | map(.messages) | min) \(.pairs | map(.messages) | max) \(.other_pairs.messages)"' json)"

sentence "info of version 2 counts delays and what goes from die to die as awk does"
awk 'BEGIN { print "oio-trace 2\nnodes 10\ndies 4\n---"
  for (i = 0; i < 3000; i++) printf "%d %d %d %d %d %d %s\n", i * i / 7, i % 10, i * i % 7, 0, 1 + i % 50, i, i < 2 ? "-" : (i - 2) (i % 3 ? "+" i % 77 : "") "," (i - 1)
  print "end 3000" }' >two
"$oio" trace info --json two >json
same '2 4' "$(jq -r '"\(.version) \(.dies)"' json)"
# Nodes 0-2 are on die 0, 3-5 on 1, 6-7 on 2, 8-9 on 3.
same "$(awk 'BEGIN { split("0 0 0 1 1 1 2 2 3 3", die, " ") } /^[0-9]/ && die[$2 + 1] != die[$3 + 1] { p = die[$2 + 1] " " die[$3 + 1]; n[p]++; b[p] += $5 } END { for (p in n) print p, n[p], b[p] }' two | sort)" \
  "$(jq -r '.crossing[] | "\(.from_die) \(.to_die) \(.messages) \(.bytes)"' json | sort)"
same "$(awk '/^[0-9]/ { k = split($7, x, /[+,]/); if ($7 ~ /[+]/ && x[2] > 0) { n++; if (x[2] > m) m = x[2] } } END { print n, m }' two)" "$(jq -r '"\(.delays) \(.delay_max_ps)"' json)"
"$oio" trace info two >shown
grep -q '^dies     4$' shown || fail "$(cat shown)"
grep -q '^delays   [0-9]* waits have one, of at most 0.000076 us$' shown || fail "$(cat shown)"
same "$(jq -r '.crossing[0] | "die \(.from_die)->\(.to_die) \(.messages)"' json)" "$(awk '/^die / { print $1, $2, $3; exit }' shown)"
same "$(awk 'BEGIN { split("0 0 0 1 1 1 2 2 3 3", die, " ") } /^[0-9]/ { b[die[$2 + 1], die[$3 + 1]] += $5 }
  END { for (f = 0; f < 4; f++) { row = f; for (t = 0; t < 4; t++) row = row " " (f == t || !b[f, t] ? "-" : sprintf("%.4g", b[f, t] / 1e6)); print row } }' two)" \
  "$(awk '/^matrix/ { left = 6 } left > 0 && left-- < 5 { $1 = $1; print }' shown)"

sentence "sizes and gaps are counted by powers of two as awk does"
# The power of two below, of sizes in `text` and of gaps in `two`.
powers='function below(x,  p) { if (x == 0) return 0; for (p = 1; 2 * p <= x; p *= 2); return p } END { for (p in n) print p, n[p] }'
same "$(awk "/^[0-9]/ { n[below(\$5)]++ } $powers" two | sort -n)" "$(jq -r '.sizes[] | "\(.from) \(.messages)"' json)"
same "$(jq .bytes json)" "$(jq '.sizes | map(.bytes) | add' json)"
same "$(awk "/^[0-9]/ { if (seen++) n[below(\$1 - last)]++; last = \$1 } $powers" two | sort -n)" "$(jq -r '.gaps_ps[] | "\(.from) \(.messages)"' json)"
same true "$(jq '[.sizes, .gaps_ps] | add | all(.to == (if .from == 0 then 0 else 2 * .from - 1 end))' json)"

sentence "info follows the critical path: the last to enter, the bytes and delays before it"
cat >path.trace <<'X'
oio-trace 2
nodes 3
---
0 0 1 0 10 0 -
0 1 2 0 500 1 -
5 1 2 0 20 2 0+100
5 2 0 0 30 3 1+100,2
90 2 1 0 40 4 3+7
90 0 1 0 50 5 -
end 6
X
# 1 (500) lets 3 (30) enter at 100, as 2 does with fewer bytes before; 3 lets 4 (40) enter at 107.
same '{"messages":3,"bytes":570,"delays_ps":107,"entry_ps":107}' "$("$oio" trace info --json path.trace | jq -c .critical_path)"
"$oio" trace info path.trace | grep -q '^critical 3 messages one after the other, 570 bytes and 0.000107 us of delays; the last enters at 0.000107 us$' ||
  fail "$("$oio" trace info path.trace)"
"$oio" trace info path.trace | grep -A 4 '^matrix' | tail -n 3 | tr -s ' ' | paste -s >got
printf ' 0 - 6e-05 -\t 1 - - 0.00052\t 2 3e-05 4e-05 -\n' | cmp - got

sentence "info draws the matrix: a square for each pair, whole or not at all"
"$oio" trace info --svg out/m.svg path.trace >shown
same 4 "$(grep -c ' bytes</title></rect>$' out/m.svg)"
grep -q '<title>node 1 to 2: 520 bytes</title>' out/m.svg || fail "$(cat out/m.svg)"
! command -v xmllint >/dev/null || xmllint --noout out/m.svg
rm out/m.svg
refuses 2 'm.svg' info --svg /nowhere/m.svg path.trace
# More pairs than are listed: all are drawn.
awk 'BEGIN { n = 200; print "oio-trace 1\nnodes " n "\n---"
  for (a = 0; a < n; a++) for (b = 0; b < n; b++) if (a != b) print 0, a, b, 0, 64, i++, "-"
  print "end " i }' >pairs.trace
"$oio" trace info --svg out/m.svg pairs.trace >shown
same 2547200 "$(sed -n 's/.*: \([0-9]*\) bytes<.title>.*/\1/p' out/m.svg | awk '{ sum += $1 } END { print sum }')"
rm out/m.svg

sentence "an empty trace has information too"
printf 'oio-trace 1\nnodes 1\n---\nend 0\n' >empty
"$oio" trace info empty >shown
"$oio" trace info --json empty | jq -e '.records == 0 and .rate_bytes == []' >/dev/null || fail "empty"

sentence "info of a wrong trace is one line with file, line and exit status 2"
head -c 1003 text >cut
refuses 2 '^cut:[0-9]*: the file stops inside a line' info cut
head -c 1000 t.gz >cut.gz
refuses 2 '^cut.gz:[0-9]*: the gzip data stops early' info --json cut.gz
same 0 "$(wc -c <stdout)"
refuses 2 '^/nowhere/t.gz: cannot be opened' info /nowhere/t.gz

sentence "output that cannot be written is an error"
status=0
"$oio" trace info t.gz >/dev/full 2>stderr || status=$?
same 2 "$status"

sentence "what takes longer than two seconds shows a progress line on a terminal, and nowhere else"
records() {
  awk -v from="$1" -v to="$2" 'BEGIN { for (i = from; i < to; i++) print i, 0, 1, 0, 1, i, "-" }'
}
slowly() {
  { printf 'oio-trace 1\nnodes 4\n---\n'; records 0 100000; sleep 2.5; records 100000 200000; echo end 200000; } >pipe
}
mkfifo pipe
slowly &
"$oio" trace info pipe 2>stderr >/dev/null
same 0 "$(wc -c <stderr)"
if script -qec 'test -t 1' /dev/null </dev/null >/dev/null 2>&1; then
  slowly &
  script -qec "'$oio' trace info pipe >/dev/null" /dev/null </dev/null >terminal
  grep -q 'reading: ' terminal || fail "no progress line: $(cat terminal)"
else
  echo "skipped: there is no pseudo-terminal, or no program script that makes one"
fi
