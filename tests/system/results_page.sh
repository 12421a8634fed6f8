#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The page of `oio results html` in a headless browser, where there is one: what is drawn and what filters do, in a wide window and a narrow one; held against what SQLite's own
# command line says of the database. Exit status 77: skipped.
. "$(dirname "$0")/trace_shell.sh"
. "$(dirname "$0")/browser_shell.sh"
if [ -z "$browser" ] || ! command -v sqlite3 >/dev/null; then
  echo "skipped: chromium or sqlite3 is not installed"
  exit 77
fi

"$oio" sweep --over load=0.2:0.8:0.2 --over optical.length_m=1,10 --generate poisson --messages 300 --db runs.db --quiet
"$oio" compare --generate poisson --offer 100 --messages 300 --length 10 --only OIO,CPO --db runs.db --quiet
all=$(sqlite3 runs.db 'SELECT count(*) FROM run')
few=$(sqlite3 runs.db 'SELECT count(*) FROM run WHERE latency_p99_ps < 100000')
word=$(sqlite3 runs.db "SELECT count(*) FROM run WHERE label LIKE '%cpo%'")
pair=$(sqlite3 runs.db "SELECT count(*) FROM run WHERE command = 'sweep' AND json_extract(keys, '$.\"optical.length_m\"') = 1")
slowest=$(sqlite3 runs.db 'SELECT id FROM run ORDER BY latency_p99_ps DESC, id LIMIT 1')
# Those that no other run beats in both, and the first of those that are alike.
front=$(sqlite3 runs.db "SELECT group_concat(id, ' ') FROM (SELECT id FROM run AS a WHERE energy_pj_per_message_bit > 0 AND NOT EXISTS (SELECT 1 FROM run AS b WHERE b.energy_pj_per_message_bit > 0 AND b.id != a.id AND
  b.latency_p99_ps <= a.latency_p99_ps AND b.energy_pj_per_message_bit <= a.energy_pj_per_message_bit AND (b.latency_p99_ps < a.latency_p99_ps OR b.energy_pj_per_message_bit < a.energy_pj_per_message_bit OR b.id < a.id)) ORDER BY latency_p99_ps)")
p50=$(sqlite3 runs.db 'SELECT latency_p50_ps FROM run WHERE id = 1')

