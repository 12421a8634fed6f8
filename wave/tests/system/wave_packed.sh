#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Waveforms packed by zstd and xz: the verdicts of the plain files; what is cut, damaged or a bomb is unusable.
. "$(dirname "$0")/../../../tests/system/trace_shell.sh"

# wave NAME VALUE: a run of a counter, in which one value is VALUE.
wave() {
  awk -v odd="$2" 'BEGIN {
    print "$timescale 1 ns $end $scope module t $end $var wire 16 ! n $end $upscope $end $enddefinitions $end"
    for (i = 0; i < 5000; i++) {
      bits = ""
      for (k = i == 3000 ? odd : i * 7919 % 65536; length(bits) < 16; k = int(k / 2)) bits = k % 2 bits
      print "#" i "\nb" bits " !"
    }
  }' >"$1"
}
# says STATUS PATTERN GOLDEN NEW
says() {
  got=0
  "$oio" wavediff "$3" "$4" >stdout 2>&1 || got=$?
  [ "$got" = "$1" ] && grep -q -- "$2" stdout || fail "$3 $4: exit status $got, not $1, or no '$2' in $(cat stdout)"
}
wave golden.vcd 1
wave new.vcd 2

for packer in zstd xz; do
  sentence "a file packed by $packer is what was packed"
  for file in golden new; do
    $packer -q -k -c $file.vcd >$file.vcd.$packer
  done
  says 0 SAME golden.vcd golden.vcd.$packer
  says 1 'first at 3 us: t.n' golden.vcd.$packer new.vcd
  says 1 'golden .h0001, new .h0002' golden.vcd.$packer new.vcd.$packer
  cat golden.vcd.$packer >two.$packer # one stream behind another, as cat makes it
  head -c 0 /dev/null | $packer -q -c >>two.$packer
  says 0 SAME golden.vcd two.$packer

  sentence "cut or damaged $packer data is unusable, wherever"
  size=$(wc -c <golden.vcd.$packer)
  i=1
  while [ $i -le 30 ]; do
    at=$((size * i / 31))
    head -c $at golden.vcd.$packer >cut
    case $at in 0 | 1 | 2 | 3 | 4 | 5) ;; *) says 2 "the $packer data is cut or damaged" cut golden.vcd ;; esac
    { head -c $at golden.vcd.$packer; printf '\125\252'; tail -c +$((at + 3)) golden.vcd.$packer; } >flipped
    cmp -s flipped golden.vcd.$packer || says 2 'cut or damaged' flipped golden.vcd
    i=$((i + 1))
  done
  printf junk | cat golden.vcd.$packer - >behind
  says 2 'cut or damaged' behind golden.vcd

  sentence "a $packer bomb is refused by its size"
  head -c 300000000 /dev/zero | $packer -q -c >bomb
  [ "$(wc -c <bomb)" -lt 50000 ] || fail "no bomb: $(wc -c <bomb) bytes"
  says 2 'unpacks to more than 4096 times' bomb golden.vcd
done

echo "1..$planned passed"
