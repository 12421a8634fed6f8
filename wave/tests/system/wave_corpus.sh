#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Files of many simulators: each equals itself, twins of two formats equal each other, pairs that are named diff or no_diff are judged so.
# OIO_WAVE_CORPUS names the folder; without it the test is skipped (77).
# usage: wave_corpus.sh PROGRAM SOURCE_FOLDER
oio=$1
corpus=${OIO_WAVE_CORPUS:-}
if [ -z "$corpus" ] || [ ! -d "$corpus" ]; then
  echo "skipped: OIO_WAVE_CORPUS names no folder"
  exit 77
fi
failures=0
checks=0

# expect STATUS WHY GOLDEN NEW [OPTION]...
expect() {
  wanted=$1 why=$2 golden=$3 new=$4
  shift 4
  checks=$((checks + 1))
  output=$("$oio" wavediff "$@" "$corpus/$golden" "$corpus/$new" 2>&1 < /dev/null)
  status=$?
  case " $wanted " in
  *" $status "*) return ;;
  esac
  failures=$((failures + 1))
  echo "FAILED: wavediff $* $golden $new: status $status, not $wanted ($why)"
  echo "$output" | head -n 12
}

# What is known to be no whole waveform, or to hold none: each with the reason.
unusable() {
  case $1 in
  gtkwave/error_no_symbols.vcd) echo "declares no variable" ;;
  wellen/VCD_file_with_errors.vcd) echo "no \$enddefinitions" ;;
  wellen/sigrok/libsigrok.vcd.fst) echo "unfinished, without its declarations" ;;
  wellen/verilator/verilator-incomplete.fst) echo "unfinished" ;;
  wellen/wellen/issue_5.vcd) echo "time goes back" ;;
  *) return 1 ;;
  esac
}

# Twins that truly differ: each with the reason.
differing() {
  return 1 # none is known
}

cd "$corpus" || exit 1
for file in $(find . -name '*.vcd' -o -name '*.fst' | sed 's#^\./##' | sort); do
  if reason=$(unusable "$file"); then
    expect "2 3" "$reason" "$file" "$file"
  else
    expect "0" "a file equals itself" "$file" "$file"
  fi
done
for file in $(find . -name '*.vcd.fst' -o -name '*.fst.vcd' -o -name '*.vcd.*.fst' | sed 's#^\./##' | sort); do
  case $file in
  *.fst.vcd) other=${file%.vcd} ;;
  *) other=${file%%.vcd*}.vcd ;;
  esac
  [ -f "$other" ] || continue
  if unusable "$file" > /dev/null || unusable "$other" > /dev/null; then
    expect "1 2 3" "one of them is unusable" "$other" "$file"
  elif reason=$(differing "$file"); then
    expect "1" "$reason" "$other" "$file"
  else
    expect "0" "twins" "$other" "$file"
  fi
done
for file in wavetools/counter.*.diff.* wavetools/counter.*.no_diff.*; do
  [ -f "$file" ] || continue
  case $file in
  *.no_diff.*) expect "0" "named no_diff" "wavetools/counter.${file##*.}" "$file" ;;
  *) expect "1" "named diff" "wavetools/counter.${file##*.}" "$file" ;;
  esac
done
if [ -f wavetools/type_mismatch.a.vcd ]; then
  expect "1" "types differ" wavetools/type_mismatch.a.vcd wavetools/type_mismatch.b.vcd
  expect "1" "named modified" wavetools/set_counter.vcd wavetools/set_counter_modified.vcd
  expect "0" "VCD and FST" wavetools/counter.vcd wavetools/counter.fst
fi
echo "$checks comparisons, $failures failed"
[ "$failures" -eq 0 ]
