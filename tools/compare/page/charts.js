// SPDX-License-Identifier: Apache-2.0
"use strict";
/* What both pages are made of: elements, and what is drawn on canvases, with uPlot. */
const charts = (() => {
  const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue("--" + name.toLowerCase()).trim();
  const number = (value) => value === null ? "" : value >= 1e5 || (value !== 0 && value < 1e-3) ? value.toExponential(1) : String(parseFloat(value.toPrecision(4)));
  const html = (parent, tag, className, text) => {
    const node = document.createElement(tag);
    if (className) node.className = className;
    if (text !== undefined) node.textContent = text;
    parent.append(node);
    return node;
  };
  // At the end of the page's <main>, which there is by then.
  const section = (title, text) => {
    const node = html(document.querySelector("main"), "section");
    html(node, "h2", "", title);
    if (text) html(node, "p", "", text);
    return node;
  };
  // On a logarithmic axis: powers of ten, and as much between them as there is room for.
  const decades = (self, index, low, high) => {
    const length = (self.axes[index].side % 2 ? self.bbox.height * 2 : self.bbox.width) / (window.devicePixelRatio || 1), room = length / Math.log10(high / low);
    const digits = room > 500 ? [1, 1.5, 2, 3, 4, 5, 6, 8] : room > 150 ? [1, 2, 5] : room > 90 ? [1, 3] : [1], splits = [];
    for (let power = Math.floor(Math.log10(low)); power <= Math.log10(high); power++)
      for (const digit of digits) {
        const value = digit * Math.pow(10, power);
        if (value >= low && value <= high) splits.push(value);
      }
    return splits;
  };
  const names = (self, splits) => splits.map((value) => value === null ? "" : number(value));
  const axis = (label, scale, log) => ({
    scale, label, labelSize: 20, labelFont: "12px system-ui, sans-serif", font: "11px system-ui, sans-serif", stroke: colour("soft"), size: scale === "y" ? 52 : 34,
    grid: {stroke: colour("grid"), width: 1}, ticks: {stroke: colour("line"), width: 1, size: 4}, values: names, ...(log ? {splits: decades, filter: (self, splits) => splits} : {}),
  });
  const tip = (box) => {
    const node = document.createElement("div");
    node.className = "tip";
    node.hidden = true;
    box.append(node);
    return (x, y, text) => {
      node.hidden = text === null;
      if (text === null) return;
      node.textContent = text;
      node.style.left = Math.max(0, Math.min(x + 12, box.clientWidth - node.offsetWidth - 4)) + "px";
      node.style.top = Math.max(0, y - node.offsetHeight - 8) + "px";
    };
  };
  // A range with a little air, in the logarithm.
  const wide = (values) => {
    const some = values.filter((value) => value > 0);
    if (some.length === 0) return [0.1, 10];
    const low = Math.min(...some), high = Math.max(...some), air = Math.pow(high / low, 0.06) * 1.06;
    return [low / air, high * air];
  };
  // The chart is made again when its box has another width.
  const keep = (box, make) => {
    let plot = null, width = 0;
    const again = () => {
      if (box.clientWidth === 0) return;
      width = box.clientWidth;
      if (plot) plot.destroy();
      for (const node of box.querySelectorAll(".tip")) node.remove();
      plot = make(width);
    };
    new ResizeObserver(() => box.clientWidth !== width && again()).observe(box);
    again();
    return again;
  };

  // What is nearest to the mouse, told. points(): [{x, y, text}] in pixels of the plot.
  const follow = (box, self, points) => {
    const say = tip(box);
    self.over.addEventListener("mousemove", (event) => {
      let best = null, least = 30 * 30;
      for (const point of points()) {
        const far = (point.x - event.offsetX) ** 2 + (point.y - event.offsetY) ** 2;
        if (far < least) least = far, best = point;
      }
      say(best ? best.x + self.over.offsetLeft : 0, best ? best.y + self.over.offsetTop : 0, best ? best.text : null);
    });
    self.over.addEventListener("mouseleave", () => say(0, 0, null));
  };

  /* lines: () => [{name, rung, dashed, ns: [101 values]}] */
  function cdf(box, lines) {
    return keep(box, (width) => {
      const shown = lines(), percent = Array.from({length: 101}, (_, i) => i);
      // A line holds its last percentage at one latency: what follows at the same x is one step.
      const tables = shown.map((line) => {
        const x = [], y = [];
        line.ns.forEach((ns, i) => {
          if (x.length > 0 && ns <= x[x.length - 1]) y[y.length - 1] = percent[i];
          else x.push(Math.max(ns, 1e-3)), y.push(percent[i]);
        });
        // All messages alike: a step up from nothing.
        x.unshift(x[0] * 0.99999);
        y.unshift(0);
        return [x, y];
      });
      const data = tables.length > 0 ? uPlot.join(tables) : [[1, 10], [null, null]];
      const series = shown.map((line) => ({label: line.name, stroke: colour(line.rung), width: 1.5, dash: line.dashed ? [5, 4] : undefined, spanGaps: true, points: {show: false}}));
      const self = new uPlot({
        width, height: width < 500 ? 300 : 380, legend: {show: false}, cursor: {drag: {x: false, y: false}, points: {show: false}},
        scales: {x: {distr: 3, time: false, range: wide(shown.flatMap((line) => line.ns))}, y: {range: [0, 102]}},
        axes: [axis("latency, ns", "x", true), axis("messages, %", "y", false)],
        series: [{}, ...(series.length > 0 ? series : [{}])],
      }, data, box);
      follow(box, self, () => shown.flatMap((line, i) => tables[i][0].map((x, k) => ({
        x: self.valToPos(x, "x"), y: self.valToPos(tables[i][1][k], "y"), text: `${line.name}${line.dashed ? " (limit)" : ""}: ${number(x)} ns, ${tables[i][1][k]} %`}))));
      return self;
    });
  }

  /* points: () => [{name, rung, x, y}], both above 0. Names stand where there is room. */
  function scatter(box, label, points) {
    return keep(box, (width) => {
      const shown = points().filter((point) => point.x > 0 && point.y > 0).sort((a, b) => a.x - b.x);
      const rungs = [...new Set(shown.map((point) => point.rung))];
      const data = [shown.map((point) => point.x), ...rungs.map((rung) => shown.map((point) => point.rung === rung ? point.y : null))];
      const place = (self, point) => ({x: self.valToPos(point.x, "x"), y: self.valToPos(point.y, "y"), text: `${point.name}: ${number(point.x)} ${label.unit}, ${number(point.y)} pJ/b`});
      const self = new uPlot({
        width, height: width < 500 ? 320 : 400, legend: {show: false}, cursor: {drag: {x: false, y: false}, points: {show: false}},
        scales: {x: {distr: 3, time: false, range: wide(shown.map((point) => point.x))}, y: {distr: 3, range: wide(shown.map((point) => point.y))}},
        axes: [axis(label.text, "x", true), axis("energy, pJ/b", "y", true)],
        series: [{}, ...rungs.map((rung) => ({label: rung, stroke: colour(rung), paths: () => null, points: {show: true, size: 9, fill: colour(rung), stroke: colour("back")}}))],
        hooks: {draw: [(plot) => nameAll(plot, shown)]},
      }, rungs.length > 0 ? data : [[1, 10], [null, null]].slice(0, 1), box);
      follow(box, self, () => shown.map((point) => place(self, point)));
      return self;
    });
  }
  // To the right of a point or to its left, where no name and no point lies already.
  function nameAll(plot, shown) {
    const context = plot.ctx, ratio = window.devicePixelRatio || 1, box = plot.bbox, high = 12 * ratio;
    const taken = shown.map((point) => ({x: plot.valToPos(point.x, "x", true) - 5 * ratio, y: plot.valToPos(point.y, "y", true) - 5 * ratio, w: 10 * ratio, h: 10 * ratio}));
    const free = (a) => a.x >= box.left && a.x + a.w <= box.left + box.width && taken.every((b) => a.x + a.w < b.x || b.x + b.w < a.x || a.y + a.h < b.y || b.y + b.h < a.y);
    context.save();
    context.font = `${10.5 * ratio}px system-ui, sans-serif`;
    context.textAlign = "left";
    context.textBaseline = "middle";
    context.fillStyle = colour("text");
    for (const point of shown) {
      const w = context.measureText(point.name).width, x = plot.valToPos(point.x, "x", true), y = plot.valToPos(point.y, "y", true);
      for (const [left, up] of [[x + 8 * ratio, y], [x - 8 * ratio - w, y], [x + 5 * ratio, y - 11 * ratio], [x + 5 * ratio, y + 11 * ratio], [x - w - 5 * ratio, y - 11 * ratio]]) {
        const area = {x: left, y: up - high / 2, w, h: high};
        if (!free(area)) continue;
        context.fillText(point.name, left, up);
        taken.push(area);
        break;
      }
    }
    context.restore();
  }
  return {cdf, scatter, number, colour, html, section, axis, keep, tip};
})();
