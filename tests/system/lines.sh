# SPDX-License-Identifier: Apache-2.0
# Lines that are none: over-long, with a NUL byte, cut off by an error or for want of memory. Each is an error of one line that names the file,
# whoever reads it, and never the end of the file.
. "$(dirname "$0")/trace_shell.sh"
source=$2
sample=$source/traces/ring-allreduce-8.oiotrace.gz

# declines PATTERN ARGUMENT...: exit status 2 with one line that matches, soon, and nothing made. The limit is that of a hang, not a measure.
declines() {
  pattern=$1
  shift
  got=0
  timeout 60 "$oio" "$@" >stdout 2>stderr || got=$?
  [ "$got" = 2 ] || fail "oio $*: exit status $got: $(head -c 300 stderr)"
  [ "$(wc -l <stderr)" = 1 ] || fail "oio $*: not one line: $(head -c 300 stderr)"
  grep -q -- "$pattern" stderr || fail "oio $*: '$(head -c 300 stderr)' does not match '$pattern'"
  [ -z "$(ls out)" ] || fail "oio $*: left behind: $(ls out)"
}
# line_of BYTES: x's and a newline, so many bytes in all.
line_of() { head -c $(($1 - 1)) /dev/zero | tr '\0' x && echo; }

few="--generate poisson --messages 20 --json out/r.json --quiet"
mkdir goldens
# A folder's name, or a file's, stands for the text that each reader takes: configuration, rules, certificate, trace.
# everywhere PATTERN FILE
everywhere() {
  declines "$2:[0-9]*: $1" sim $few --config "$2"
  declines "$2:[0-9]*: $1" wavediff a.vcd b.vcd --rules "$2" --json out/w.json
  ln -sfn "$2" goldens/g.golden
  declines "goldens/g.golden:[0-9]*: $1" wave bless a.vcd --as goldens/g
  got=0
  "$oio" wave check goldens >stdout || got=$? # an unusable golden is a row of its table
  same 2 "$got"
  grep -q "goldens/g.golden:[0-9]*: $1" stdout || fail "$(cat stdout)"
}
printf '$timescale 1ns $end\n$scope module t $end\n$var wire 1 ! v $end\n$upscope $end\n$enddefinitions $end\n#0\n0!\n#5\n1!\n' >a.vcd
cp a.vcd b.vcd

sentence "a line beyond 65536 bytes is too long, one of 65536 is not, in configurations, rules and certificates"
{ printf '# one\n#' && line_of 65535; } >fits
"$oio" sim $few --config fits && rm out/r.json
"$oio" wavediff a.vcd b.vcd --rules fits --quiet
{ printf '# one\n#' && line_of 65536; } >over
everywhere "the line is longer than 65536 bytes" "$folder/over"
grep -q "goldens/g.golden:2: " stdout || fail "the line is not named: $(cat stdout)"

sentence "text behind a NUL byte is not left out unseen"
printf '# a\000\nlink.format=6\n' >nul
everywhere "a NUL byte" "$folder/nul"
printf 'link.format=6\000' >nul
everywhere "a NUL byte" "$folder/nul"

sentence "what never ends is refused soon"
everywhere "the line is longer" /dev/zero
for format in "" "--format tt-npe" "--format netrace"; do
  declines "/dev/zero: \(a NUL byte\|byte 0\|.*bzip2\)" trace import $format -o out/t.gz /dev/zero
done
declines "not a trace" trace info /dev/zero

sentence "a folder, and what fails when it is read, are no empty file"
everywhere "cannot be read: Is a directory" "$folder/out"
if head -c 1 /proc/self/mem 2>&1 | grep -q "Input/output error"; then
  everywhere "cannot be read: Input/output error" /proc/self/mem
  declines "cannot be read: Input/output error" sim --trace /proc/self/mem --json out/r.json
  declines "/proc/self/mem: cannot be read: Input/output error" trace import -o out/t.gz /proc/self/mem
  declines "cannot be read: Input/output error" flit decode </proc/self/mem
fi

sentence "a comment of a trace is at most 262144 bytes with its newline, in its head and among its records"
for where in 2 6; do
  zcat "$sample" >plain
  { head -n $((where - 1)) plain && printf '#' && line_of 262143 && tail -n +$where plain; } >comment
  "$oio" trace info comment >info
  "$oio" trace info plain | tail -n +2 >stdout
  tail -n +2 info | cmp -s - stdout || fail "another trace: $(diff info stdout)"
  for nbytes in 262144 299999; do
    { head -n $((where - 1)) plain && printf '#' && line_of $nbytes && tail -n +$where plain; } >comment
    declines "comment:$where: the line is longer than 262144 bytes" trace info comment
    declines "comment:$where: the line is longer than 262144 bytes" sim --trace comment --json out/r.json
  done
  { head -n $((where - 1)) plain && printf '# a\000b\n' && tail -n +$where plain; } >comment
  declines "comment:$where: a NUL byte" trace info comment
done

sentence "a line that memory cannot hold is refused, not half read"
head -c 150000000 /dev/zero | tr '\0' '#' >huge && printf '\nlink.format=5\n' >>huge
if (ulimit -v 100000 && "$oio" --version) >/dev/null 2>&1; then # a sanitizer needs more than that to begin with
  ulimit -v 100000
  everywhere "the line is longer than 65536 bytes" "$folder/huge"
  declines "huge:1: not a trace" trace info huge
fi

echo "1..$planned passed"
