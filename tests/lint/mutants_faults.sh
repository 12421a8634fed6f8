#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# A block of tests/mutants/model.txt that no longer fits the model is named without a build: one misfit of each kind, planted in a copy.
# usage: mutants_faults.sh SOURCE_FOLDER
source=$1
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
missed=0

# plant EXPECTED FILE SED: the file changed so must be answered by EXPECTED.
plant() {
  mkdir -p "$work/copy/tests"
  cp -R "$source/cmodel" "$source/files" "$work/copy"
  cp -R "$source/tests/mutants" "$source/tests/unit" "$work/copy/tests"
  sed "$3" "$source/$2" >"$work/copy/$2"
  if cmp -s "$source/$2" "$work/copy/$2"; then
    echo "'$3' changes nothing in $2" >&2
    missed=1
  elif sh "$work/copy/tests/mutants/model.sh" list >"$work/said" 2>&1; then
    echo "not seen: '$3' in $2" >&2
    missed=1
  elif ! grep -qF -e "$1" "$work/said"; then
    echo "'$3' in $2 was not answered by '$1' but by:" >&2
    cat "$work/said" >&2
    missed=1
  fi
  rm -r "$work/copy"
}
sh "$source/tests/mutants/model.sh" list >"$work/said" || exit 1
[ "$(wc -l <"$work/said")" = "$(grep -c '^mutant ' "$source/tests/mutants/model.txt")" ] || { echo "not every block is listed" >&2; exit 1; }

plant 'wrong_crc_unseen: monitor.c: not there once' cmodel/src/monitor/monitor.c 's/"a flit with a wrong CRC"/"another CRC"/'
plant 'wrong_crc_unseen: monitor.c: not there once' tests/mutants/model.txt 's/^- oio_monitor_find(m, start_ps, OIO_RULE_CRC/- oio_monitor_find(m, start_ps, "section 2"/'
plant 'p50_is_p40: tests/unit has no test_result.c' tests/mutants/model.txt 's/^by test_results$/by test_result/'
plant 'p50_is_p40: there is no file collects.c' tests/mutants/model.txt 's/^file collect.c$/file collects.c/'
exit $missed
