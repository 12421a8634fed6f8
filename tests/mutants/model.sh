#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The C model, broken in one place each: the unit test that a block of model.txt names fails, and passes with the whole model. All mutants are
# compiled into one model, each behind a test of its number, so a run chooses one without a build.
# `list` builds nothing: it names each block and its test if every block fits the model, and else those that do not.
# usage: model.sh list|tenth|all|NAME...    environment: CC, OIO_SEED (which tenth; else the day), OIO_JOBS
set -eu
export LC_ALL=C
folder=$(cd "$(dirname "$0")" && pwd)
source=$(cd "$folder/../.." && pwd)
mutants=$folder/model.txt
compiler=${CC:-cc}
jobs=${OIO_JOBS:-$(nproc)}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

fail() {
  echo "mutants: $*" >&2
  exit 1
}

# Number, name, test and reason of every block, with bars between them.
list_blocks() {
  (cd "$source" && find cmodel/src cmodel/include files -name '*.[ch]') >"$work/sources"
  files=$(sed 's/.*[/]//' "$work/sources" | paste -s -d ' ')
  awk -v heads="why by" -v files="$files" -f "$folder/blocks.awk" "$mutants" >"$work/names"
  awk '/^mutant / { name = $2; number++ } /^why / { why = substr($0, 5) } /^by / { by = substr($0, 4) }
    /^file / { print number "|" name "|" by "|" why }' "$mutants" >"$work/blocks"
}

# Every quote stands in the model as it is, and every test is there; no build.
list_if_whole() {
  misfits=0
  while read -r file; do
    grep -q "^file ${file##*/}\$" "$mutants" || continue
    awk -v file="${file##*/}" -v on="(oio_mutant == %d)" -f "$folder/place.awk" "$source/$file" "$mutants" >"$work/placed" || misfits=1
  done <"$work/sources"
  for test in $(cut -d '|' -f 3 "$work/blocks" | sort -u); do
    [ "$test" = nothing ] || [ -n "$(find "$source/tests/unit" -name "$test.c")" ] || {
      echo "mutants: $(awk -F '|' -v test="$test" '$3 == test { print $2; exit }' "$work/blocks"): tests/unit has no $test.c" >&2
      misfits=1
    }
  done
  [ "$misfits" = 0 ] || fail "quote the lines of tests/mutants/model.txt as they stand in the model now"
  awk -F '|' '{ print $2 " by " $3 }' "$work/blocks"
}

# Which blocks run: into $work/chosen.
choose() {
  if [ "$1" = all ]; then
    cp "$work/blocks" "$work/chosen"
  elif [ "$1" = tenth ]; then
    seed=${OIO_SEED:-$(($(date +%s) / 86400))}
    echo "seed $seed: every tenth; again with OIO_SEED=$seed tests/mutants/model.sh tenth"
    awk -F '|' -v seed="$seed" '$1 % 10 == seed % 10' "$work/blocks" >"$work/chosen"
  else
    for name in "$@"; do
      grep "^[0-9]*|$name|" "$work/blocks" || fail "there is no block $name in $mutants"
    done >"$work/chosen"
  fi
  grep '|nothing|' "$work/chosen" | sed 's/^[0-9]*|\([^|]*\)|nothing|/equivalent: \1: /' || true
  grep -v '|nothing|' "$work/chosen" >"$work/to_run" || true
  cut -d '|' -f 3 "$work/to_run" | sort -u >"$work/tests"
}

