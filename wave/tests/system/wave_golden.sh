# SPDX-License-Identifier: Apache-2.0
# wave_golden.sh OIO SOURCE: `oio wave bless` keeps a run, `oio wave check` tells when it is another one.
. "$(dirname "$0")/../../../tests/system/trace_shell.sh"

# vcd [SED]: a run of eight steps, changed by a script for sed.
vcd() {
  {
    echo '$date today $end $timescale 1ns $end $scope module top $end $var wire 1 ! clk $end $var wire 8 " count [7:0] $end'
    echo '$var wire 1 # noise $end $upscope $end $enddefinitions $end'
    for i in 0 1 2 3 4 5 6 7; do
      printf '#%d0\n%d!\nb%d%d%d "\n%d#\n' $i $((i & 1)) $((i >> 2 & 1)) $((i >> 1 & 1)) $((i & 1)) $((i >> 1 & 1))
    done
    echo '#80'
  } | sed "${1:-}"
}

# wave STATUS PATTERN ARGUMENT...: `oio wave` exits with STATUS; what it prints matches.
wave() {
  want=$1 pattern=$2
  shift 2
  got=0
  "$oio" wave "$@" >stdout 2>stderr </dev/null || got=$?
  [ "$got" = "$want" ] || fail "oio wave $*: exit status $got, not $want: $(cat stdout stderr)"
  grep -q -e "$pattern" stdout stderr || fail "oio wave $*: '$(cat stdout stderr)' does not match '$pattern'"
}
# refused PATTERN ARGUMENT...: exit status 2, one line on stderr, nothing left behind in the goldens' folder.
refused() {
  pattern=$1
  shift
  before=$(ls -l g 2>/dev/null | cksum)
  wave 2 "$pattern" "$@"
  same 1 "$(wc -l <stderr)"
  same "$before" "$(ls -l g 2>/dev/null | cksum)"
}
# conforms FILE: what --json wrote is what docs/wave-check.schema.json says.
source=$2
conforms() {
  jq -e --slurpfile schema "$source/docs/wave-check.schema.json" --slurpfile wavediff "$source/docs/wavediff.schema.json" \
    -f "$source/tests/system/schema.jq" "$1" >/dev/null || fail "$1 does not conform to docs/wave-check.schema.json: $(cat "$1")"
}
key() { sed -n "s/^$1: *//p" "$2"; }

vcd >run.vcd
sentence "bless keeps a run with its certificate"
wave 0 '^kept g/plain.fst: 3 variables up to 80 ns' bless run.vcd --as g/plain --seed 7 --note 'counts to seven' --command 'cat run.vcd > {out}'
same "plain.fst plain.golden" "$(ls g | paste -s -d ' ')"
same "$(sha256sum <g/plain.fst | cut -d ' ' -f 1)" "$(key sha256 g/plain.golden)"
same "7 counts to seven" "$(key seed g/plain.golden) $(key note g/plain.golden)"
same "cat run.vcd > {out}" "$(key command g/plain.golden)"
"$oio" wavediff run.vcd g/plain.fst >/dev/null || fail "what was kept is not what was run"

sentence "what is no change is not kept: equal runs give equal bytes and one content hash"
vcd 's/today/tomorrow/; s/^0#$/0#\n0#/; s/^b000 /b1 "\nb0 /' >noisy.vcd
wave 0 kept bless noisy.vcd --as h/noisy --command 'cat noisy.vcd > {out}'
cmp g/plain.fst h/noisy.fst || fail "noise was kept"
vcd 's/ 1ns / 1ps /; s/^#\(.*\)$/#\1000/; s/!/%/' >ps.vcd
wave 0 kept bless ps.vcd --as h/ps
same "$(key content g/plain.golden)" "$(key content h/ps.golden)"
vcd 's/^b110 /b111 /' >other.vcd
wave 0 kept bless other.vcd --as h/other
[ "$(key content g/plain.golden)" != "$(key content h/other.golden)" ] || fail "another run has the same content hash"

sentence "a run without a unit of time, with decimal places of it, is kept as it is"
vcd '/^\$date/s/\$timescale.*1ns \$end//; s/^#\([0-9]\)0$/#\1.5/' >unitless.vcd
grep -q '^#3.5$' unitless.vcd && ! grep -q timescale unitless.vcd || fail "$(cat unitless.vcd)"
wave 0 kept bless unitless.vcd --as h/unitless
"$oio" wavediff unitless.vcd h/unitless.fst >/dev/null || fail "what was kept is not what was run"

sentence "events, reals and strings are kept, too"
cat >kinds.vcd <<'VCD'
$timescale 1ns $end $scope module top $end $var event 1 ! done $end $var real 64 " level $end $var string 0 # state $end $var wire 1 % clk $end
$upscope $end $enddefinitions $end
1!
#0 r0.5 " sidle # 0%
#3 1! 1%
#5 r-0.0 " sbusy #
#6 1! r0 "
#9 rnan " x% sidle #
VCD

wave 0 'kept h/kinds.fst: 4 variables up to 9 ns' bless kinds.vcd --as h/kinds
"$oio" wavediff kinds.vcd h/kinds.fst >/dev/null || fail "what was kept is not what was run"

