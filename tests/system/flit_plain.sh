# SPDX-License-Identifier: Apache-2.0
# `oio flit` of the plain profile: flits worked out by hand, and CRCs of others recognised.
. "$(dirname "$0")/trace_shell.sh"
data=000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f202122232425262728292a2b2c2d2e2f303132333435363738393a3b3c3d3e3f

declines() {
  pattern=$1
  shift
  got=0
  "$oio" flit "$@" >stdout 2>stderr || got=$?
  same 2 "$got"
  same 1 "$(wc -l <stderr)"
  grep -q -- "$pattern" stderr || fail "oio flit $*: '$(cat stderr)' does not match '$pattern'"
  [ ! -s stdout ] || fail "oio flit $*: prints $(cat stdout)"
}
# shows STATUS HEX LINE...: format 2, taken apart, has these lines.
shows() {
  want=$1
  got=0
  "$oio" flit decode --profile plain --format 2 "$2" >stdout || got=$?
  same "$want" "$got"
  shift 2
  for line in "$@"; do grep -qx -- "$line" stdout || fail "no line '$line' in: $(cat stdout)"; done
}

sentence "headers stand where SPEC.md section 16 has them, in every format"
for format in 2 4 5 6; do same 4103 "$("$oio" flit encode --profile plain --format $format --sequence 19 | cut -c1-4)"; done
same 4103 "$("$oio" flit encode --profile plain --sequence 19 | cut -c473-476)"
same 0f1e "$("$oio" flit encode --profile plain --format 4 --nop --command ack --sequence 254 | cut -c1-4)"
same 0f2f "$("$oio" flit encode --profile plain --format 4 --nop --command nak --sequence 255 | cut -c1-4)"
same aa95 "$("$oio" flit encode --profile plain --format 2 --protocol 2 --stack 1 --type management --command ack --sequence 165 | cut -c1-4)"
same 136 "$("$oio" flit encode --profile plain --format 2 --payload $data | tr -d '\n' | wc -c)"

sentence "each format comes back as it was made"
for format in 2 3 4 5 6; do
  "$oio" flit encode --profile plain --format $format --protocol 3 --marker 1 --sequence 200 --payload $data | "$oio" flit decode --profile plain --format $format >stdout
  for line in "crc0      valid" "protocol  payload 3" "marker    1" "sequence  200" "payload   $(echo $data | cut -c1-64)"; do
    grep -qx -- "$line" stdout || fail "format $format: $(cat stdout)"
  done
done

sentence "a CRC of another kind is recognised"
shows 1 4103${data}eb2d "crc0      WRONG" "may be a CRC with polynomial 0x1021, bit 7 of each byte first, no zeros behind the data, its high byte first"
shows 1 4103${data}95d7 "may be a CRC with the register reflected, no zeros behind the data" # CRC-16/ARC
all="polynomial 0x1021, bit 7 of each byte first, the register reflected, initial value 0xFFFF, inverted at the end, the zeros before the data, its high byte first"
shows 1 4104${data}07f9 "may be a CRC with $all"
shows 1 4103${data}0000 "crc0      WRONG"
! grep -q "a CRC with" stdout || fail "$(cat stdout)"
flit=$("$oio" flit encode --payload 01)
got=0
"$oio" flit decode "$(echo "$flit" | sed 's/\(..\)\(..\)\(..\)\(..\)$/\2\1\4\3/')" >stdout || got=$?
same 1 "$got"
grep -qx "looks like a CRC with its high byte first" stdout || fail "$(cat stdout)"

sentence "reserved flits are shown with their rule; what cannot be is one line and exit status 2"
shows 1 "$(printf '%0136d' 0 | sed 's/0$/1/')" "protocol  nop, discarded (rule PR2)"
declines "a format of the plain profile is 2 to 6, not '1'" encode --profile plain --format 1
declines "a payload of format 2 is hex of at most 64 bytes" encode --profile plain --format 2 --payload ${data}00
declines "a NOP carries no payload" encode --profile plain --nop --payload 01
declines "\-\-sequence is 0 to 255, not '256'" encode --profile plain --sequence 256
declines "\-\-type is regular, test or management" encode --profile plain --type odd
declines "the plain profile has no option '--credit'" encode --profile plain --credit 1
declines "its value is missing: '--stack'" encode --profile plain --stack
declines "a flit is 136 hex digits; this is not: '00'" decode --profile plain --format 2 00
declines "\-\-profile is extended or plain, not 'simple'" encode --profile simple
declines "\-\-profile is extended or plain, not ''" decode --profile

echo "1..$planned passed"
