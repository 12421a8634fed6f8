#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# How long the page of `oio results html` with 100,000 runs takes to open, and to filter: a thousand runs, each a hundred times with other figures, in a headless browser. Seconds of the
# wall, which other users of the machine change.
# usage: results_page.sh BIN_FOLDER [ROUNDS]
set -euo pipefail
oio=$1/oio rounds=${2:-5}
browser=$(command -v chromium || command -v chromium-browser || command -v google-chrome) || { echo "page           no browser"; exit 0; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"$oio" sweep --over load=0.05:0.95:0.01 --over optical.length_m=1:11:1 --over optical.tech=oio_oci_msa_gen1_200g --generate poisson --messages 200 --db "$work/big.db" --quiet
columns=$(sqlite3 "$work/big.db" "SELECT group_concat(name) FROM pragma_table_info('run') WHERE name NOT IN ('id', 'study', 'latency_p99_ps', 'energy_pj_per_message_bit')")
sqlite3 "$work/big.db" "INSERT INTO run($columns, latency_p99_ps, energy_pj_per_message_bit) SELECT $columns, latency_p99_ps + abs(random()) % 100000, energy_pj_per_message_bit * (1 + (abs(random()) % 1000) / 1e3)
  FROM run, (WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < 100) SELECT i FROM n) LIMIT 100000 - (SELECT count(*) FROM run)"
"$oio" results html "$work/big.db" -o "$work/page.html"
cat >"$work/probe.html" <<'HTML'
<script>window.addEventListener("load", async () => {
  const said = [performance.now()], input = document.querySelector("#ask input");
  window.requestAnimationFrame = (draw) => draw();
  for (const text of ["p99<150000", "load>0.5 length_m=3", "result=good poisson", ""]) {
    const began = performance.now();
    input.value = text;
    const frame = window.requestAnimationFrame, later = [];
    window.requestAnimationFrame = (draw) => later.push(draw);
    input.dispatchEvent(new Event("input"));
    said.push(performance.now() - began);
    window.requestAnimationFrame = frame;
    for (const draw of later) draw();
    for (let i = 0; i < 20; i++) await Promise.resolve();
    said.push(performance.now() - began);
  }
  document.title = "SAID " + said.map(Math.round).join(" ");
});</script>
HTML
awk 'NR == FNR { probe = probe $0 "\n"; next } /^<script type="application.json" id="data">$/ { print probe } { print }' "$work/probe.html" "$work/page.html" >"$work/probed.html"
for ((i = 0; i < rounds; i++)); do
  timeout 100 "$browser" --headless --no-sandbox --disable-gpu --no-first-run --window-size=1280,1000 --user-data-dir="$work/profile" --dump-dom "file://$work/probed.html" 2>/dev/null |
    sed -n 's/.*<title>SAID \([^<]*\).*/\1/p' | head -n 1 >>"$work/said"
done
median() { awk -v column="$1" '{ print $column }' "$work/said" | sort -g | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] " ms (" v[1] ".." v[NR] ")" }'; }
echo "page           $(sqlite3 "$work/big.db" 'SELECT count(*) FROM run') runs, $(($(wc -c <"$work/page.html") / 1000000)) MB: open in $(median 1), 2000 asked; load $(cut -d' ' -f1 /proc/loadavg)"
echo "               filter by a figure: table $(median 2), charts too $(median 3); by two keys $(median 4), $(median 5); by a word that all have $(median 6), $(median 7); 200 asked"
