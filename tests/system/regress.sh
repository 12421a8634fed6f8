# SPDX-License-Identifier: Apache-2.0
# `oio regress` around benches that are shell scripts, whose mistakes are known: which is found, in which run, what is left of it, and what becomes of
# benches that hang, crash, refuse, or say nothing.
# usage: regress.sh OIO SOURCE_FOLDER
. "$(dirname "$0")/trace_shell.sh"
source=$2

# bench NAME: standard input as a bench of `oio new-bench`; the settings are in $settings, with commas at both ends, and payloads in $payloads.
bench() {
  {
    printf '#!/bin/sh\nsettings=,${1#+set=},\npayloads=${settings#*,payloads=}\npayloads=${payloads%%%%,*}\n'
    cat
  } >"$1"
  chmod +x "$1"
}
runs() {
  want=$1
  shift
  got=0
  "$oio" regress "$@" >stdout 2>stderr || got=$?
  [ "$got" = "$want" ] || fail "oio regress $*: exit status $got, not $want: $(cat stdout stderr)"
}
says() { cat stdout stderr | grep -q -e "$1" || fail "'$(cat stdout stderr)' says nothing like '$1'"; }

sentence "a bench in which nothing is wrong is good, and quiet when asked"
bench good <<'SH'
echo "bench: good: $payloads payloads each way"
SH
runs 0 --bench good --runs 12
says '^12 runs of plan seed 1 in .*: 12 good, 0 bad by 0 rules, 0 refused$'
runs 0 --bench good --runs 12 --quiet
same "" "$(cat stdout stderr)"

sentence "two mistakes, each by its rule, with what it takes and no more"
bench two <<'SH'
case $settings in
*,damage_every=*,window_flits=*) [ $payloads -lt 50 ] || { echo "bench: BAD: at 1.000 ns (clock 1): rule window: 128 outstanding"; exit 1; } ;;
*,ready_percent=*) echo "bench: BAD: at 7.000 ns (clock 7): rule framing: a beat <\"&\"> that waits & changes"; exit 1 ;;
esac
SH
runs 1 --bench two --runs 300 --json found.json --junit found.xml
says '^FOUND   framing: '
says 'replay: ./two +set=payloads=[0-9]*,seed=[0-9]*,ready_percent=[0-9]*$'
says 'replay: ./two +set=payloads=5[0-3],seed=[0-9]*,damage_every=[0-9]*,window_flits=[0-9]*$'
jq -e '.bad > 20 and .good + .bad == 300 and ([.findings[].rule] | sort) == ["framing", "window"] and (.findings[] | select(.rule == "framing") | .messages) == 1
  and ([.kinds[].runs] | add) == 300' found.json >/dev/null || fail "$(cat found.json)"
jq -e --slurpfile schema "$source/docs/regress.schema.json" --slurpfile wavediff "$source/docs/wavediff.schema.json" -f "$source/tests/system/schema.jq" found.json >conforms ||
  fail "$(cat conforms)"
# The command that is printed shows it.
replay=$(jq -r '.findings[] | select(.rule == "window") | .replay' found.json)
same 1 "$(got=0; sh -c "$replay" >/dev/null || got=$?; echo $got)"
if command -v xmllint >/dev/null; then
  same "$(jq '[.kinds[] | select(.bad > 0)] | length' found.json)" "$(xmllint --xpath 'count(//testcase/failure)' found.xml)"
  xmllint --xpath 'string(//failure)' found.xml | grep -qF 'a beat <"&"> that waits & changes' || fail "$(cat found.xml)"
fi

sentence "what is found does not depend on how many run at a time, but for the time that it took"
runs 1 --bench two --runs 60 --jobs 1 --json one.json
runs 1 --bench two --runs 60 --jobs 5 --json five.json
same "$(jq -c 'del(.wall_s)' one.json)" "$(jq -c 'del(.wall_s)' five.json)"

sentence "--first ends with the first"
runs 1 --bench two --runs 100000 --first --json first.json
first=$(jq '[.findings[].first_run] | min' one.json)
same "$first" "$(jq '[.findings[].first_run] | min' first.json)"
[ "$(jq .runs first.json)" -lt 100 ] || fail "$(jq .runs first.json) runs"

sentence "what is waived goes into every run, is counted over all of them, and into the command that is left; a waiver that matched nothing is said"
bench knows <<'SH'
case $settings in
*,waive=PT2@line.out,waive=section-16-window,waive=PT5*) ;;
*) echo "bench: there is no waiver: $settings"; exit 2 ;;
esac
case $settings in *,ready_percent=*) echo "bench: BAD: at 7.000 ns (clock 7): rule framing: a beat"; status=1 ;; *) echo "bench: good: $payloads payloads each way" ;; esac
echo "bench: 3 findings waived: PT2 at line.out"
echo "bench: 1 finding waived: section 16, window at line.out"
echo "bench: waiver of PT5: nothing has matched it; take it away"
exit ${status-0}
SH
printf 'section-16-window  a window of 128\nPT5\n' >known
runs 1 --bench knows --runs 60 --waive PT2@line.out --waivers known --json found.json
runs=$(jq .runs found.json)
same 60 "$runs"
jq -e '.waived == [{rule: "PT2", port: "line.out", findings: 180, severity: "waived", reason: ""}, {rule: "section 16, window", port: "line.out", findings: 60, severity: "waived", reason: "a window of 128"},
  {rule: "PT5", port: "", findings: 0, severity: "waived", reason: ""}] and .good > 10 and .bad > 10 and [.findings[].rule] == ["framing"]' found.json >/dev/null || fail "$(cat found.json)"
