# SPDX-License-Identifier: Apache-2.0
# `oio faults import`: a failure trace of a table becomes the schedule that was worked out by hand, its availability the closed form, and runs carry it out.
. "$(dirname "$0")/trace_shell.sh"
source=$2 to_file=

# declines PATTERN ARGUMENT...: exit status 2, one line, nothing made.
declines() {
  pattern=$1
  shift
  got=0
  "$oio" faults import "$@" -o "${to_file:-out/s}" >stdout 2>stderr || got=$?
  same 2 "$got"
  same 1 "$(wc -l <stderr)"
  grep -q -- "$pattern" stderr || fail "'$(cat stderr)' does not match '$pattern'"
  [ -z "$(ls out)" ] || fail "left behind: $(ls out)"
}
# declines_to PATTERN FILE ARGUMENT...: the same with -o FILE.
declines_to() {
  pattern=$1 to_file=$2
  shift 2
  declines "$pattern" "$@"
  to_file=
}
rows() { printf 'time,link,what,repair\n'; printf '%s\n' "$@"; }

# Window 0 to 100 s, four links. Link 0 is down 10..20 and 15..30: 20 s. Link 2 is down from 90 on: 10 s. Link 1 has no lanes 0 and 1 from 0 to 50.
rows '# a day' '15, 0, down, 15' '10,0,down,10' '90,2,down,' '0,1,slow 2,50' '95,3,maintenance,5' '' >day.csv

sentence "the schedule is the one by hand: what overlaps is one outage, what is not repaired lasts, a slow link loses lanes"
"$oio" faults import day.csv --faster 1000000 --links 4 -o day.faults >said
cat >want <<'TEXT'
at 10000000ps link 0: down for 20000000ps
at 0ps link 1: lane 0 dies
at 50000000ps link 1: lane 0 returns
at 0ps link 1: lane 1 dies
at 50000000ps link 1: lane 1 returns
at 90000000ps link 2: down
TEXT
grep -v '^#' day.faults | diff want - >&2 || fail "another schedule"
grep -q "^left out       1 rows neither down nor slow, such as 'maintenance'$" said || fail "$(cat said)"

sentence "availability is the closed form: 1 - 20/100, 1 - 10/100, in the mean of four links 1 - 30/400, all at once 1 - 30/100"
"$oio" faults import day.csv --faster 1000000 --links 4 --json -o again.faults >said.json
cmp day.faults again.faults
same '[[0,1,20,0,0,0.8],[1,0,0,1,50,1],[2,1,10,0,0,0.9]]' "$(jq -c '[.of_link[] | [.link, .downs, .down_s, .slows, .slow_s, .availability]]' said.json)"
same '[6,3,100,1000000,4,0.925,0.7,{"unknown":1,"outside":0,"short":0},0]' "$(jq -c '[.rows + 1, .outages, .window_s, .faster, .links, .availability, .all_up, .left_out, .unlike]' said.json)"
jq -e --slurpfile schema "$source/docs/faults-import.schema.json" --slurpfile wavediff "$source/docs/wavediff.schema.json" -f "$source/tests/system/schema.jq" said.json >conforms || fail "$(cat conforms)"
grep -q '^all links      a link is up 0.9250000 of the time, in the mean; all are at once 0.7000000$' said || fail "$(cat said)"

sentence "a window cuts what reaches out of it, and has its own time: 12 to 92.5 s, 18 s of link 0 and 2.5 of link 2"
"$oio" faults import day.csv --from 12 --until 92.5 --json -o cut.faults >said.json
same '[[18,0],[38,1],[2.5,2]]' "$(jq -c '[.of_link[] | [if .link == 1 then .slow_s else .down_s end, .link]]' said.json)"
same 1 "$(jq '(.availability - (1 - 20.5 / (4 * 80.5))) * 1e9 | if fabs < 1 then 1 else . end' said.json)"
same 'at 0ps link 0: down for 18000000000000ps at 78000000000000ps link 2: down' "$(grep down cut.faults | paste -s -d ' ')"

sentence "what is never repaired lasts, though nothing comes behind it; a link of any row counts, whether in the window or of another kind"
rows '0,0,down,10' '3600,1,down,' '3600,2,slow 1,' >last.csv
"$oio" faults import last.csv --faster 1000000 --json -o last.faults >said.json
same 'at 0ps link 0: down for 10000000ps|at 3600000000ps link 1: down|at 3600000000ps link 2: lane 0 dies' "$(grep -v '^#' last.faults | paste -s -d '|')"
same '[3,[[0,1,10,0],[1,1,0,0],[2,0,0,1]],{"unknown":0,"outside":0,"short":0}]' "$(jq -c '[.links, [.of_link[] | [.link, .downs, .down_s, .slows]], .left_out]' said.json)"
jq -e '(.availability - (1 - 10 / (3 * 3600)) | fabs) < 1e-9' said.json >/dev/null || fail "$(cat said.json)"
rows '5,0,down,5' '9.5,1,down,' '30,7,down,1' '12,9,maintenance,1' >last.csv # link 1 goes down less than a ps before the end
"$oio" faults import last.csv --until 9.6 --faster 1000000000000 --json -o last.faults >said.json
same 'at 5ps link 0: down|at 9ps link 1: down' "$(grep -v '^#' last.faults | paste -s -d '|')"
same '[10,1,0]' "$(jq -c '[.links, .left_out.outside, .left_out.short]' said.json)"

