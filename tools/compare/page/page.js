// SPDX-License-Identifier: Apache-2.0
"use strict";
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const {number, html, section} = charts;
  const rungs = ["pluggable", "LRO", "LPO", "microLED", "NPO", "CPO", "OIO", "copper", "board", "UCIe"];
  const parts = [["queue", "queue"], ["serialise", "bits"], ["electrical", "electrical"], ["phy", "PHY"], ["fec", "FEC"], ["flight", "flight"], ["retry", "retry"]];
  const off = new Set(), redraw = [];

  const svg = (parent, tag, attributes, text) => {
    const node = document.createElementNS("http://www.w3.org/2000/svg", tag);
    for (const key in attributes) node.setAttribute(key, attributes[key]);
    if (text !== undefined) node.textContent = text;
    parent.append(node);
    return node;
  };
  const shown = () => data.technologies.filter((tech) => !off.has(tech.rung));
  // The run of the error rate that counts: the observed one where it is known.
  const first = (tech) => tech.runs[0];
  const energy = (tech) => first(tech).energy_pj_per_bit;

  /* ---- head ---- */
  const header = html(document.body, "header");
  html(header, "h1", "", `${data.workload} over ${data.length_m} m: ${data.technologies.length} technologies compared, ${data.ruled_out.length} ruled out`);
  html(header, "p", "", `Net ${data.net}, ${data.links} ${data.class} link${data.links === 1 ? "" : "s"} compared, ` +
    (data.offered_gbps === null ? "traffic as fast as it goes" : `${number(data.offered_gbps)} Gb/s of messages offered by all dies together`) + `, seed ${data.seed}. oio ${data.version}.`);
  html(header, "p", "", "Each runs at the error rate that its links show in operation, where that is known, and at the limit that it is built for. " +
    "Typical values; many are assumed, and the tables at the end name them.");
  for (const tech of data.technologies)
    for (const run of tech.runs.filter((run) => run.failure)) html(header, "div", "note", `${tech.name} at its ${run.errors} error rate is not good: ${run.failure}`);

  const keys = html(document.body, "nav");
  keys.id = "keys";
  for (const rung of rungs.filter((rung) => data.technologies.some((tech) => tech.rung === rung))) {
    const button = html(keys, "button");
    html(button, "span", "dot").style.background = `var(--${rung.toLowerCase()})`;
    button.append(rung);
    button.setAttribute("aria-pressed", "true");
    button.addEventListener("click", () => {
      if (!off.delete(rung)) off.add(rung);
      button.setAttribute("aria-pressed", String(!off.has(rung)));
      for (const again of redraw) again();
    });
  }
  const main = html(document.body, "main");

  /* ---- the ladder ---- */
  function ladder() {
    const node = section("The ladder", "How far electrical signals go from the chip to the optics (typical), and how far the link then reaches. The nearer the optics, the less is lost before them.");
    const keyBox = html(node, "div", "keys");
    for (const [name, text] of [["electrical", "electrical, on package and board"], ["oio", "light"], ["copper", "cable, board or package of copper"]]) {
      const key = html(keyBox, "span");
      html(key, "span", "dot").style.background = `var(--${name})`;
      key.append(text);
    }
    const box = html(node, "div", "chart");
    box.id = "ladder";
    const draw = () => {
      box.textContent = "";
      const width = box.clientWidth, narrow = width < 620, left = narrow ? 8 : 92, right = narrow ? 8 : 250, row = narrow ? 46 : 28, top = 22;
      const all = [...data.technologies.map((tech) => ({...tech, reach: tech.inputs.reach_m.typical, host: tech.inputs.host_reach_mm ? tech.inputs.host_reach_mm.typical : 0})),
        ...data.ruled_out.map((tech) => ({...tech, out: true, reach: tech.reach_m, host: tech.host_reach_mm}))];
      const there = rungs.filter((rung) => all.some((tech) => tech.rung === rung));
      const picture = svg(box, "svg", {height: top + row * there.length + 22, viewBox: `0 0 ${width} ${top + row * there.length + 22}`});
      const x = (metres) => left + (width - left - right) * (Math.log10(Math.max(metres, 1e-4)) + 4) / 8;
      const ticks = [[1e-4, "0.1 mm"], [1e-2, "1 cm"], [1, "1 m"], [100, "100 m"], [1e4, "10 km"]];
      ticks.forEach(([metres, text], i) => {
        svg(picture, "line", {x1: x(metres), x2: x(metres), y1: top - 4, y2: top + row * there.length, class: "tick"});
        svg(picture, "text", {x: x(metres), y: top + row * there.length + 15, class: "soft", "text-anchor": i === 0 && narrow ? "start" : i === 4 && narrow ? "end" : "middle"}, text);
      });
      if (data.length_m > 0) {
        svg(picture, "line", {x1: x(data.length_m), x2: x(data.length_m), y1: top - 6, y2: top + row * there.length, class: "asked"});
        svg(picture, "text", {x: x(data.length_m), y: 11, class: "asked-text", "text-anchor": "middle"}, `${data.length_m} m asked`);
      }
      there.forEach((rung, i) => {
        const mine = all.filter((tech) => tech.rung === rung), taking = mine.filter((tech) => !tech.out), y = top + row * i + (narrow ? 18 : 4);
        const host = Math.max(...mine.map((tech) => tech.host)) / 1e3, reach = Math.max(...mine.map((tech) => tech.reach));
        const group = svg(picture, "g", taking.length === 0 ? {class: "out"} : {});
        svg(group, "text", narrow ? {x: left, y: y - 5} : {x: left - 10, y: y + 14, "text-anchor": "end"}, rung);
        svg(group, "rect", {x: x(1e-4) - 5, y, width: 9, height: 18, class: "chip"});
        if (host > 0) svg(group, "rect", {x: x(1e-4) + 4, y: y + 5, width: Math.max(x(host) - x(1e-4) - 4, 2), height: 8, class: "wire"});
        const from = Math.max(x(host), x(1e-4) + 4);
        svg(group, "rect", {x: from, y: y + 5, width: Math.max(x(reach) - from, 3), height: 8, class: ["copper", "board", "UCIe"].includes(rung) ? "cable" : "light"});
        const best = (of) => number(Math.min(...taking.map(of)));
        const text = taking.length === 0 ? "ruled out" : `${taking.length} of ${mine.length}: from ${best((tech) => first(tech).latency_p99_ns)} ns p99, ${best(energy)} pJ/b`;
        svg(group, "text", {x: narrow ? width - right : width - right + 12, y: narrow ? y - 5 : y + 14, class: "soft", "text-anchor": narrow ? "end" : "start"}, text);
      });
    };
    redraw.push(draw);
    new ResizeObserver(draw).observe(box);
    draw();
  }

  /* ---- latency ---- */
  function distribution() {
    const node = section("Latency of messages", "Cumulative: how many of the messages arrive within a time. Dashed: at the limit of errors, where another rate has been observed. Point at a line to see whose it is.");
    const box = html(node, "div", "chart");
    box.id = "cdf";
    redraw.push(charts.cdf(box, () => shown().flatMap((tech) => tech.runs.filter((run) => run.latency_p50_ns !== null).map((run) => (
      {name: tech.name, rung: tech.rung, dashed: run.errors === "limit" && tech.runs.length > 1, ns: run.latency_cdf_ns})))));
  }
  function stacks() {
    const node = section("What the mean latency is made of", "In ns, of every run. The scale ends at three times the median; what is longer is cut and says its length.");
    const keyBox = html(node, "div", "keys");
    for (const [part, text] of parts) {
      const key = html(keyBox, "span");
      html(key, "span", "dot " + part);
      key.append(text);
    }
    const box = html(node, "div", "bars");
    box.id = "bars";
    const draw = () => {
      box.textContent = "";
      const rows = shown().flatMap((tech) => tech.runs.filter((run) => run.latency_mean_ns !== null).map((run) => ({tech, run})));
      const means = rows.map(({run}) => run.latency_mean_ns).sort((a, b) => a - b);
      const most = Math.min(means[means.length - 1], 3 * means[Math.floor(means.length / 2)]);
      for (const {tech, run} of rows) {
        html(box, "span", "name", run === first(tech) || window.innerWidth <= 760 ? tech.name : "").title = tech.title;
        html(box, "span", "rate", `${run.errors} ${run.line_error_rate.toExponential(1).replace(".0", "")}`);
        const bar = html(box, "div", "bar"), cut = Math.min(1, most / run.latency_mean_ns);
        for (const [part, text] of parts) {
          const ns = run[part + "_ns"];
          if (ns <= 0) continue;
          const piece = html(bar, "i", part);
          piece.style.width = `calc((100% - 96px) * ${(ns * cut / most).toFixed(5)})`;
          piece.title = `${tech.name}: ${text} ${number(ns)} ns`;
        }
        html(bar, "b", "", `${number(parseFloat(run.latency_mean_ns.toPrecision(4)))}${cut < 1 ? " (cut)" : ""}`);
      }
    };
    redraw.push(draw);
    draw();
  }

  /* ---- energy ---- */
  function energies() {
    const node = section("Energy", "Link and serialisers of both hosts, at the full rate. Names stand where there is room; point at a dot to see the rest.");
    const both = html(node, "div", "pair");
    const one = (id, title, label, x) => {
      const half = html(both, "div");
      html(half, "h3", "", title);
      const box = html(half, "div", "chart");
      box.id = id;
      redraw.push(charts.scatter(box, label, () => shown().map((tech) => ({name: tech.name, rung: tech.rung, x: x(tech), y: energy(tech)}))));
    };
    one("reach", "against reach", {text: "typical reach, m", unit: "m"}, (tech) => tech.inputs.reach_m.typical);
    one("latency", "against latency", {text: "p99 of the latency, ns", unit: "ns"}, (tech) => first(tech).latency_p99_ns);
  }

  /* ---- what is not known ---- */
  // A track of which low..high is a bar, with a mark where the typical value is.
  function track(parent, low, high, mark, most, text) {
    const box = html(parent, "div", "track");
    if (low === null || high === null) return html(box, "b", "", "no run was good");
    const at = (value) => `calc((100% - 118px) * ${Math.min(1, value / most).toFixed(5)})`;
    const bar = html(box, "i", "band");
    bar.style.left = at(low);
    bar.style.width = `max(2px, calc((100% - 118px) * ${(Math.min(1, high / most) - Math.min(1, low / most)).toFixed(5)}))`;
    if (mark !== null) html(box, "i", "mark").style.left = at(mark);
    const label = html(box, "b", "", text);
    label.style.left = at(mark === null ? high : Math.max(high, mark));
    return box;
  }
  function bands() {
    if (data.samples === 0) return;
    const node = section("How much is not known", `Of ${data.samples} samples of each, with values drawn from low over typical to high, nine in ten lie in the bar; the mark is the typical run. Beyond three times the median all stand at the end.`);
    const both = html(node, "div", "pair");
    for (const [id, title, key, typical] of [["band99", "p99 of the latency, ns", "latency_p99_ns", (tech) => first(tech).latency_p99_ns], ["bandpj", "energy, pJ/b", "energy_pj_per_bit", energy]]) {
      const half = html(both, "div");
      html(half, "h3", "", title);
      const box = html(half, "div", "tracks");
      box.id = id;
      const draw = () => {
        box.textContent = "";
        const highs = shown().map((tech) => tech.bands[key][1]).filter((high) => high !== null).sort((a, b) => a - b);
        const most = Math.min(highs[highs.length - 1], 3 * highs[Math.floor(highs.length / 2)]);
        for (const tech of shown()) {
          const [low, high] = tech.bands[key];
          html(box, "span", "name", tech.name).title = tech.title;
          track(box, low, high, typical(tech), most, low === null ? "" : `${number(low)} .. ${number(high)}`);
        }
      };
      redraw.push(draw);
      draw();
    }
    tornado();
  }
  function tornado() {
    const node = section("Which inputs matter", "Each by itself at its low and at its high, all others typical.");
    const choice = html(html(node, "p"), "select");
    choice.id = "whose";
    choice.setAttribute("aria-label", "technology");
    html(choice, "option", "", "all, in the mean").value = "";
    for (const tech of data.technologies) html(choice, "option", "", tech.name).value = tech.name;
    const both = html(node, "div", "pair");
    const boxes = [["tornado99", "p99 of the latency", "latency_p99_ns", "latency_p99_share", "ns"], ["tornadopj", "energy", "energy_pj_per_bit", "energy_share", "pJ/b"]].map(([id, title, key, share, unit]) => {
      const half = html(both, "div");
      html(half, "h3", "", title);
      const box = html(half, "div", "tracks");
      box.id = id;
      return {box, key, share, unit};
    });
    const draw = () => {
      const tech = data.technologies.find((one) => one.name === choice.value);
      for (const {box, key, share, unit} of boxes) {
        box.textContent = "";
        const rows = tech === undefined
          ? data.tornado.filter((row) => row[share] > 0).sort((a, b) => b[share] - a[share]).map((row) => ({name: row.input, low: 0, high: 100 * row[share], mark: null, text: `${number(100 * row[share])} %`}))
          : tech.tornado.filter((row) => row[key][0] !== row[key][1]).map((row) => ({name: row.input, low: row[key][0] === null || row[key][1] === null ? null : Math.min(...row[key]), high: Math.max(...row[key]),
              mark: key === "latency_p99_ns" ? first(tech).latency_p99_ns : energy(tech), text: `${number(row[key][0])} .. ${number(row[key][1])} ${unit}`, at: `${number(row.at[0])} .. ${number(row.at[1])}`}))
            .sort((a, b) => (b.high - b.low) - (a.high - a.low));
        if (rows.length === 0) html(box, "span", "name", "nothing");
        const most = Math.max(...rows.map((row) => row.high));
        for (const row of rows) {
          html(box, "span", "name", row.name + (row.at ? `: ${row.at}` : ""));
          track(box, row.low, row.high, row.mark, most, row.text);
        }
      }
    };
    choice.addEventListener("change", draw);
    draw();
  }

  /* ---- tables ---- */
  const columns = [["latency_p50_ns", "p50 ns"], ["latency_p99_ns", "p99 ns"], ["latency_p999_ns", "p99.9 ns"], ["time_us", "time us"], ["efficiency", "efficiency"], ["goodput_gbps", "goodput Gb/s"],
    ["rate_gbps", "a link Gb/s"], ["energy_pj_per_bit", "pJ/b"], ["watts_load", "W of load"], ["watts_on", "W always"], ["flit_again", "flit again"], ["retries", "retries"], ["lost_codewords", "lost codewords"],
    ["edge_mm", "edge mm"], ["failures_per_year", "failures a year"], ["flaps_per_year", "flaps a year"], ["down_s_per_year", "down s a year"]];
  function results() {
    const node = section("Results", "W of load: energy of the bits that are sent. W always: of links that are lit at their full rate, both directions, whatever they carry. flit again: the chance that a flit " +
      "has to be sent again, in closed form. Failures, flaps and time down are of a link." + (data.samples > 0 ? " Small: where nine in ten samples lie." : ""));
    const table = html(html(node, "div", "scroll"), "table"), head = html(table, "tr");
    table.id = "results";
    const some = columns.filter(([key]) => data.technologies.some((tech) => tech.runs.some((run) => run[key] !== null)));
    for (const text of ["technology", "errors", "rate", "FEC", ...some.map(([, text]) => text)]) html(head, "th", "", text);
    for (const tech of data.technologies) {
      for (const run of tech.runs) {
        const line = html(table, "tr", run.failure ? "failed" : "");
        for (const text of [tech.name, run.errors, number(run.line_error_rate), tech.correction]) html(line, "td", "", text);
        for (const [key] of some) {
          const cell = html(line, "td", "", run[key] === null ? "–" : number(run[key])), band = run === first(tech) && tech.bands ? tech.bands[key] : undefined;
          if (band && band[0] !== null && band[0] !== band[1]) html(cell, "small", "", `${number(band[0])} .. ${number(band[1])}`);
        }
        redraw.push(() => line.classList.toggle("hidden", off.has(tech.rung)));
      }
    }
  }
  function ruledOut() {
    if (data.ruled_out.length === 0) return;
    const list = html(section("Ruled out"), "ul");
    list.id = "ruled";
    for (const tech of data.ruled_out) {
      const item = html(list, "li");
      html(item, "code", "", tech.name);
      item.append(` (${tech.rung}) ${tech.by}: ${tech.why}`);
    }
  }
  function inputs() {
    const node = section("Every input and what it rests on", "Sourced: somebody says so. Derived: worked out from what somebody says. Assumed: nobody says; an engineer's guess.");
    node.classList.add("inputs");
    for (const tech of data.technologies) {
      const box = html(node, "details"), top = html(box, "summary"), values = Object.entries(tech.inputs);
      html(top, "code", "", tech.name);
      html(top, "span", "", ` ${tech.title}; ${values.filter(([, value]) => value && value.basis === "assumed").length} of ${values.filter(([, value]) => value).length} values assumed`);
      const table = html(html(box, "div", "scroll"), "table"), head = html(table, "tr");
      for (const [text, name] of [["value"], ["low"], ["typical"], ["high"], ["unit"], ["basis"], ["sources and note", "text"]]) html(head, "th", name || "", text);
      for (const [name, value] of values) {
        const line = html(table, "tr", "input");
        html(line, "td", "", name);
        if (!value) {
          html(line, "td", "", "not known").colSpan = 6;
          continue;
        }
        if (value.words !== undefined) html(line, "td", "text", value.words).colSpan = 4;
        else for (const text of [number(value.low), number(value.typical), number(value.high), value.unit]) html(line, "td", "", text);
        html(line, "td", value.basis, value.basis);
        html(line, "td", "text", value.sources.map((source) => `[${source}]`).join(" ") + (value.note ? " " + value.note : ""));
      }
      redraw.push(() => box.classList.toggle("hidden", off.has(tech.rung)));
    }
    const list = html(section("Sources"), "ul");
    for (const [key, source] of Object.entries(data.sources)) {
      const item = html(list, "li");
      html(item, "code", "", key);
      item.append(` ${source.publisher}: ${source.title}${source.year ? ", " + source.year : ""}${source.host ? ", " + source.host : ""} (${source.kind})`);
    }
  }

  if (data.technologies.length > 0) {
    ladder();
    distribution();
    stacks();
    energies();
    bands();
    results();
  }
  ruledOut();
  if (data.technologies.length > 0) inputs();
  else keys.remove();
})();
