# SPDX-License-Identifier: Apache-2.0
# What mutants_make.sh makes of a file of mutants, on a file of three lines: the words stand there exactly as written, and a block that does not
# fit is named and nothing is written.
# usage: mutants_refused.sh MUTANTS_MAKE.sh
. "$(dirname "$0")/../system/trace_shell.sh"
make=$1
printf 'a = b;\nc = d;\ne = f;\n' >rtl.sv

# block NAME OLD NEW
block() { printf 'mutant %s\nrule T3\nrun --generate poisson\nfile rtl.sv\n- %s\n+ %s\n\n' "$@"; }
# refused PATTERN: of mutants.txt, in one line, with nothing written.
refused() {
  rm -rf made
  got=0
  sh "$make" mutants.txt made rtl.sv 2>stderr || got=$?
  same 1 "$got"
  same 1 "$(wc -l <stderr)"
  grep -q -- "$1" stderr || fail "'$(cat stderr)' does not match '$1'"
  [ -z "$(ls made)" ] || fail "made: $(ls made)"
}

sentence "each block stands in its place behind its number, whatever their order"
{ block last f 'ON ? g : f'; block first b '!ON && b'; } >mutants.txt
sh "$make" mutants.txt made rtl.sv
same "a = !(oio_mutant_pkg::chosen == 2) && b;
c = d;
e = (oio_mutant_pkg::chosen == 1) ? g : f;" "$(cat made/rtl.sv)"
same '"last", "first",' "$(paste -s -d ' ' made/oio_mutant_names.h)"

sentence "words that do not stand there are refused, in the first block as in the last"
{ block typo x 'ON ? x : b'; block good f 'ON ? g : f'; } >mutants.txt
refused "typo: rtl.sv: not there once: x"
{ block good f 'ON ? g : f'; block typo x 'ON ? x : b'; } >mutants.txt
refused "typo: rtl.sv: not there once: x"

sentence "words that stand there twice are refused"
block twice ' = ' ' = ON & ' >mutants.txt
refused "twice: rtl.sv: not there once"

sentence "two blocks about the same words are refused by name"
{ block one 'c = d' 'c = d && !ON'; block two 'd;' 'ON;'; } >mutants.txt
refused "two: rtl.sv: the words of one too"

sentence "a block that is not whole, not chosen, or of another file is refused"
block half b 'ON ? a : b' | grep -v '^run' >mutants.txt
refused "half: a block has the lines"
block always b c >mutants.txt
refused "always: .*does not say ON"
block elsewhere b 'ON ? a : b' | sed 's/rtl.sv/other.sv/' >mutants.txt
refused "elsewhere: there is no file other.sv"
block misspelt b 'ON ? a : b' | sed 's/^rule/rul/' >mutants.txt
refused "this is none of them"
{ block same b 'ON ? a : b'; block same f 'ON ? g : f'; } >mutants.txt
refused "same: there are two of that name"

echo "1..$planned passed"