jq -e --slurpfile schema "$source/docs/regress.schema.json" --slurpfile wavediff "$source/docs/wavediff.schema.json" -f "$source/tests/system/schema.jq" found.json >conforms ||
  fail "$(cat conforms)"
says 'replay: ./knows +set=.*,ready_percent=[0-9]*,waive=PT2@line.out,waive=section-16-window,waive=PT5$'
says '^WAIVED  180 findings waived: PT2 at line.out$'
says '^WAIVED  60 findings waived: section 16, window at line.out: a window of 128$'
says '^WAIVED  waiver of PT5: nothing has matched it; take it away$'
runs 2 --bench knows --runs 1 --waive PT22
same "oio regress: there is no rule 'PT22' to waive; did you mean PT2? \`oio check --rules\` lists them" "$(cat stdout stderr)"
runs 2 --bench knows --runs 1 --waive PT2@near-die-side
says "^oio regress: there is no port 'near-die-side' at which to waive rule PT2; did you mean '"

sentence "severities and --strict go into every run and into the command that is left, and what is warned of is counted over all of them"
bench warns <<'SH'
case $settings in
*,severity=PT2@line.out=warning,severity=PT5=error,strict=1,) echo "bench: BAD: at 7.000 ns (clock 7): rule PT2: payload 3 again"; exit 1 ;;
*,severity=PT2@line.out=warning,severity=PT5=error,) echo "bench: good: $payloads payloads each way"; echo "bench: 3 findings warned of: PT2 at line.out: known" ;;
*) echo "bench: there is no severity: $settings"; exit 2 ;;
esac
SH
runs 0 --bench warns --runs 20 --severity PT2@line.out=warning --severity PT5=error --json found.json
jq -e '.good == 20 and .waived == [{rule: "PT2", port: "line.out", findings: 60, severity: "warning", reason: ""}]' found.json >/dev/null || fail "$(cat found.json)"
jq -e --slurpfile schema "$source/docs/regress.schema.json" --slurpfile wavediff "$source/docs/wavediff.schema.json" -f "$source/tests/system/schema.jq" found.json >conforms ||
  fail "$(cat conforms)"
says '^WAIVED  60 findings warned of: PT2 at line.out$'
runs 1 --bench warns --runs 20 --severity PT2@line.out=warning --severity PT5=error --strict --json found.json
jq -e '.bad == 20 and .waived == [] and [.findings[].rule] == ["PT2"]' found.json >/dev/null || fail "$(cat found.json)"
says 'replay: ./warns +set=.*,severity=PT2@line.out=warning,severity=PT5=error,strict=1$'

sentence "a bench that hangs, that crashes, and that says nothing is bad"
bench hangs <<'SH'
sleep 600
SH
runs 1 --bench hangs --runs 1 --hang 1 --without window_flits --without quiet_acks --without timeout_flits --without damage_every --without delay_flits \
  --set ready_percent=50 --set valid_percent=50 --messages 2
says '^FOUND   hang: 1 run, the first is 0'
bench crashes <<'SH'
kill -SEGV $$
SH
runs 1 --bench crashes --runs 2
says 'crash: signal 11: 2 runs'
bench fails <<'SH'
exit 1
SH
runs 1 --bench fails --runs 2
says 'no verdict: 2 runs'

sentence "runs that a bench refuses prove nothing, and are told of"
bench refuses <<'SH'
case $settings in *,quiet_acks=*) echo "bench: quiet_acks: there is no such setting" >&2; exit 2 ;; esac
SH
runs 2 --bench refuses --runs 60
says '^REFUSED [0-9]* runs, which prove nothing'
says 'quiet_acks: there is no such setting'
runs 0 --bench refuses --runs 60 --without quiet_acks

sentence "what cannot be used is refused in a line"
runs 2 --bench nothing_there
says 'nothing_there: No such file'
runs 2 --runs 0
says 'a number out of range, or none: 0'
runs 2 --without optical.window_flit
says 'the plan draws no such key: optical.window_flit'
runs 2 --without workload.generate
says 'no run goes without it'
runs 2 --bench good --cosim good
says '--bench or --cosim, not both'
runs 2 --frist
says '--frist'
runs 2 --bench good --runs 2 --json /nowhere/found.json
says '/nowhere/found.json: No such file'

echo "1..$planned passed"
