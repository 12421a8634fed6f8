#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The page of `oio compare` in a headless browser, where there is one: what is drawn, in a wide window and a narrow one. Exit status 77: skipped.
. "$(dirname "$0")/trace_shell.sh"
. "$(dirname "$0")/browser_shell.sh"
trace=$2/traces/ring-allreduce-8.oiotrace.gz
if [ -z "$browser" ]; then
  echo "skipped: chromium is not installed"
  exit 77
fi

# What the page says of itself once it is drawn: a line a finding. It is asked from inside a frame of the width that is looked at.
cat >probe.js <<'SCRIPT'
const near = (a, b, by) => Math.abs(a - b) <= by;
const data = () => JSON.parse(document.getElementById("data").textContent);
// How many pixels of a canvas have a rung's colour.
function pixels(id, rung) {
  const canvas = document.querySelector(`#${id} canvas`), bytes = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
  const hex = charts.colour(rung), want = [1, 3, 5].map((i) => parseInt(hex.slice(i, i + 2), 16));
  let count = 0;
  for (let i = 0; i < bytes.length; i += 4) count += bytes[i + 3] > 80 && want.every((value, k) => near(value, bytes[i + k], 24));
  return count;
}
const boxes = (selector) => [...document.querySelectorAll(selector)].map((node) => node.getBoundingClientRect()).filter((box) => box.width > 0);
const apart = (all) => all.every((a, i) => all.every((b, k) => k <= i || a.right <= b.left + 1 || b.right <= a.left + 1 || a.bottom <= b.top + 3 || b.bottom <= a.top + 3));
// Pixels of a bar for a nanosecond, of bars that are not cut: the same of all.
function scales() {
  const rows = data().technologies.flatMap((tech) => tech.runs), all = [];
  document.querySelectorAll("#bars .bar").forEach((bar, i) => {
    if (bar.textContent.includes("cut")) return;
    all.push([...bar.querySelectorAll("i")].reduce((sum, piece) => sum + piece.getBoundingClientRect().width, 0) / rows[i].latency_mean_ns);
  });
  return [Math.min(...all), Math.max(...all)];
}
// Charts are drawn when the browser comes to it.
const drawn = () => new Promise((resolve) => setTimeout(resolve, 200));
async function findings() {
  const width = document.documentElement.clientWidth, some = data(), rungs = [...new Set(some.technologies.map((tech) => tech.rung))], runs = some.technologies.flatMap((tech) => tech.runs);
  const [low, high] = scales(), say = {};
  say.fits = document.documentElement.scrollWidth <= width && [...boxes("#ladder text"), ...boxes("#bars b"), ...boxes("canvas")].every((box) => box.left >= 0 && box.right <= width);
  say.apart = apart(boxes("#ladder text")) && apart(boxes("#keys button"));
  say.bars = document.querySelectorAll("#bars .bar").length === runs.length && document.querySelectorAll("#bars .bar i.fec").length === runs.filter((run) => run.fec_ns > 0).length;
  say.scale = high / low < 1.02;
  say.canvases = document.querySelectorAll("canvas").length === 3;
  say.rungs = rungs.every((rung) => pixels("cdf", rung) > 20 && pixels("reach", rung) + pixels("latency", rung) > 20); // dots may lie on each other
  say.ladder = document.querySelectorAll("#ladder g").length === 10 && document.querySelectorAll("#ladder g.out").length === 3;
  const ticks = [...document.querySelectorAll("#ladder .tick")].map((line) => Number(line.getAttribute("x1"))), asked = Number(document.querySelector("#ladder .asked").getAttribute("x1"));
  say.asked = near((asked - ticks[2]) / (ticks[3] - ticks[2]), Math.log10(30) / 2, 0.001);
  // 200 mm from the chip to a pluggable module: 1 cm is tick 1.
  const wire = document.querySelector("#ladder g .wire"), end = Number(wire.getAttribute("x")) + Number(wire.getAttribute("width"));
  say.wire = near((end - ticks[1]) / (ticks[2] - ticks[1]), Math.log10(20) / 2, 0.001);
  say.results = document.querySelectorAll("#results tr").length === 1 + runs.length;
  say.inputs = document.querySelectorAll("tr.input").length === 21 * some.technologies.length && document.querySelectorAll("td.assumed").length ===
    some.technologies.reduce((sum, tech) => sum + Object.values(tech.inputs).filter((value) => value && value.basis === "assumed").length, 0);
  say.ruled = document.querySelectorAll("#ruled li").length === some.ruled_out.length;
  // Nearest to the mouse is a dot that the data has: the only one above 100 pJ/b.
  const over = document.querySelector("#reach .u-over"), dot = document.querySelector("#reach .tip");
  for (let y = 0; y < over.clientHeight / 3; y += 4)
    for (let x = 0; x < over.clientWidth && dot.hidden; x += 4) over.dispatchEvent(new MouseEvent("mousemove", {clientX: over.getBoundingClientRect().left + x, clientY: over.getBoundingClientRect().top + y, bubbles: true}));
  say.tip = dot.textContent === "pluggable_10g_nrz: 300 m, 108 pJ/b";
  // Without a rung its bars, lines and rows go; and come again.
  const button = [...document.querySelectorAll("#keys button")].find((one) => one.textContent === "CPO"), there = document.querySelectorAll("#bars .bar").length;
  button.click();
  await drawn();
  say.without = pixels("cdf", "CPO") === 0 && pixels("cdf", "OIO") > 20 && pixels("reach", "CPO") === 0 && !document.querySelector("#bars").textContent.includes("cpo_") && boxes("#results tr").length < 1 + runs.length;
  button.click();
  await drawn();
  say.again = document.querySelectorAll("#bars .bar").length === there && pixels("cdf", "CPO") > 20;
  say.quiet = faults.length === 0;
  return Object.entries(say).map(([name, good]) => `${name}=${good}`).join(" ") + " " + faults.join("; ");
}
SCRIPT

