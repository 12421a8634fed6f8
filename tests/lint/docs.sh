#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The commands that the documents show work: each line that begins with `oio `, `gnuplot `, `awk ` or `seq ` in a ```sh block of README.md and docs/*.md, and after .Dl in
# docs/oio.1, is run in a scratch folder and must exit with 0; of each `./run VERB` the verb must exist. Blocks marked ```sh no-test are left out.
# usage: docs.sh BIN_FOLDER SOURCE_FOLDER
set -uo pipefail
bin=$(cd "$1" && pwd) source=$(cd "$2" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
PATH=$bin:$PATH
failed=0 ran=0

# commands FILE: "line number, tab, command"; a backslash at the end of a line joins it to the next.
commands() {
  awk '
    /^[ \t]*```/ { inside = ($0 ~ /^[ \t]*```sh[ \t]*$/); joined = ""; next }
    /^\.Dl / { text = substr($0, 5); gsub(/\\-/, "-", text); gsub(/\\e/, "\\", text); print FNR "\t" text; next }
    inside {
      line = $0
      sub(/^[ \t]*(\$ )?/, "", line)
      if (joined != "") line = joined line; else first = FNR
      if (line ~ /\\$/) { joined = substr(line, 1, length(line) - 1); next }
      joined = ""
      sub(/^build\/release\/bin\//, "", line)
      if (line ~ /^(oio |gnuplot |awk |seq |\.\/run( |$))/) print first "\t" line
    }' "$1"
}

# The verbs that ./run names when it explains itself.
verbs=
[ -x "$source/run" ] && verbs=$("$source/run" help </dev/null | awk '/^  [a-z]+ / { print $1 }')

# wants_of FOLDER COMMANDS COMMAND: does it name something in out/ that is not there, and that one of COMMANDS names too?
wants_of() {
  local word
  for word in $3; do
    [[ $word == out/* && ! -e $1/$word && $2 == *"$word"* ]] && return 0
  done
  return 1
}

for document in "$source/README.md" "$source"/docs/*.md "$source/docs/oio.1"; do
  [ -f "$document" ] || continue
  name=${document#"$source/"}
  scratch=$work/${name//\//_}
  mkdir -p "$scratch/out"
  cp -R "$source/traces" "$source/examples" "$scratch"
  left_out=
  while IFS=$'\t' read -r line command; do
    if [[ $command == ./run* ]]; then
      verb=$(awk '{ print $2 }' <<<"$command")
      grep -qxF -e "${verb:-help}" <<<"$verbs"$'\nhelp' || { echo "$name:$line: ./run has no verb '$verb'" >&2; failed=1; }
      ran=$((ran + 1))
      continue
    fi
    if [[ ($command == *"oio cosim"* || $command == "oio regress"*) && ! -x $bin/oio-cosim ]]; then
      echo "skipped: $name:$line: this build has no bench: $command"
      left_out+=$'\n'$command
      continue
    fi
    if [[ $command == gnuplot* ]] && ! command -v gnuplot >/dev/null; then
      echo "skipped: $name:$line: gnuplot is not installed: $command"
      continue
    fi
    if [[ $command == *"| parallel "* ]] && ! command -v parallel >/dev/null; then
      echo "skipped: $name:$line: GNU parallel is not installed: $command"
      left_out+=$'\n'$command
      continue
    fi
    if wants_of "$scratch" "$left_out" "$command"; then
      echo "skipped: $name:$line: what it reads was to be made by a command that was left out: $command"
      continue
    fi
    ran=$((ran + 1))
    if ! (cd "$scratch" && timeout 600 bash -o pipefail -c "$command") </dev/null >"$work/said" 2>&1; then
      echo "$name:$line: failed: $command" >&2
      tail -n 5 "$work/said" >&2
      failed=1
    fi
  done < <(commands "$document")
done
echo "$ran commands"
exit $failed