# The model with all mutants in it, and the tests, which include its headers, too.
build() {
  mkdir -p "$work/objects"
  cat >"$work/mutant.h" <<'C'
#ifdef __cplusplus
#error "the model is C"
#endif
extern int oio_mutant; /* what is broken in this run: a number of model.txt, 0 for nothing */
C
  cat >"$work/objects/mutant.c" <<'C'
#include <stdlib.h>
int oio_mutant;
__attribute__((constructor)) static void choose(void) {
  const char *text = getenv("OIO_MUTANT");
  oio_mutant = text == NULL ? 0 : atoi(text);
}
C
  while read -r file; do
    mkdir -p "$work/${file%/*}"
    if grep -q "^file ${file##*/}\$" "$mutants"; then
      awk -v file="${file##*/}" -v on="(oio_mutant == %d)" -f "$folder/place.awk" "$source/$file" "$mutants" >"$work/$file"
    else
      cp "$source/$file" "$work/$file"
    fi
  done <"$work/sources"
  flags="-std=c11 -O1 -w -include $work/mutant.h -I $work/cmodel/include -I $work/cmodel/src -I $work/files -DNDEBUG -DOIO_VERSION='\"0\"'"
  : >"$work/commands"
  for file in $(grep '[.]c$' "$work/sources" | sed "s|^|$work/|") "$work/objects/mutant.c"; do
    name=${file##*/}
    wide=
    case $name-$(uname -m) in digest_avx512.c-x86_64) wide=-mavx512f ;; esac
    echo "$compiler $flags $wide -c $file -o $work/objects/${name%.c}.o" >>"$work/commands"
  done
  xargs -P "$jobs" -d '\n' -n 1 sh -c <"$work/commands" || fail "the model with mutants in it does not compile"
  # Of an archive, so that a test may have a net of its own in the place of the model's.
  ar rcs "$work/model.a" "$work"/objects/*.o
  "$compiler" -O1 -w "$source/tests/vectors/make_crc16.c" -o "$work/make_crc16"
  libraries="$(pkg-config --cflags --libs cmocka) -lz -lm"
  while read -r test; do
    file=$(find "$source/tests/unit" -name "$test.c")
    wrapped=$(grep -o '__wrap_[a-z_]*' "$file" | sort -u | sed 's/__wrap_/-Wl,--wrap=/' | paste -s -d ' ')
    echo "$compiler $flags -I $source/tests/unit -DOIO_SOURCE_DIR='\"$source\"' -DOIO_MAKE_CRC16='\"$work/make_crc16\"'" \
      "$file $work/model.a $libraries $wrapped -o $work/$test"
  done <"$work/tests" >"$work/commands"
  xargs -P "$jobs" -d '\n' -n 1 sh -c <"$work/commands" || fail "a test does not compile"
}

# The whole model first: a test that fails anyway says nothing about a mutant.
run() {
  cat >"$work/run.sh" <<'SH'
number=${1%%|*} rest=${1#*|}
name=${rest%%|*} rest=${rest#*|}
by=${rest%%|*} why=${rest#*|}
folder=$(mktemp -d -p .) && cd "$folder" || exit 1
status=0
OIO_MUTANT=$number OIO_SEED=1 timeout 60 "../$by" >log 2>&1 || status=$?
if [ "$number" = 0 ] && [ $status != 0 ]; then
  cat log
  echo "mutants: $by fails with the whole model, exit status $status"
elif [ "$number" != 0 ] && [ $status = 0 ]; then
  echo "SURVIVED: $name: $by passes, although: $why"
elif [ "$number" != 0 ]; then
  echo "killed: $name by $by"
fi
SH
  cd "$work"
  sed 's/.*/0|whole|&|/' tests | xargs -P "$jobs" -d '\n' -n 1 sh run.sh >log
  [ ! -s log ] || fail "$(cat log)"
  xargs -P "$jobs" -d '\n' -n 1 sh run.sh <to_run >log
  sort log
}

list_blocks
if [ "$*" = list ]; then
  list_if_whole
  exit
fi
choose "$@"
build
run
survived=$(grep -c '^SURVIVED' log || true)
killed=$(grep -c '^killed' log || true)
echo "$killed killed, $survived survived, $(grep -c '|nothing|' chosen || true) equivalent; $(wc -l <blocks) blocks fit the model"
[ "$survived" = 0 ] && [ "$killed" = "$(wc -l <to_run)" ]