# The probe stands before the page's own scripts, so that it hears of their faults.
# probed: the page with the probe in it, which says what its findings() are once all is drawn.
probed() {
  cat >whole_probe.js - probe.js <<'SCRIPT'
const faults = [];
window.addEventListener("error", (event) => faults.push(event.message));
const right = (node) => node.getBoundingClientRect().right;
window.addEventListener("load", () => setTimeout(async () => {
  let said;
  try { said = await findings(); } catch (fault) { said = "stopped: " + fault + " " + fault.stack; }
  parent.postMessage(said, "*");
}, 500));
SCRIPT
  awk 'NR == FNR { probe = probe $0 "\n"; next } /^<script type="application.json" id="data">$/ { print "<script>" probe "</script>" } { print }' whole_probe.js out/page.html >probed.html
}

sentence "the page is one file that asks no network for anything"
"$oio" compare --trace "$trace" --length 30 --html out/page.html >stdout || fail "$(cat stdout)"
grep -qE '<(link|img|iframe)|(src|href)=|@import|url[(]|fetch[(]|XMLHttpRequest' out/page.html && fail "it does"
grep -q "Permission is hereby granted" out/page.html || fail "the licence of the chart library is not there"
sed '/^<script type="application.json" id="data">$/,$!d' out/page.html | sed '1d; /^<.script>$/,$d' | jq -e '.oio_compare == 1' >/dev/null || fail "its data is no JSON"

probed
for width in 1280 400; do
  sentence "in $width pixels all is drawn, nothing overlaps or is cut, and a rung can be taken out and back"
  looks "$width"
  same "fits=true apart=true bars=true scale=true canvases=true rungs=true ladder=true asked=true wire=true results=true inputs=true ruled=true tip=true without=true again=true quiet=true " "$(cat said)"
done

sentence "bands and what moves them: a track for each technology, as long as its band; for one technology its own inputs"
"$oio" compare --generate poisson --offer 1 --messages 20 --length 30 --only OIO,lpo_800g --samples 5 --html out/page.html --quiet
cat >probe.js <<'SCRIPT'
function findings() {
  const data = JSON.parse(document.getElementById("data").textContent), say = {}, tracks = [...document.querySelectorAll("#band99 .track")];
  say.tracks = tracks.length === data.technologies.length && document.querySelectorAll("#bandpj .track").length === tracks.length;
  // None is beyond three times the median here: pixels of a nanosecond are the same at both ends of all.
  const scales = tracks.flatMap((track, i) => [right(track.querySelector(".band")) - track.getBoundingClientRect().left].map((width) => width / data.technologies[i].bands.latency_p99_ns[1]));
  say.scale = Math.max(...scales.filter((one, i) => data.technologies[i].name !== "oio_alchip_ayar_pam4_cwdm")) / Math.min(...scales) < 1.03;
  const choice = document.getElementById("whose");
  say.all = document.querySelectorAll("#tornado99 .track").length === data.tornado.filter((row) => row.latency_p99_share > 0).length && choice.options.length === 1 + data.technologies.length;
  choice.value = "oio_teraphy_gen2_32g";
  choice.dispatchEvent(new Event("change"));
  say.one = document.querySelector("#tornado99 .name").textContent === "phy_ns: 10 .. 30" && [...document.querySelectorAll("#tornadopj .name")].map((node) => node.textContent).join() === "link_pj_per_bit: 3 .. 5,host_pj_per_bit: 0.25 .. 1.2";
  const wide = data.technologies.flatMap((tech) => Object.entries(tech.bands)).filter(([key, band]) => band[0] !== null && band[0] !== band[1]);
  const ranges = [...document.querySelectorAll("#results small")];
  say.ranges = ranges.length === wide.length && wide.some(([key]) => key === "failures_per_year") && wide.some(([key]) => key === "edge_mm") && ranges.every((node) => / \.\. /.test(node.textContent));
  const width = document.documentElement.clientWidth;
  say.fits = document.documentElement.scrollWidth <= width && [...document.querySelectorAll(".track b")].every((node) => right(node) <= width);
  return Object.entries(say).map(([name, good]) => `${name}=${good}`).join(" ") + " " + faults.join("; ");
}
SCRIPT
probed
for width in 1280 400; do
  looks "$width"
  same "tracks=true scale=true all=true one=true ranges=true fits=true " "$(cat said)"
