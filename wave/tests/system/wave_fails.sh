#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Pairs of small files that once were judged wrong: each has the right exit status, and the text says the right thing.
# OIO_WAVE_FAILS names their folder, with NAME.a.vcd and NAME.b.vcd or NAME.golden.vcd and NAME.new.vcd; without it the test is skipped (77).
# usage: wave_fails.sh PROGRAM SOURCE_FOLDER
oio=$1
fails=${OIO_WAVE_FAILS:-}
if [ -z "$fails" ] || [ ! -d "$fails" ]; then
  echo "skipped: OIO_WAVE_FAILS names no folder"
  exit 77
fi
failures=0
rows=0

# pair NAME: sets golden and new.
pair() {
  golden=$1.a.vcd new=$1.b.vcd
  [ -f "$golden" ] || golden=$1.golden.vcd new=$1.new.vcd
}

cd "$fails" || exit 1
# name | exit status | what a line of the text matches | options
while IFS='|' read -r name wanted phrase options; do
  rows=$((rows + 1))
  pair "$name"
  eval "set -- $options"
  status=0
  said=$("$oio" wavediff "$@" "$golden" "$new" 2>&1 </dev/null) || status=$?
  [ "$status" = "$wanted" ] && printf '%s\n' "$said" | grep -Eq -e "$phrase" && continue
  failures=$((failures + 1))
  printf 'FAILED: cd %s; oio wavediff %s %s %s: exit status %s, wanted %s and a line like "%s":\n%s\n' "$fails" "$options" "$golden" "$new" \
    "$status" "$wanted" "$phrase" "$said"
done <<'TABLE'
06_range_direction|1|^first: t[.]b.3:0. at 0 s$|
07_partial_bits|1|width: golden 4 bits, new 3|
08_index_space|0|^SAME: 2 variables|
12_evcd_vs_vcd|0|^SAME: 1 variable is|
13_duplicate_names|0|^SAME: 3 variables|
6_bit0|0|^SAME: 2 variables|
7_dup|0|^SAME: 4 variables|
13_clk|1|^ +for 2 ns, equal again at 6[.]1 ns; 2 times, 3 ns in all$|
13_clk|1|^ +for 2 ns, equal again at 7 ns; 2 times, 3 cycles in all$|--clock t.clk
4_nothing|1|^ +10 ns +v0 +value +'h3 / 'h4  to end$|
4_nothing|1|^ +1 ns +v0 +value +'h1 / 'h2  to end$|--max 1
1_time63|2|^UNUSABLE: |
2b_s_vs_fs_short|2|^UNUSABLE: |
3_long_b|2|damaged before its first|
5_bad_digit|2|^UNUSABLE: |
9_damage_t0|2|damaged before its first|
8_event_x|0|^SAME: 2 variables|
03_event_initial0|0|^SAME: 2 variables|
04_evcd_one_digit_strength|0|^SAME: 1 variable is|
11_real_as_s|1|golden 4, new 5|
01_lost_pulse|1|^DIFFERENT: 1 of 1 variable differs, first at 25 ns: t.clk$|
TABLE
echo "$rows rows, $failures failed"
[ "$rows" -gt 0 ] && [ "$failures" -eq 0 ]
