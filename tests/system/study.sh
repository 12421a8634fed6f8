# SPDX-License-Identifier: Apache-2.0
# docs/study.md says what its command makes: the runs of its smallest nets, made again; its tables, made again from numbers.csv; and each number of its text
# is a number of that file.
. "$(dirname "$0")/trace_shell.sh"
study=$2/docs/study
document=$2/docs/study.md

# unlisted NUMBERS DOCUMENT: numbers of the text that no line of NUMBERS has. Code, comments and the targets of links are no text.
unlisted() {
  awk -F, '
    FNR == NR { if (!/^#/) { known[$7]; known[$4]; known[$5]; known[$5 / 1024] } next }
    /^```/ { code = !code; next }
    code || /^<!--/ { next }
    {
      gsub(/`[^`]*`|\]\([^)]*\)/, " ")
      while (match($0, /[0-9]+(\.[0-9]+)?(e-?[0-9]+)?/)) {
        number = substr($0, RSTART, RLENGTH)
        if (!(number in known)) print FILENAME ":" FNR ": " number
        $0 = substr($0, RSTART + RLENGTH)
      }
    }' "$1" "$2"
}

sentence "the runs of the smallest nets give the numbers of numbers.csv, and so do the values of the technologies"
sh "$study/make.sh" "$oio" made 8 16 || fail "docs/study/make.sh: exit status $?"
grep -c '^scale,all.*,time_us,' made/numbers.csv >count
[ "$(cat count)" = 20 ] || fail "$(cat count) times of two nets, two collectives and five rungs, not 20"
grep -vxF -f "$study/numbers.csv" made/numbers.csv >moved && fail "moved; ./run study makes the study anew:
$(cat moved)"

sentence "of one switch and eight dies both times are their closed forms"
# At 50 lanes of 32 Gb/s a flit takes 1.28 ns; a way is two links of 3 m (14.691 ns) and PHY (14 ns), a switch of 100 ns and a flit. Six exchanges,
# of 32, 16, 8, 8, 16 and 32 KiB in whole flits of 222 bytes; or, of 8 KiB, seven messages into one die behind the way.
awk 'function flits(bytes) { return int((bytes + 221) / 222) }
  BEGIN {
    way = 2 * (3 * 4.897 + 14) + 100 + 1.28
    for (kib = 32; kib >= 8; kib /= 2) reduce += 2 * (way + flits(kib * 1024) * 1.28)
    printf "%.2f %.2f\n", reduce / 1000, (way + 7 * flits(8192) * 1.28) / 1000
  }' >closed
awk -F, '$1 == "scale" && $3 ~ /^oio/ && $4 == 8 && $6 == "time_us" { printf "%s%s", gap, $7; gap = " " } END { print "" }' made/numbers.csv >got
same "$(cat closed)" "$(cat got)"

sentence "the tables of the document are those of numbers.csv"
awk -f "$study/tables.awk" "$study/numbers.csv" >tables.md || fail "docs/study/tables.awk: exit status $?"
awk -f "$study/place.awk" tables.md "$document" >placed.md || fail "docs/study/place.awk: exit status $?"
cmp -s placed.md "$document" || fail "docs/study.md has other tables than numbers.csv: $(diff "$document" placed.md | head -n 4)"

sentence "each number of the document is one of numbers.csv, and one that is not is found"
unlisted "$study/numbers.csv" "$document" >strange
[ -s strange ] && fail "numbers that numbers.csv does not have: $(cat strange)"
{ cat "$document"; echo "It takes 3.1415 us."; } >planted.md
unlisted "$study/numbers.csv" planted.md | grep -q ': 3.1415$' || fail "a planted number was not found"

sentence "each figure of the document is there, and each figure that is there is shown"
sed -n 's/^!\[.*\](\(.*\))$/\1/p' "$document" | sort >shown
(cd "$(dirname "$document")" && ls study/*.svg) | sort | cmp -s - shown || fail "figures: $(cat shown)"