sentence "bless runs a command itself, with {out} and {seed} filled in, this oio first in PATH"
wave 0 kept bless g/own --seed 3 --command 'test {seed} = 3 && cp run.vcd {out}'
wave 0 kept bless g/vcd --command 'cp run.vcd {out.vcd} && case {out.vcd} in *.vcd) ;; *) exit 1 ;; esac'
wave 0 kept bless g/path --command "test \"\$(command -v oio)\" = '$oio' && cp run.vcd {out}"

sentence "check makes the runs again: one row each, in the order of names"
wave 0 '^4 goldens: 4 same' check g --jobs 3
same "golden own path plain vcd 4" "$(awk '{ print $1 }' stdout | paste -s -d ' ')"
rm g/path.*
wave 0 '^own  *same' check g own
same 3 "$(wc -l <stdout)"

sentence "what differs is told with the signal and the time, and the worst decides the exit status"
cp other.vcd run.vcd
wave 1 '^plain  *DIFFERENT .*top.count\[7:0\] at 60 ns' check g
wave 0 same check h noisy
mkdir new && vcd >new/own.vcd && vcd 's/^1#/x#/' >new/plain.vcd && vcd | head -n 20 | sed '$s/.*/broken/' >new/vcd.vcd
wave 2 '^vcd  *UNUSABLE' check g --from new
grep -q '^own  *same' stdout || fail "own: $(cat stdout)"
grep -q '^plain  *DIFFERENT .*top.noise at 20 ns' stdout || fail "plain: $(cat stdout)"
rm new/vcd.vcd
wave 2 'new/vcd.fst (or .vcd, ...): there is no new run' check g --from new
cp new/own.vcd new/own.fst
wave 2 'are both there' check g own --from new
rm -r new

sentence "--report, --json, --junit, --github say it, too"
wave 1 '^plain:' check g plain --report --json r.json --junit r.xml
jq -e '.oio_wave_check == 1 and .exit_status == 1 and (.goldens | length) == 1 and .goldens[0].verdict == "different" and
  .goldens[0].report.oio_wavediff == 1 and (.goldens[0].first | startswith("top.count[7:0] at 60 ns"))' r.json >/dev/null || fail "$(cat r.json)"
conforms r.json
grep -q '<testsuites .*tests="1" failures="1" errors="0"' r.xml || fail "$(cat r.xml)"
if command -v xmllint >/dev/null; then
  xmllint --noout --schema "$2/tests/vectors/junit.xsd" r.xml 2>&1 | grep -q validates || fail "r.xml is no JUnit report"
else
  echo "skipped: xmllint is not installed"
fi
GITHUB_STEP_SUMMARY=$folder/summary.md wave 1 '^::error title=plain DIFFERENT::top.count' check g plain --github
grep -q '## `plain`' summary.md || fail "$(cat summary.md)"
got=0
"$oio" wave check g --json - >r.json || got=$?
same 1 "$got"
conforms r.json
jq -e '.goldens | map(.name) == ["own", "plain", "vcd"]' r.json >/dev/null || fail "$(cat r.json)"

sentence "--keep keeps the new runs that differ, each with a page"
wave 1 DIFFERENT check g --keep kept
same "own.diff.fst own.diff.gtkw own.diff.sucl own.fst own.html plain.diff.fst plain.diff.gtkw plain.diff.sucl plain.fst plain.html vcd.diff.fst vcd.diff.gtkw vcd.diff.sucl vcd.html vcd.vcd" \
  "$(ls kept | paste -s -d ' ')"
cmp other.vcd kept/plain.fst || fail "the new run was not kept as it is"

sentence "a command that fails is unusable, and its last lines are shown"
wave 0 kept bless g/plain --force --command 'if test -e fail; then echo first; echo no licence >&2; exit 3; fi; cp run.vcd {out}'
touch fail
wave 2 '^plain  *UNUSABLE .*exit status 3' check g plain
grep -q '^  | no licence$' stdout || fail "$(cat stdout)"
wave 2 '"said": "first' check g plain --json -
conforms stdout
rm fail
wave 0 kept bless g/slow --command 'sleep $(cat nap); cp run.vcd {out}' --timeout 9 2>/dev/null || fail "slow"
echo 60 >nap
wave 2 'ended after 1 s' check g slow --timeout 1
rm g/slow.*

sentence "a golden is replaced with --force only, and what changes is shown first"
vcd >run.vcd
refused 'g/plain.fst is kept already, and this run differs' bless g/plain
grep -q 'count' stdout || fail "the change is not shown: $(cat stdout)"
wave 0 'count' bless g/plain --force
wave 0 '^plain  *same' check g plain
wave 0 'this run is the same' bless g/plain

sentence "--update makes new runs that differ the goldens"
vcd 's/^b101 /b100 /' >run.vcd
wave 0 '^plain is a new golden now' check g plain --update
grep -q 'DIFFERENT.*top.count\[7:0\] at 50 ns' stdout || fail "the change is not shown: $(cat stdout)"
wave 0 same check g plain
same "counts to seven" "$(key note g/plain.golden)"

