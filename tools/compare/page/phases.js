// SPDX-License-Identifier: Apache-2.0
"use strict";
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const {number, html, section} = charts;
  // Each phase has a colour of its own, whatever its technologies.
  const colours = ["pluggable", "LPO", "CPO", "OIO", "NPO", "UCIe", "LRO", "copper"], colourOf = (i) => colours[i % colours.length];
  const parts = [["queue", "queue"], ["serialise", "bits"], ["electrical", "electrical"], ["phy", "PHY"], ["fec", "FEC"], ["flight", "flight"], ["retry", "retry"]];
  const counts = (phase) => phase.runs[0];

  const header = html(document.body, "header");
  html(header, "h1", "", `${data.workload}: ${data.phases.map((phase) => phase.name).join(", then ")}`);
  html(header, "p", "", `The same traffic on every phase` + (data.offered_gbps === null ? "" : `, ${number(data.offered_gbps)} Gb/s of messages offered by all dies together`) + `, seed ${data.seed}. oio ${data.version}.`);
  html(header, "p", "", "Typical values, many of which are assumed. Observed: each class of links at the error rate that its links show in operation, where that is known, else at its limit; limit: all at what they are built for.");
  for (const phase of data.phases)
    for (const run of phase.runs.filter((run) => run.failure)) html(header, "div", "note", `${phase.name} at its ${run.errors} error rates is not good: ${run.failure}`);
  const main = html(document.body, "main");

  /* ---- the phases, and what each step bought ---- */
  const good = {efficiency: 1, goodput_gbps: 1};
  const names = {time_us: "time", efficiency: "efficiency", goodput_gbps: "goodput", latency_p50_ns: "p50", latency_p99_ns: "p99", energy_pj_per_bit: "energy a bit", watts_load: "W of load", watts_on: "W always",
    failures_per_year: "failures", flaps_per_year: "flaps"};
  const steps = html(section("What each step buys", "At the observed error rates, against the phase before."), "div", "steps");
  data.phases.forEach((phase, i) => {
    const card = html(steps, "article", "step"), title = html(card, "h3");
    html(title, "span", "dot").style.background = `var(--${colourOf(i).toLowerCase()})`;
    title.append(phase.name);
    html(card, "p", "", `net ${phase.net}`);
    const list = html(card, "ul");
    for (const link of phase.links) html(list, "li", "", `${link.links} ${link.class}: ${link.technology}, ${number(link.length_m)} m`);
    if (phase.bought === null) return;
    const changes = html(card, "div", "changes");
    for (const [key, text] of Object.entries(names)) {
      const change = phase.bought[key];
      if (change === null || Math.abs(change) < 0.0005) continue;
      html(changes, "span", (change > 0) === (good[key] === 1) ? "better" : "worse", `${text} ${change > 0 ? "+" : "−"}${number(parseFloat((100 * Math.abs(change)).toPrecision(3)))} %`);
    }
  });

  /* ---- a bar for each phase ---- */
  const both = html(section("Phase by phase"), "div", "pair");
  for (const [id, key, title, unit] of [["time", "time_us", "time of the traffic, or of an iteration", "us"], ["efficiency", "efficiency", "efficiency: compute over iteration", ""], ["load", "watts_load", "W of load", "W"],
    ["always", "watts_on", "W always", "W"], ["energy", "energy_pj_per_bit", "energy of a delivered bit, at the load", "pJ"], ["p99", "latency_p99_ns", "p99 of the latency", "ns"]]) {
    if (data.phases.every((phase) => counts(phase)[key] === null)) continue;
    const half = html(both, "div");
    html(half, "h3", "", title);
    const box = html(half, "div", "tracks"), most = Math.max(...data.phases.map((phase) => counts(phase)[key] || 0));
    box.id = id;
    data.phases.forEach((phase, i) => {
      const value = counts(phase)[key], track = (html(box, "span", "name", phase.name), html(box, "div", "track"));
      const bar = html(track, "i", "band");
      bar.style.left = 0;
      bar.style.background = `var(--${colourOf(i).toLowerCase()})`;
      bar.style.width = `calc((100% - 118px) * ${most > 0 && value !== null ? (value / most).toFixed(5) : 0})`;
      html(track, "b", "", value === null ? "–" : `${number(value)} ${unit}`).style.left = `calc((100% - 118px) * ${most > 0 && value !== null ? (value / most).toFixed(5) : 0})`;
    });
  }

  /* ---- latency ---- */
  const latency = section("Latency of messages", "Cumulative: how many of the messages arrive within a time. Dashed: all links at their limits of errors. Point at a line to see whose it is.");
  const keyBox = html(latency, "div", "keys");
  data.phases.forEach((phase, i) => {
    const key = html(keyBox, "span");
    html(key, "span", "dot").style.background = `var(--${colourOf(i).toLowerCase()})`;
    key.append(phase.name);
  });
  const box = html(latency, "div", "chart");
  box.id = "cdf";
  charts.cdf(box, () => data.phases.flatMap((phase, i) => phase.runs.filter((run) => run.latency_p50_ns !== null).map((run) => ({name: phase.name, rung: colourOf(i), dashed: run.errors === "limit", ns: run.latency_cdf_ns}))));
  const stacks = section("What the mean latency is made of", "In ns, of all classes of links on the way.");
  const partBox = html(stacks, "div", "keys");
  for (const [part, text] of parts) {
    const key = html(partBox, "span");
    html(key, "span", "dot " + part);
    key.append(text);
  }
  const bars = html(stacks, "div", "bars"), most = Math.max(...data.phases.flatMap((phase) => phase.runs.map((run) => run.latency_mean_ns || 0)));
  bars.id = "bars";
  for (const phase of data.phases) {
    for (const run of phase.runs.filter((run) => run.latency_mean_ns !== null)) {
      html(bars, "span", "name", phase.name);
      html(bars, "span", "rate", run.errors);
      const bar = html(bars, "div", "bar");
      for (const [part, text] of parts) {
        if (!(run[part + "_ns"] > 0)) continue;
        const piece = html(bar, "i", part);
        piece.style.width = `calc((100% - 96px) * ${(run[part + "_ns"] / most).toFixed(5)})`;
        piece.title = `${text} ${number(run[part + "_ns"])} ns`;
      }
      html(bar, "b", "", number(run.latency_mean_ns));
    }
  }

  /* ---- all figures, and what they rest on ---- */
  const table = html(html(section("All figures", "Energy: of what all links send for a bit that is delivered. Failures and flaps: of all links together."), "div", "scroll"), "table"), head = html(table, "tr");
  table.id = "results";
  const some = Object.keys(data.phases[0].runs[0]).filter((key) => !["errors", "failure", "latency_cdf_ns"].includes(key) && data.phases.some((phase) => phase.runs.some((run) => run[key] !== null)));
  for (const text of ["phase", "errors", ...some.map((key) => key.replaceAll("_", " "))]) html(head, "th", "", text);
  for (const phase of data.phases)
    for (const run of phase.runs) {
      const line = html(table, "tr", run.failure ? "failed" : "");
      for (const text of [phase.name, run.errors, ...some.map((key) => run[key] === null ? "–" : number(run[key]))]) html(line, "td", "", text);
    }
  const assumed = html(section("Assumed, not published", "oio tech show NAME has low, typical and high of each value, and where it was read."), "ul");
  assumed.id = "assumed";
  for (const [technology, values] of new Map(data.phases.flatMap((phase) => phase.links).map((link) => [link.technology, link.assumed]))) {
    const item = html(assumed, "li");
    html(item, "code", "", technology);
    item.append(`: ${values.join(", ")}`);
  }
})();