sentence "what is down from the begin for good is so in any window, here a second: of two links half is up, and all are at no time"
rows '0,1,down,' >last.csv
"$oio" faults import last.csv --json -o last.faults >said.json
same 'at 0ps link 1: down' "$(grep -v '^#' last.faults)"
same '[1,2,0.5,0,[[1,1,0]]]' "$(jq -c '[.window_s, .links, .availability, .all_up, [.of_link[] | [.link, .downs, .availability]]]' said.json)"
rows '0,0,down,5' '7,0,slow 1,' '7,1,down,' >last.csv
"$oio" faults import last.csv --from 7 --json -o last.faults >said.json
same '[1,2,0.5,0]' "$(jq -c '[.window_s, .links, .availability, .all_up]' said.json)"
rows '0,0,down,0' >bad && declines 'nothing lies between' bad

sentence "what is too short for the schedule, and slow rows that overlap, are counted"
rows '0,0,down,0.000001' '5,0,down,5' '1,1,slow 2,5' '3,1,slow 4,5' '11,0,down,0' >odd.csv
"$oio" faults import odd.csv --faster 1000000 --json -o odd.faults >said.json
same '[{"unknown":0,"outside":1,"short":0},1]' "$(jq -c '[.left_out, .unlike]' said.json)"
"$oio" faults import odd.csv --faster 10000000 --json -o odd.faults >said.json
same 1 "$(jq .left_out.short said.json)"

sentence "a net carries it out: every event on both wires of its link, and links that are down in the window's time delay the traffic"
rows '1,0,down,1' '2,1,down,2' '6,0,down,1' >three.csv
"$oio" faults import three.csv --faster 1000000 -o three.faults >said
same 3 "$(grep -c 'down for' three.faults)" # the last one is repaired when the window ends
run="--net star:4 --generate all-reduce --set workload.bytes=1048576 --seed 3 --quiet"
"$oio" sim $run --faults three.faults --json with.json
"$oio" sim $run --json without.json
same 6 "$(jq '.faults.events' with.json)"
jq -e --slurpfile other without.json '.faults.dark_flits > 0 and .sim_time_ps > $other[0].sim_time_ps and .delivered == $other[0].delivered' with.json >/dev/null || fail "$(jq -c '[.sim_time_ps, .faults]' with.json without.json)"

sentence "damaged rows are one line with place and remedy"
rows '1,0,down' >bad && declines 'bad:2: a row is time,link,what,repair' bad
rows '1,0,down,1,2' >bad && declines 'bad:2: a row is' bad
rows '-1,0,down,1' >bad && declines 'bad:2: a time is in seconds' bad
rows '1e3,0,down,1' >bad && declines 'bad:2: a time is in seconds' bad
rows '1000000001,0,down,1' >bad && declines 'bad:2: a time is in seconds' bad
rows '1,x,down,1' >bad && declines 'bad:2: a link is a whole number' bad
rows '1,0,down,soon' >bad && declines 'bad:2: repair is the time' bad
rows '1,0,slow 0,1' >bad && declines 'bad:2: slow is without N lanes' bad
rows >bad && declines 'nothing lies between' bad
echo 'link,time' >bad && declines 'bad:1: the first line is time,link,what,repair' bad
: >bad && declines 'it is empty' bad
printf 'time,link,what,repair\n1,0,\0,1\n' >bad && declines 'bad:2: .*NUL' bad
head -c 9000 /dev/zero | tr '\0' 'a' >bad && declines 'bad:1: .*longer' bad
declines 'none.csv: cannot be read: No such file' none.csv
declines 'a link 3, and --links says there are 2' day.csv --links 2
declines 'faster is a whole number' day.csv --faster 0
declines 'nothing lies between' day.csv --from 200
declines 'nothing lies between' day.csv --until 0
for to in day.csv ./day.csv linked.csv; do
  ln -f day.csv linked.csv
  declines_to 'that is the trace, and would be overwritten' "$to" day.csv
  same 7 "$(grep -c . day.csv)"
done
declines_to 'standard output has what the trace says; name a file' - day.csv
[ ! -e ./- ] || fail "a file named -"
rows '1,0,down,1' "$(printf '2,0,\033]0;a\007b,1')" >odd.csv
"$oio" faults import odd.csv -o odd.faults >said
grep -q "such as '?\]0;a?b'$" said || fail "$(cat -v said)"
rows '999999999,0,down,1' >bad && declines 'lasts too long for a run; give --faster' bad
echo "1..$planned passed"
