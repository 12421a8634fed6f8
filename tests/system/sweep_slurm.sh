# SPDX-License-Identifier: Apache-2.0
# `oio sweep --slurm` with a slurmctld and a slurmd of its own: the bytes of one machine, whatever is killed. OIO_SLURM_POINTS, OIO_SLURM_KILLS and OIO_SLURM_SECONDS (of one command at most) make it longer, OIO_SEED
# replays the moments.
. "$(dirname "$0")/trace_shell.sh"
. "$(dirname "$0")/slurm_shell.sh"
points=${OIO_SLURM_POINTS:-120} kills=${OIO_SLURM_KILLS:-3} seed=${OIO_SEED:-$$}

# ends STATUS COMMAND...
ends() {
  want=$1
  shift
  got=0
  timeout "${OIO_SLURM_SECONDS:-60}" "$@" >stdout 2>stderr || got=$?
  [ "$got" = "$want" ] || fail "$*: exit status $got, not $want: $(cat stderr)"
}
equal() { cmp -s "$1" "$2" || fail "$1 and $2 differ (OIO_SEED=$seed): $(cmp "$1" "$2" 2>&1)"; }
says() { grep -q -- "$1" stderr || fail "'$(cat stderr)' does not match '$1'"; }
few="--over load=0.2:0.8:0.3 --over optical.length_m=1,3 --generate poisson --messages 300 --seed 5"

sentence "what cannot be asked of Slurm is one line with the remedy, exit status 2, before anything is made"
for case in "needs --out FILE|--slurm 2" "leave --shard out|--slurm 2 --shard 1/2 --out out/s" "give that, too|--sbatch --time=1 --out out/s" "a whole number, 1..10000, not '0'|--slurm 0 --out out/s"; do
  ends 2 "$oio" sweep $few ${case#*|}
  says "${case%%|*}"
  same 1 "$(wc -l <stderr)"
  [ -z "$(ls out)" ] || fail "left behind: $(ls out)"
done
ends 2 env PATH=/nowhere "$oio" sweep $few --slurm 2 --out none.jsonl
says "squeue: No such file or directory; see that Slurm answers here"

sentence "an array makes the bytes of one machine, in a folder whose name no shell likes, and leaves nothing but the file and the database"
slurm_start
mkdir "it's 5% \"a\" \$b"
cd "it's 5% \"a\" \$b"
ends 0 "$oio" sweep $few --out one.jsonl --quiet
ends 0 "$oio" sweep $few --out array.jsonl --db array.db --slurm 2 --jobs 2 --sbatch --time=5 --sbatch --job-name=mine
says "^oio sweep: job [0-9]* of Slurm: 2 of 2 tasks; what they print is in .*/array.jsonl.slurm$"
equal one.jsonl array.jsonl
same "array.db array.jsonl one.jsonl stderr stdout" "$(ls | paste -s -d ' ')"
ends 0 "$oio" sweep $few --out array.jsonl --db array.db --slurm 4 # nothing is missing: Slurm is not asked
[ ! -s stderr ] || fail "$(cat stderr)"
same 6 "$("$oio" results export array.db csv -o - | tail -n +2 | wc -l)"
ends 0 "$oio" sweep --over load=0.2,0.5 --generate poisson --messages 30 --out more.jsonl --slurm 1000 # more tasks than runs
says "2 of 2 tasks"
cd "$folder"

sentence "what Slurm's commands remark, on either of their outputs, is no job and no number of one"
mkdir remarks
for command in squeue sbatch; do
  printf '#!/bin/sh\necho "%s: warning: out of date" >&2\necho "remark: 7 nodes"\nexec "%s" "$@"\n' $command "$(command -v $command)" >remarks/$command
  chmod +x remarks/$command
done
ends 0 env PATH="$folder/remarks:$PATH" "$oio" sweep $few --out remarked.jsonl --slurm 2
says "^oio sweep: job [0-9][0-9]* of Slurm: 2 of 2 tasks"
ends 0 "$oio" sweep $few --out one.jsonl --quiet
equal one.jsonl remarked.jsonl

sentence "a task that fails is submitted again; where that never helps the others are kept, and it is told of with what the task says"
mkdir -p lame.jsonl.slurm/2-of-3.jsonl
ends 1 "$oio" sweep $few --out lame.jsonl --slurm 3
same 4 "$(grep -c '"number"' lame.jsonl)"
same "3 of 3 1 of 3 1 of 3" "$(sed -n 's/.*of Slurm: \(. of .\) tasks.*/\1/p' stderr | paste -s -d ' ')"
says "^oio sweep: 2 runs could not be done, the first of them number 1: its task 2 says: .*2-of-3.jsonl: cannot be opened: Is a directory"
rmdir lame.jsonl.slurm/2-of-3.jsonl
ends 0 "$oio" sweep $few --out lame.jsonl --slurm 2 # cut in another way
equal one.jsonl lame.jsonl

sentence "what tasks of another sweep have left there is refused, and what a kill has cut off is done again"
mkdir other.jsonl.slurm
"$oio" sweep $few --set optical.lanes=8 --shard 1/2 --out other.jsonl.slurm/1-of-2.jsonl --quiet
ends 2 "$oio" sweep $few --out other.jsonl --slurm 2
says "1-of-2.jsonl: it is of another sweep: optical.lanes is 8 there and 16 here; remove its folder"
rm -r other.jsonl.slurm
mkdir other.jsonl.slurm
"$oio" sweep $few --shard 1/2 --out whole.jsonl --quiet
head -c 100 whole.jsonl >other.jsonl.slurm/2-of-2.jsonl
head -n 5 whole.jsonl | head -c -9 >other.jsonl.slurm/1-of-2.jsonl
ends 0 "$oio" sweep $few --out other.jsonl --slurm 2
equal one.jsonl other.jsonl

sentence "interrupted it says that Slurm goes on; the same command waits for that, and collects it"
long="--over seed=1:$points:1 --generate poisson --messages 5000"
: >stderr
"$oio" sweep $long --out stopped.jsonl --slurm 2 >stdout 2>stderr &
victim=$!
until grep -q "of Slurm" stderr; do sleep 0.02; done
kill -INT $victim
got=0
wait $victim || got=$?
same 130 "$got"
says "what Slurm has goes on; scancel --name=oio-sweep-[0-9a-f]* ends it$"
ends 0 "$oio" sweep $long --out stopped.jsonl --slurm 2
! grep -q "of Slurm" stderr || fail "submitted again: $(cat stderr)"

sentence "$points runs, the command killed $kills times at random, and every second time its tasks: the same bytes (OIO_SEED=$seed)"
ends 0 "$oio" sweep $long --out long.jsonl --quiet
equal long.jsonl stopped.jsonl
for moment in $(awk -v seed="$seed" -v kills="$kills" 'BEGIN { srand(seed); for (i = 0; i < kills; i++) print rand() * 1.2 }'); do
  "$oio" sweep $long --out killed.jsonl --slurm 4 --quiet &
  victim=$!
  sleep "$moment"
  kill -KILL $victim 2>/dev/null || true
  wait $victim 2>/dev/null || true
  turn=$((${turn:-0} + 1))
  [ $((turn % 2)) = 0 ] || scancel $(squeue --noheader --format=%A) 2>/dev/null || true # there may be none any more
done
ends 0 "$oio" sweep $long --out killed.jsonl --slurm 3
equal long.jsonl killed.jsonl

echo "good"
