#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Public headers, of the source tree or installed, as any user may take them in: C11 to C23 and C++17 to C++23, each alone and twice, and all
# together, without a warning from gcc or clang. Nothing is built.
# usage: headers.sh INCLUDE_FOLDER [CC CXX]
set -u
include=$1 cc=${2:-cc} cxx=${3:-c++}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
fail() { echo "FAILED: $*" >&2; exit 1; }
c_warnings="-Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wundef -Werror -fsyntax-only -I$include"
cpp_warnings="$c_warnings -Wold-style-cast"

for header in "$include"/oio/*.h "$include"/oio/dpi/*.h; do
  test -f "$header" || fail "no header in ${header%/*}"
  line="#include <oio/${header#"$include"/oio/}>"
  printf '%s\n%s\nextern int outside;\n' "$line" "$line" >"$work/one.c"
  echo "$line" >>"$work/all.c"
  "$cc" -std=c11 $c_warnings "$work/one.c" || fail "$header in C11"
  "$cxx" -std=c++17 -x c++ $cpp_warnings "$work/one.c" || fail "$header in C++17"
done
echo "extern int outside;" >>"$work/all.c"

# Padding is meant; the rest is about code older than C++11, or about what every header of C does. A newer clang may know more of them.
everything="-Weverything -Wno-padded -Wno-unknown-warning-option -Wno-c++98-compat -Wno-c++98-compat-pedantic -Wno-pre-c2x-compat -Wno-unsafe-buffer-usage
  -Wno-declaration-after-statement -Wno-documentation"
for compiler in "$cc" gcc clang; do
  command -v "$compiler" >/dev/null || continue
  clang=$("$compiler" --version | grep -c clang) || :
  for standard in c11 c17 c2x c++17 c++20 c++2b; do
    language=c strict=$c_warnings
    case $standard in c++*) language=c++ strict=$cpp_warnings ;; esac
    [ "$clang" = 0 ] || strict="$strict $everything"
    "$compiler" -std=$standard -x $language $strict "$work/all.c" || fail "all headers in $standard, $compiler"
  done
done
