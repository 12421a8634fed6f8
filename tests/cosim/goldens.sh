# SPDX-License-Identifier: Apache-2.0
# The goldens in tests/waves: the same from every build of the bench that writes waves, and red as soon as something changes.
# usage: goldens.sh OIO SOURCE
. "$(dirname "$0")/../system/trace_shell.sh"
goldens=$2/tests/waves
bench=$(dirname "$oio")/oio-cosim

# made NAME OUT WORDS...: the golden's command with more words behind it, which win.
made() {
  command=$(sed -n 's/^command: *//p' "$goldens/$1.golden")
  seed=$(sed -n 's/^seed: *//p' "$goldens/$1.golden")
  out=$2
  shift 2
  PATH=$(dirname "$oio"):$PATH sh -c "$(printf '%s' "$command" | sed "s,{out},$out,; s,{seed},$seed,") $* --quiet"
}
names=$(cd "$goldens" && ls ./*.golden | sed 's,^./,,; s/\.golden$//')

sentence "each is small and has its birth certificate"
same "error-free retry credit-stall reset-in-flight" "$(for n in error-free retry credit-stall reset-in-flight; do [ -f "$goldens/$n.golden" ] && echo $n; done | paste -s -d ' ')"
same "" "$(find "$goldens" -type f -size +50k)"
for name in $names; do
  same "$(sed -n 's/^sha256: *//p' "$goldens/$name.golden")" "$(sha256sum <"$goldens/$name.fst" | cut -d ' ' -f 1)"
  for key in command version seed note content; do grep -q "^$key: *[^ ]" "$goldens/$name.golden" || fail "$name has no $key"; done
done

if [ -x "$bench-vcd" ]; then
  sentence "the build that writes VCD makes the same waves as the one that writes FST"
  for name in $names; do made "$name" "out/$name.vcd"; done
  "$oio" wave check "$goldens" --from out || fail "VCD and FST differ"
  rm -f out/*
fi

# turns_red NAME WORDS...: with these words the golden's run differs, and the table says so.
turns_red() {
  name=$1
  shift
  made "$name" "out/$name.fst" "$@"
  got=0
  "$oio" wave check "$goldens" "$name" --from out --json r.json --quiet || got=$?
  same 1 "$got"
  jq -e '.goldens | length == 1 and (.[0].verdict == "different" and .[0].report.n_divergences != 0 and .[0].first != null)' r.json >/dev/null ||
    fail "$(jq -c .goldens r.json)"
  echo "   $name, $*: $(jq -r '.goldens[0].first' r.json)"
  rm -f out/*
}

sentence "another seed turns each red"
for name in $names; do turns_red "$name" --seed 2; done
sentence "one key that changes turns it red"
turns_red error-free --set link.ack_delay_flits=15
turns_red retry --set optical.bit_error_rate=1.9e-5
turns_red credit-stall --set optical.buffer_flits=4
turns_red reset-in-flight --set reset.at_ps=301000
turns_red error-free --set optical.length_m=10.3
echo "1..$planned passed"