done

sentence "phases: a card each with what the step bought, bars as long as their figures, every phase in the distribution"
cat >phases.cfg <<'FILE'
net = leaf-spine:2,2,2
package.tech = cu_dac_112g
package.length_m = 2
[phase today]
rack.tech = pluggable_800g_dsp
[phase next, with optics inside]
rack.tech = cpo_bailly_51t2_100g
[phase then]
package.tech = oio_teraphy_gen2_32g
rack.tech = oio_teraphy_gen2_32g
FILE
"$oio" compare --phases phases.cfg --generate step --set workload.step=compute:5us,all-reduce:4:256KiB --html out/page.html --quiet
cat >probe.js <<'SCRIPT'
function findings() {
  const data = JSON.parse(document.getElementById("data").textContent), say = {}, width = document.documentElement.clientWidth;
  say.cards = [...document.querySelectorAll(".step h3")].map((node) => node.textContent).join("; ") === data.phases.map((phase) => phase.name).join("; ");
  say.bought = [...document.querySelectorAll(".step")].every((card, i) => card.querySelectorAll(".changes span").length === Object.values(data.phases[i].bought || {}).filter((change) => change !== null && Math.abs(change) >= 0.0005).length);
  say.better = [...document.querySelectorAll(".changes span")].every((node) => (node.className === "better") === (/^(efficiency|goodput)/.test(node.textContent) === node.textContent.includes("+")));
  say.bars = [["time", "time_us"], ["efficiency", "efficiency"], ["load", "watts_load"], ["always", "watts_on"], ["energy", "energy_pj_per_bit"], ["p99", "latency_p99_ns"]].every(([id, key]) => {
    const scales = [...document.querySelectorAll(`#${id} .band`)].map((bar, i) => bar.getBoundingClientRect().width / data.phases[i].runs[0][key]);
    return scales.length === 3 && Math.max(...scales) / Math.min(...scales) < 1.03;
  });
  const canvas = document.querySelector("#cdf canvas"), bytes = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
  say.lines = ["pluggable", "LPO", "CPO"].every((name) => {
    const want = [1, 3, 5].map((i) => parseInt(charts.colour(name).slice(i, i + 2), 16));
    let count = 0;
    for (let i = 0; i < bytes.length; i += 4) count += bytes[i + 3] > 80 && want.every((value, k) => Math.abs(value - bytes[i + k]) <= 24);
    return count > 20;
  });
  say.rows = document.querySelectorAll("#results tr").length === 7 && document.querySelectorAll("#bars .bar").length === 6 && document.querySelectorAll("#assumed li").length === 4;
  say.fits = document.documentElement.scrollWidth <= width && [...document.querySelectorAll(".track b, .changes span, canvas, #bars b")].every((node) => right(node) <= width);
  return Object.entries(say).map(([name, good]) => `${name}=${good}`).join(" ") + " " + faults.join("; ");
}
SCRIPT
probed
for width in 1280 400; do
  looks "$width"
  same "cards=true bought=true better=true bars=true lines=true rows=true fits=true " "$(cat said)"
done

sentence "where nothing takes part the page says what is ruled out, and no name becomes a part of it"
cp "$trace" "out/<script>alert(1)<script>.gz"
got=0
"$oio" compare --trace "out/<script>alert(1)<script>.gz" --length 30000 --html out/page.html >stdout 2>&1 || got=$?
same 1 "$got"
same 4 "$(grep -c '^<script' out/page.html)"
cat >probe.js <<'SCRIPT'
const findings = () => `ruled=${document.querySelectorAll("#ruled li").length} title=${document.querySelector("h1").textContent} ${faults.join()}`;
SCRIPT
probed
looks 1280
same "ruled=40 title=out/&lt;script&gt;alert(1)&lt;script&gt;.gz over 30000 m: 0 technologies compared, 40 ruled out " "$(cat said)"