cat >begin.js <<'SCRIPT'
const faults = [];
window.addEventListener("error", (event) => faults.push(event.message));
// Charts are drawn when the browser comes to it: half a minute at most.
async function until(test) {
  for (let i = 0; i < 600 && !test(); i++) await new Promise((resolve) => setTimeout(resolve, 50));
  return test();
}
const rows = () => [...document.querySelectorAll("#rows tbody tr:not(.space)")];
const count = () => document.querySelector("#ask b").textContent;
async function asks(text) {
  const input = document.querySelector("#ask input");
  input.value = text;
  input.dispatchEvent(new Event("input"));
  return input.getAttribute("aria-invalid");
}
// How many pixels of a chart have a colour.
function pixels(id, name) {
  const canvas = document.querySelector("#" + id + " canvas"), bytes = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data, hex = charts.colour(name), want = [1, 3, 5].map((i) => parseInt(hex.slice(i, i + 2), 16));
  let found = 0;
  for (let i = 0; i < bytes.length; i += 4) found += bytes[i + 3] > 80 && want.every((value, k) => Math.abs(value - bytes[i + k]) <= 24);
  return found;
}
SCRIPT
cat >findings.js <<SCRIPT
async function findings() {
  const width = document.documentElement.clientWidth, say = {}, data = JSON.parse(document.getElementById("data").textContent);
  say.all = count() === "$all of $all runs" && data.runs === $all && rows().length > 5;
  say.fits = document.documentElement.scrollWidth <= width && [...document.querySelectorAll("canvas, #rows, select, #ask input")].every((node) => node.getBoundingClientRect().left >= 0 && node.getBoundingClientRect().right <= width);
  say.canvases = await until(() => document.querySelectorAll("canvas").length === 3 && pixels("cdf", "oio") > 20 && pixels("pareto", "bad") > 60 && pixels("scatter", "oio") + pixels("scatter", "pluggable") > 20);
  say.front = [...document.querySelectorAll("#front tr")].slice(1).map((node) => node.firstChild.textContent.split(" ")[0]).join(" ") === "$front";
  say.median = data.cdf[0][50] >= $p50 && data.cdf[0][50] <= $p50 * 1.001 && data.cdf[0].length === 101;
  say.invalid = await asks("nonsense<3") === "true" && count() === "$all of $all runs" && await asks("p99<x") === "true";
  say.less = await asks("p99<100000") === "false" && count() === "$few of $all runs";
  say.word = await asks("CPO") === "false" && count() === "$word of $all runs" && rows().length > 0 && rows().every((node) => node.textContent.includes("cpo"));
  say.pair = await asks("command=sweep length_m=1") === "false" && count() === "$pair of $all runs";
  say.none = await asks("load>2") === "false" && count() === "0 of $all runs" && rows().length === 0;
  await asks("");
  const heads = [...document.querySelectorAll("#rows th")], p99 = heads.find((node) => node.textContent === "latency_p99_ps");
  p99.click();
  p99.click();
  say.sorted = rows()[0].firstChild.textContent === "$slowest" && p99.textContent.endsWith("↓");
  const lines = () => document.querySelectorAll("section .keys span.dot").length;
  const before = await until(() => lines() === 8);
  rows()[0].click();
  say.chosen = rows()[0].getAttribute("aria-selected") === "true" && before && await until(() => lines() === 1 && pixels("scatter", "bad") > 3);
  const box = document.getElementById("rows");
  box.scrollTop = box.scrollHeight;
  say.end = box.scrollHeight > box.clientHeight && await until(() => rows()[rows().length - 1].getBoundingClientRect().bottom <= box.getBoundingClientRect().bottom + 30);
  say.quiet = faults.length === 0;
  return Object.entries(say).map(([name, good]) => name + "=" + good).join(" ") + " " + faults.join("; ");
}
SCRIPT
cat >end.js <<'SCRIPT'
window.addEventListener("load", () => setTimeout(async () => {
  let said;
  try { said = await findings(); } catch (fault) { said = "stopped: " + fault + " " + fault.stack; }
  parent.postMessage(said, "*");
}, 500));
SCRIPT
# probes FINDINGS PAGE: the page, with such a script in it, into probed.html.
probes() {
  awk 'FILENAME != page { probe = probe $0 "\n"; next } /^<script type="application.json" id="data">$/ { print "<script>" probe "</script>" } { print }' page="$2" begin.js "$1" end.js "$2" >probed.html
}

sentence "the page is one file that asks no network for anything, and has the runs that were chosen"
"$oio" results html runs.db --title 'A <b>study</b>' -o out/page.html || fail "no page"
grep -qE '<(link|img|iframe)|(src|href)=|@import|url[(]|fetch[(]|XMLHttpRequest' out/page.html && fail "it does"
grep -q "Permission is hereby granted" out/page.html || fail "the licence of the chart library is not there"
page_data() { sed '/^<script type="application.json" id="data">$/,$!d' "$1" | sed '1d; /^<.script>$/,$d'; }
page_data out/page.html | jq -e '.oio_results_page == 1 and .title == "A <b>study</b>"' >/dev/null || fail "its data is no JSON"
"$oio" results html runs.db --where 'p99<100000' -o out/few.html
same "$few" "$(page_data out/few.html | jq '.runs, (.columns[] | .values | length)' | sort -u)"
same "$(sqlite3 runs.db 'SELECT group_concat(latency_p99_ps) FROM (SELECT latency_p99_ps FROM run ORDER BY id)')" "$(page_data out/page.html | jq -r '.columns[] | select(.name == "latency_p99_ps").values | join(",")')"

