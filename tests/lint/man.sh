#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# docs/oio.1 says what `oio --help` says: every command, every option of every command, and the keys with their ranges and defaults, word for
# word. It renders without a warning.
# usage: man.sh OIO SOURCE_FOLDER           exit status 77: skipped
#        man.sh OIO SOURCE_FOLDER --write   renew the page's keys
oio=$1
page=$2/docs/oio.1
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
LC_ALL=C.UTF-8
export LC_ALL

# The keys of --help: what stands between "Keys:" and the empty line; as roff source.
"$oio" sim --help | awk '/^Keys:$/ { keys = 1; next } keys && /^$/ { exit } keys' | sed 's/\\/\\e/g' >"$work/keys"
test -s "$work/keys" || { echo "oio sim --help prints no keys" >&2; exit 1; }
is_keys='/^\.Sh / { keys = ($2 == "KEYS"); literal = 0 } keys && /^\.Ed/ { literal = 0 }'

if [ "${3:-}" = --write ]; then
  awk -v keys_file="$work/keys" "$is_keys"' !literal { print } keys && /^\.Bd/ { literal = 1; while ((getline line <keys_file) > 0) print line }' \
    "$page" >"$work/page" && cat "$work/page" >"$page"
  exit
fi

failed=0
fault() {
  echo "docs/oio.1: $*" >&2
  failed=1
}

awk "$is_keys"' literal { print } keys && /^\.Bd/ { literal = 1 }' "$page" | diff - "$work/keys" >&2 ||
  fault "its keys are not those of 'oio sim --help'; renew them: tests/lint/man.sh OIO SOURCE_FOLDER --write"

command -v man >/dev/null && command -v groff >/dev/null || { test $failed = 0 || exit 1; echo "skipped: man is not installed"; exit 77; }
MANWIDTH=200 man --warnings -l "$page" 2>"$work/warnings" | col -bx >"$work/text"
test -s "$work/text" || fault "it does not render"
test -s "$work/warnings" && { cat "$work/warnings" >&2; fault "it renders with warnings"; }

# The range of an option that sets a key stands among the keys alone: in --help and here the option names its key.
"$oio" sim --help | sed -n 's/^  --\([a-z-]*\) .*(\([a-z]*\.[a-z_]*\))$/\1 \2/p' >"$work/shorthands"
test -s "$work/shorthands" || fault "'oio sim --help' has no options that set keys"
while read -r option key; do
  awk -v option="$option" '$1 == ".It" { inside = $2 == "Fl" && $3 == "-" option } inside && /^\.(El|Ss|Sh)/ { exit } inside' "$page" >"$work/item"
  grep -qF -e "key $key " "$work/item" || fault "--$option does not say that it sets the key $key"
  grep -E '[0-9]\.\.' "$work/item" && fault "--$option repeats the range of $key"
done <"$work/shorthands"

# Where a word begins with -- it is an option; else it is looked for as text.
options_of() {
  grep -oE -e '(^|[^-[:alnum:]])--[a-z][a-z-]*' "$1" | grep -o -e '--.*' | sort -u
}
options_of "$work/text" >"$work/page_options"
names() { grep -qF -e "$1" "$work/text" || fault "'$1' is missing"; }
words_of_list='/^  [a-z]+ / { print $1 }'
for command in $("$oio" --help | awk "$words_of_list"); do
  names "oio $command"
  "$oio" "$command" --help >"$work/help"
  case $command in trace | wave | tech | sweep | results | faults)
    for verb in $(awk "$words_of_list" "$work/help"); do
      names "oio $command $verb"
      "$oio" "$command" "$verb" --help >>"$work/help"
    done
    ;;
  esac
  for option in $(options_of "$work/help"); do
    grep -qxF -e "$option" "$work/page_options" || fault "option $option of oio $command is missing"
  done
done
exit $failed
