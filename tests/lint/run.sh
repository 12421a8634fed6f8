#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Looks at the source text alone: nothing is built. Without an argument, everything; else the named checks.
# usage: run.sh [format|headers|layering|tested|mutants|rtl|yosys|licence|words|length]...      exit status 77: skipped, the tool is missing (one check alone)
here=$(cd "$(dirname "$0")" && pwd)
cd "$here/../.." || exit 1

# What is under version control; in a tree without it, what lies there.
sources() {
  git ls-files -- "$@" 2>/dev/null | grep . ||
    find . \( -name .git -o -path ./build -o -path ./out \) -prune -o -type f -print | sed 's,^\./,,' | grep -E "$(ending "$@")" | sort
}
# ending '*.c' '*.h': the same as an expression.
ending() {
  [ $# -gt 0 ] || { echo .; return; }
  printf '%s\n' "$@" | sed 's/\./\\./g; s/^\*/^.*/; s/$/$/' | paste -s -d '|'
}
# tool NAME...: the first that is installed.
tool() {
  for name in "$@"; do command -v "$name" && return; done
  echo "skipped: $1 is not installed"
  return 77
}
# nothing MESSAGE: standard input must be empty.
nothing() {
  found=$(cat)
  [ -n "$found" ] || return 0
  printf '%s:\n%s\n' "$1" "$found" >&2
  return 1
}

# Another release of clang-format lays out differently: the tree is formatted with 14.
format() {
  clang_format=$(tool clang-format-14 clang-format) || { echo "$clang_format"; return 77; }
  "$clang_format" --version | grep -q 'version 14\.' || { echo "skipped: clang-format is not release 14"; return 77; }
  sources '*.c' '*.h' '*.cpp' | xargs "$clang_format" --dry-run 2>&1 | sed -n 's/:[0-9]*:[0-9]*: warning: code should be clang-formatted.*//p' |
    sort | uniq -c | nothing "not formatted as .clang-format says (places, file); clang-format-14 -i FILE"
}
# As they are installed: those of the model, and of DPI beside them.
headers() {
  tool cc >/dev/null && tool c++ >/dev/null || { echo "skipped: there is no compiler of C and C++"; return 77; }
  folder=$(mktemp -d)
  cp -R cmodel/include/oio "$folder" && mkdir "$folder/oio/dpi" && cp bridge/dpi/*.h "$folder/oio/dpi" && sh "$here/headers.sh" "$folder"
  status=$?
  rm -rf "$folder"
  return $status
}
layering() { sh "$here/layering.sh" .; }
tested() { sh "$here/tested.sh" .; }
mutants() { sh tests/mutants/model.sh list >/dev/null; }
rtl() {
  verilator=$(tool verilator) || { echo "$verilator"; return 77; }
  sh tests/rtl/lint.sh "$verilator" "$PWD/rtl"
}
yosys() {
  reader=$(tool yosys) || { echo "$reader"; return 77; }
  for width in 64 128; do
    sh tests/rtl/yosys.sh "$reader" $width "$PWD/rtl/oio_pkg.sv" $(ls "$PWD"/rtl/oio_*.sv | grep -v /oio_pkg.sv) || return 1
  done
}
licence() {
  sources | grep -vE '\.(json|gz|fst|vcd|golden|md)$|^LICENSE$|^\.gitignore$|^third_party/' | xargs grep -L 'SPDX-License-Identifier: Apache-2.0' |
    nothing "no SPDX-License-Identifier line"
}
# Brackets keep the patterns from finding themselves.
words() {
  found=0
  # forbid MESSAGE PATTERN
  forbid() { sources | grep -v '\.gz$' | xargs grep -nIE -e "$2" | nothing "$1" || found=1; }
  forbid "unfinished; do it, or say in the documents that it is not there" '\b(TO[D]O|FIX[M]E)\b'
  forbid "paths of one machine" '(^|[^[:alnum:]_.$}{*)>-])/(hom[e]|roo[t]|wor[k]|far[m]|User[s]|mn[t])/[[:alnum:]_]'
  forbid "registry hosts" \
    '(deb\.debia[n]|pypi\.or[g]|files\.pythonhoste[d]|registry\.[a-z]+\.[a-z]|ghcr\.i[o]|docker\.i[o]|quay\.i[o]|proxy\.golan[g]|npmjs\.co[m]|crates\.i[o])'
  return $found
}
# One concept a file; a warning, not a fault.
length() {
  sources '*.c' '*.h' '*.cpp' '*.sv' '*.sh' | xargs wc -l | awk '$2 != "total" && $1 > 500 { print "warning: " $2 " has " $1 " lines" }'
}

failed=0
for check in ${*:-format headers layering tested mutants rtl yosys licence words length}; do
  case $check in
    format | headers | layering | tested | mutants | rtl | yosys | licence | words | length) ;;
    *) echo "run.sh: there is no check '$check'" >&2; exit 2 ;;
  esac
  "$check"
  status=$?
  [ $# -eq 1 ] && exit $status
  case $status in
    0) echo "lint: $check: good" ;;
    77) ;;
    *) echo "lint: $check: FAILED" >&2; failed=1 ;;
  esac
done
exit $failed