probes findings.js out/page.html
for width in 1280 400; do
  sentence "in $width pixels all is drawn and nothing is cut; filters, order, choice and the Pareto front are right"
  looks "$width"
  same "all=true fits=true canvases=true front=true median=true invalid=true less=true word=true pair=true none=true sorted=true chosen=true end=true quiet=true " "$(cat said)"
done

sentence "of thousands of runs each has its dot where its figures are, and one that is chosen is seen among them"
sqlite3 runs.db ".backup many.db"
columns=$(sqlite3 many.db "SELECT group_concat(name) FROM pragma_table_info('run') WHERE name NOT IN ('id', 'study', 'latency_p99_ps', 'energy_pj_per_message_bit')")
# A field from 100000 ps and 1 pJ to 150000 ps and 1.5 pJ, and one run at 200000 ps and 2 pJ. With 4 % of air 100 of 108 parts of each axis lie between the least and the most.
sqlite3 many.db "DELETE FROM run WHERE id > 1; INSERT INTO run($columns, latency_p99_ps, energy_pj_per_message_bit)
  SELECT $columns, 100000 + i % 101 * 500, 1 + i / 101 / 200.0 FROM run, (WITH RECURSIVE n(i) AS (VALUES (0) UNION ALL SELECT i + 1 FROM n WHERE i < 10200) SELECT i FROM n);
  UPDATE run SET latency_p99_ps = 200000, energy_pj_per_message_bit = 2 WHERE id = 1"
cat >many.js <<'SCRIPT'
async function findings() {
  const say = {}, inside = () => [document.querySelector("#pareto canvas"), document.querySelector("#pareto .u-over")].map((node) => node.getBoundingClientRect());
  // Of a colour, and all else that is no background, in the 21 pixels around a place in parts of the axes.
  const around = (x, y, name) => {
    const [canvas, over] = inside(), left = Math.round(over.left - canvas.left + x * over.width), top = Math.round(over.top - canvas.top + (1 - y) * over.height);
    const {data} = document.querySelector("#pareto canvas").getContext("2d").getImageData(left - 10, top - 10, 21, 21), hex = charts.colour(name), want = [1, 3, 5].map((i) => parseInt(hex.slice(i, i + 2), 16));
    let near = 0, far = 0;
    for (let i = 0; i < data.length; i += 4) {
      if (data[i + 3] < 80 || !want.every((value, k) => Math.abs(value - data[i + k]) <= 24)) continue;
      if (Math.max(Math.abs(i / 4 % 21 - 10), Math.abs(Math.floor(i / 84) - 10)) <= 3) near++;
      else far++;
    }
    return [near, far];
  };
  const is = (place, name, least, most, beyond) => until(() => { const [near, far] = around(...place, name); return near >= least && near <= most && far <= beyond; });
  const alone = [104 / 108, 104 / 108], middle = [29 / 108, 29 / 108], empty = [80 / 108, 80 / 108];
  say.alone = await is(alone, "oio", 4, 4, 0);
  say.field = await is(middle, "oio", 8, 80, 400);
  say.empty = await is(empty, "oio", 0, 0, 0);
  const p99 = [...document.querySelectorAll("#rows th")].find((node) => node.textContent === "latency_p99_ps");
  p99.click();
  p99.click();
  document.querySelector("#rows tbody tr:not(.space)").click();
  say.chosen = await is(alone, "bad", 16, 36, 0);
  await asks("p99<160000");
  say.gone = count() === "10201 of 10202 runs" && document.querySelector("#rows tbody tr:not(.space)").getAttribute("aria-selected") === "false" && await until(() => inside()[1].width > 0 && around(...alone, "bad")[0] === 0);
  await asks("poisson");
  say.again = count() === "10202 of 10202 runs" && document.querySelector("#rows tbody tr:not(.space)").getAttribute("aria-selected") === "true" && await is(alone, "bad", 16, 36, 0);
  return Object.entries(say).map(([name, good]) => name + "=" + good).join(" ") + " " + faults.join("; ");
}
SCRIPT
"$oio" results html many.db -o out/many.html
probes many.js out/many.html
looks 1280
same "alone=true field=true empty=true chosen=true gone=true again=true " "$(cat said)"
