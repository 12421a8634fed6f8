# SPDX-License-Identifier: Apache-2.0
# What the trace tests share; each sources it with the program in $1. Works in a folder of its own, which goes at the end.
set -eu
export LC_ALL=C
oio=$1
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
mkdir out
planned=0

fail() {
  echo "FAILED: $*" >&2
  exit 1
}

# sentence WORDS: what is shown next; printed, so that a log reads as a list of sentences.
sentence() {
  planned=$((planned + 1))
  echo "$planned. $*"
}

# same EXPECTED GOT
same() {
  [ "$1" = "$2" ] || fail "expected '$1', got '$2'"
}

# refuses STATUS PATTERN ARGUMENT...: `oio trace` exits with STATUS, says one line on stderr that matches, and leaves nothing in out/.
refuses() {
  want=$1 pattern=$2
  shift 2
  got=0
  "$oio" trace "$@" >stdout 2>stderr || got=$?
  [ "$got" = "$want" ] || fail "oio trace $*: exit status $got, not $want: $(cat stderr)"
  [ "$(wc -l <stderr)" = 1 ] || fail "oio trace $*: not one line: $(cat stderr)"
  grep -q -- "$pattern" stderr || fail "oio trace $*: '$(cat stderr)' does not match '$pattern'"
  [ -z "$(ls out)" ] || fail "oio trace $*: left behind: $(ls out)"
}

# interrupted ARGUMENT...: `oio trace`, interrupted once it has begun to write in out/, exits with 130 and leaves nothing there.
interrupted() {
  "$oio" trace "$@" >stdout 2>stderr &
  until [ -n "$(ls out)" ]; do sleep 0.05; done
  kill -INT $!
  status=0
  wait $! || status=$?
  same 130 "$status"
  same "" "$(ls out)"
}

# little_endian VALUE COUNT: that many bytes.
little_endian() {
  value=$1 count=$2
  while [ "$count" -gt 0 ]; do
    printf "\\$(printf %03o $((value & 255)))"
    value=$((value >> 8)) count=$((count - 1))
  done
}

# netrace_header NODES PACKETS: version 1.0, one region, notes "x".
netrace_header() {
  little_endian $((0x484A5455)) 4
  printf '\000\000\200\077'
  printf 'made by hand'
  head -c 18 /dev/zero
  little_endian "$1" 1
  little_endian 0 1
  little_endian 1000 8
  little_endian "$2" 8
  little_endian 2 4
  little_endian 1 4
  head -c 8 /dev/zero
  printf 'x\000'
  head -c 24 /dev/zero
}

# netrace_packet CYCLE ID TYPE SOURCE DESTINATION [DEPENDENT...]
netrace_packet() {
  little_endian "$1" 8
  little_endian "$2" 4
  little_endian 0 4
  little_endian "$3" 1
  little_endian "$4" 1
  little_endian "$5" 1
  little_endian 0 1
  shift 5
  little_endian $# 1
  for dependent in "$@"; do little_endian "$dependent" 4; done
}