sentence "rules go with a golden; what they exclude is not kept"
echo 'exclude top.noise' >loose.txt
vcd >run.vcd
wave 0 'kept r/loose.fst: 2 variables' bless r/loose --rules loose.txt --command 'cp run.vcd {out}'
same "loose.fst loose.golden loose.rules" "$(ls r | paste -s -d ' ')"
wave 0 kept bless r/tight --command 'cp run.vcd {out}'
wave 0 kept bless r/shared --rules r/loose.rules --command 'cp run.vcd {out}'
same loose.rules "$(key rules r/shared.golden)"
vcd 's/^0#/1#/' >run.vcd
wave 1 '^tight  *DIFFERENT' check r
grep -q '^loose  *same' stdout && grep -q '^shared  *same' stdout || fail "$(cat stdout)"
echo 'exclude **' >r/loose.rules
wave 3 '^loose  *NOTHING' check r loose
echo 'exlude x' >r/loose.rules
wave 2 'loose.rules:1' check r loose

sentence "a golden or certificate that somebody touched is unusable"
cp g/own.fst own.fst
printf x >>g/own.fst
wave 2 '^own  *UNUSABLE .*not what its certificate says' check g own
cp own.fst g/own.fst
cp g/own.golden own.golden
echo 'colour: red' >>g/own.golden
wave 2 "g/own.golden:[0-9]*: there is no key 'colour'" check g own
grep -v sha256 own.golden >g/own.golden
wave 2 'no sha256' check g own
sed 's/^golden: .*/golden: 2/' own.golden >g/own.golden
wave 2 'certificate format' check g own
sed 's/^rules.*//; $s,$,\nrules: ../loose.txt,' own.golden >g/own.golden
wave 2 'not a file beside it' check g own
cp own.golden g/own.golden

sentence "refusals are one line with exit status 2 and leave nothing half-written"
vcd >run.vcd
head -c 300 run.vcd | sed '$s/.*/%%%/' >partial.vcd
refused 'only a whole run is kept' bless partial.vcd --as g/partial
refused 'cannot be opened' bless nothing.vcd --as g/new
refused 'does not say {out}' bless g/new --command 'cp run.vcd out.vcd'
refused 'wrote no waves' bless g/new --command 'true {out}'
refused 'give the --command' bless g/new
refused "letters, digits" bless run.vcd --as 'g/a b'
refused 'nothing.rules' bless run.vcd --as g/new --rules nothing.rules
refused 'must be one line' bless run.vcd --as g/new --note 'one
two'
refused 'make the folder first' bless run.vcd --as nowhere/deep/new
refused "no option '--fast'" bless g/new --fast
refused 'one too many' bless g/new run.vcd
wave 2 'exit status 5' bless g/new --command 'echo gone >&2; exit 5 # {out}'
same "  | gone" "$(head -n 1 stderr)"
mkdir empty
refused 'holds no goldens' check empty
refused 'cannot be opened' check nothing
refused 'name the folder' check
wave 2 '^nobody  *UNUSABLE .*cannot be opened' check g nobody
refused "is a path" check g ../g/own
refused 'from 1 to 1000000' check g --jobs 0

if [ -w /dev/full ]; then
  sentence "an output that cannot be written is exit status 2"
  got=0
  "$oio" wave check g own >/dev/full 2>stderr || got=$?
  same 2 "$got"
  wave 2 'cannot be written' check g own --json /dev/full
fi

sentence "an interrupt ends the commands, too, and leaves nothing behind"
wave 0 kept bless i/long --command 'cp run.vcd {out}; if test -e long; then echo $$ >pid; sleep 60; fi'
touch long
mkdir tmp
TMPDIR=$folder/tmp "$oio" wave check i >stdout 2>stderr &
run=$!
for i in 1 2 3 4 5 6 7 8 9 10; do [ -s pid ] && break; sleep 0.3; done
kill -INT $run
got=0
wait $run || got=$?
same 130 "$got"
grep -q interrupted stderr || fail "$(cat stderr)"
if kill -0 "$(cat pid)" 2>/dev/null; then fail "the command still runs"; fi
same "" "$(ls tmp)"

if [ -n "${OIO_WAVE_CORPUS:-}" ]; then
  sentence "files of many simulators are kept as they are, and the same run has one content hash whatever the format"
  find -L "$OIO_WAVE_CORPUS" -name '*.vcd' | sort >vcds
  kept=0 twins=0
  while read -r file; do
    "$oio" wave bless "$file" --as c/one --force >said 2>&1 || { grep -qE 'only a whole run|no changes|no signals|is the file cut' said || fail "$(cat said)"; continue; }
    kept=$((kept + 1))
    [ -f "$file.fst" ] && "$oio" wave bless "$file.fst" --as c/two --force >said 2>&1 || continue
    same "$(key content c/one.golden)" "$(key content c/two.golden)"
    twins=$((twins + 1))
  done <vcds
  echo "   $kept files, $twins twins"
  [ $kept -gt 0 ] || fail "nothing was kept"
fi
echo "1..$planned passed"
