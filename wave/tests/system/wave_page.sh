# SPDX-License-Identifier: Apache-2.0
# The HTML page in a headless browser, where there is one: wave_page.sh TEST_WAVE_OUT OIO. Exit status 77: skipped.
set -eu
export LC_ALL=C
print=$1
oio=$2
browser=
for name in chromium chromium-browser google-chrome; do
  if command -v "$name" >/dev/null 2>&1; then browser=$name && break; fi
done
if [ -z "$browser" ]; then
  echo "skipped: chromium is not installed"
  exit 77
fi
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

fail() {
  echo "FAILED: $*" >&2
  exit 1
}

# page SAMPLE: writes that sample's page.
page() {
  "$print" print html "$1" >"$folder/page.html"
}

# shown [FRAGMENT]: the page as the browser has it once the script ran.
shown() {
  timeout 60 "$browser" --headless --run-all-compositor-stages-before-draw --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking \
    --disable-component-update --disable-sync --user-data-dir="$folder/profile" --virtual-time-budget=20000 \
    --dump-dom "file://$folder/page.html${1:-}" 2>/dev/null || fail "the browser gave up"
}

echo "1. all divergences are listed, those in view are drawn"
page 4
shown >"$folder/dom"
[ "$(grep -o '<article ' "$folder/dom" | wc -l)" = 300 ] || fail "not 300 cards"
grep -q '300 of 300 signals shown' "$folder/dom" || fail "the count is not there"
grep -q 'class="miss"' "$folder/dom" || fail "no difference is shaded"

echo "2. the filter takes names and classes together"
shown '#filter=port3%20glitch' >"$folder/dom"
grep -q '5 of 300 signals shown' "$folder/dom" || fail "the filter shows something else"

echo "3. a filter that fits nothing says so"
shown '#filter=nosuchname' >"$folder/dom"
grep -q '<p id="none" class="empty">' "$folder/dom" || fail "nothing says that nothing fits"

echo "4. no name becomes part of the page"
page 10
shown >"$folder/dom"
[ "$(grep -o '<script' "$folder/dom" | wc -l)" = 2 ] || fail "a name made a script"
[ "$(grep -o '<article ' "$folder/dom" | wc -l)" = 10 ] || fail "not all names are listed"

# act SAMPLE SCRIPT: the page after the script's events.
act() {
  page "$1"
  printf '<script>%s</script>\n' "$2" >>"$folder/page.html"
  shown >"$folder/dom"
}

echo "5. the keys j and k walk through the cards"
act 4 'const key = (name) => document.dispatchEvent(new KeyboardEvent("keydown", {key: name})); key("j"); key("j"); key("j"); key("k");'
[ "$(grep -o '<article class="card now" id="d[0-9]*"' "$folder/dom")" = '<article class="card now" id="d1"' ] || fail "another card is selected"

echo "6. the mouse moves one cursor through all drawings and tells time, cycle and values"
# A page is drawn when the browser has found out what is in view, however long that takes it: the mouse comes when there is a drawing.
act 0 'const wait = setInterval(() => {
  const box = document.querySelector(".wave"), place = box.getBoundingClientRect();
  if (!box.querySelector("svg")) return;
  clearInterval(wait);
  const x = place.left + 58 + (place.width - 68) * 0.55;
  box.dispatchEvent(new MouseEvent("mousemove", {clientX: x, clientY: place.top + 30, bubbles: true}));
}, 20);'
grep -Eq '>(129|130)[.0-9]* ns  [(][+][45][.0-9]* ns[)]  cycle 12$' "$folder/dom" || fail "the time under the mouse is wrong"
grep -q '^golden  00000052$' "$folder/dom" || fail "golden's value under the mouse is wrong"
grep -q '^new     00000012</div>' "$folder/dom" || fail "new's value under the mouse is wrong"
[ "$(grep -o 'class="cursor" visibility="visible"' "$folder/dom" | wc -l)" = 2 ] || fail "the cursor is not in the drawing and above"

echo "7. one bit is drawn with its values, also before its first one"
page 1
sed -i 's/"golden":\[80000,"0",[^]]*\]/"golden":[80000,"x",95000,"1",115000,"0",155000,"z"]/' "$folder/page.html"
shown >"$folder/dom"
same() { [ "$1" = "$2" ] || fail "expected '$1', got '$2'"; }
same 'x 1 0 z ' "$(grep -o 'class="bit">[^<]*' "$folder/dom" | head -n 4 | sed 's/.*>//' | tr '\n' ' ')"
same 1 "$(grep -o '<rect[^>]*class="unknown"' "$folder/dom" | wc -l)"

echo "8. what has no times, no values or odd ones makes a page, too"
for sample in 5 8 11 12; do
  page "$sample"
  shown >"$folder/dom"
  grep -q ' of [0-9]* signals* shown' "$folder/dom" || fail "the script stopped in sample $sample"
done

echo "9. the list counts the signals that the first lines count, not that a run ends"
vcd() { # vcd CHANGES: two names of one signal, and another
  echo '$timescale 1ns $end $scope module t $end $var wire 1 a a $end $var wire 1 a same $end $var wire 4 b b $end $upscope $end'
  echo "\$enddefinitions \$end $1"
}
vcd '#0 0a b0 b #5 1a #9 b1 b #20 0a' >"$folder/a.vcd"
vcd '#0 0a b0 b #9 b10 b #10' >"$folder/b.vcd"
"$oio" wavediff "$folder/a.vcd" "$folder/b.vcd" --quiet --html "$folder/page.html" || true
shown >"$folder/dom"
grep -q '3 differ (names of 2 signals)' "$folder/dom" || fail "the first lines count otherwise"
grep -q '>2 of 2 signals shown<' "$folder/dom" || fail "the list counts otherwise"
grep -q 'new ends at 10 ns, golden goes on' "$folder/dom" || fail "the end is not told"
