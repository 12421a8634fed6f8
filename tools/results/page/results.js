// SPDX-License-Identifier: Apache-2.0
"use strict";
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const {number, html, section, axis, keep, tip, colour, cdf} = charts;
  const ROW = 24, SHOWN_LINES = 8, palette = ["oio", "pluggable", "cpo", "copper", "lpo", "npo", "board", "ucie"];
  const short = {min: "latency_min_ps", mean: "latency_mean_ps", p50: "latency_p50_ps", p99: "latency_p99_ps", p999: "latency_p999_ps", max: "latency_max_ps", goodput: "goodput_bits_per_s", energy: "energy_pj_per_message_bit"};

  /* ---- columns: numbers with NaN for nothing, or texts, of which 1 says as before ---- */
  const columns = data.columns.map(({name, text, values}) => {
    if (!text) return {name, text, at: Float64Array.from(values, (value) => value === null ? NaN : value)};
    // Few are different: each is a number into its words.
    const words = [""], of = new Map([["", 0]]), code = new Uint32Array(values.length);
    let before = 0;
    values.forEach((value, row) => {
      if (value !== 1) {
        const word = value === null ? "" : value;
        if (!of.has(word)) of.set(word, words.push(word) - 1);
        before = of.get(word);
      }
      code[row] = before;
    });
    return {name, text, words, at: code};
  });
  const runs = data.runs, column = (name) => columns.find((one) => one.name === name) || columns.find((one) => one.name === short[name]) || columns.find((one) => one.name.endsWith("." + name));
  const cell = (one, row) => one.text ? one.words[one.at[row]] : Number.isNaN(one.at[row]) ? "" : Math.abs(one.at[row]) >= 1e9 ? one.at[row].toExponential(4) : String(parseFloat(one.at[row].toPrecision(9)));
  const told = columns.filter((one) => one.name.includes("."));
  const label = column("label");
  const nameOf = (row) => `${cell(column("id"), row)} ${label && cell(label, row) || told.slice(0, 4).map((one) => `${one.name.split(".").pop()}=${cell(one, row)}`).join(" ")}`.trim();

  let order = Uint32Array.from({length: runs}, (_, i) => i), sorted = null, down = false;
  const chosen = new Set(), redraw = [];

  /* ---- head and filter ---- */
  const header = html(document.body, "header");
  html(header, "h1", "", data.title);
  html(header, "p", "", `${runs} runs of oio ${data.version}. Times are in picoseconds of simulated time, energy in pJ for a bit of a message that arrived.`);
  const ask = html(document.body, "nav");
  ask.id = "ask";
  const input = html(ask, "input"), count = html(ask, "b");
  input.placeholder = "p99<100000 load=0.4 result=good, or a word";
  input.setAttribute("aria-label", "only such runs");
  html(document.body, "main");

  const operators = {"=": (a, b) => a === b, "!=": (a, b) => a !== b, "<": (a, b) => a < b, "<=": (a, b) => a <= b, ">": (a, b) => a > b, ">=": (a, b) => a >= b};
  // A test of a row for each word; null: one cannot be read.
  const tests = (text) => {
    const all = [];
    for (const word of text.split(/\s+/).filter((one) => one !== "")) {
      const match = /^([\w.]+)(!=|<=|>=|=|<|>)(.*)$/.exec(word);
      if (!match) {
        const small = word.toLowerCase(), texts = columns.filter((one) => one.text);
        const some = texts.map((one) => [one.at, one.words.map((text) => text.toLowerCase().includes(small))]).filter(([, good]) => good.some((one) => one));
        all.push((row) => some.some(([at, good]) => good[at[row]]));
        continue;
      }
      const one = column(match[1]), test = operators[match[2]];
      if (!one) return null;
      const value = Number(match[3]), {at} = one;
      if (!one.text && (match[3] === "" || Number.isNaN(value))) return null;
      const good = one.text && one.words.map((text) => test(text, match[3]));
      all.push(one.text ? (row) => good[at[row]] : (row) => test(at[row], value));
    }
    return all;
  };
  const filter = () => {
    const all = tests(input.value);
    input.setAttribute("aria-invalid", String(all === null));
    if (all === null) return;
    wanted = all;
    sift();
    count.textContent = `${order.length} of ${runs} runs`;
    show();
  };
  // Rows as they are sorted, of which those that are wanted are in view.
  let ranking = order, wanted = [];
  const sift = () => {
    const kept = new Uint32Array(runs);
    let n = 0;
    for (const row of ranking) {
      let good = true;
      for (let i = 0; i < wanted.length && good; i++) good = wanted[i](row);
      if (good) kept[n++] = row;
    }
    order = kept.subarray(0, n);
  };
  const sort = () => {
    const {at, text, words} = sorted, turn = down ? -1 : 1, rank = [];
    if (text) Array.from(words, (word, i) => i).sort((a, b) => words[a] < words[b] ? -1 : 1).forEach((word, i) => { rank[word] = i; });
    ranking = ranking.slice().sort(text ? (a, b) => turn * (rank[at[a]] - rank[at[b]]) || a - b
                                        : (a, b) => Number.isNaN(at[a]) ? (Number.isNaN(at[b]) ? a - b : 1) : Number.isNaN(at[b]) ? -1 : turn * (at[a] - at[b]) || a - b);
  };
  input.addEventListener("input", filter);

  /* ---- table: only rows in sight are there ---- */
  const table = (() => {
    const box = html(section("Runs", "A click on a name sorts, on a run puts it into the distributions."), "div");
    box.id = "rows";
    const node = html(box, "table"), head = html(html(node, "thead"), "tr"), body = html(node, "tbody");
    for (const one of columns) {
      const cellNode = html(head, "th", one.text ? "text" : "", one.name);
      one.head = cellNode;
      cellNode.addEventListener("click", () => {
        down = sorted === one && !down;
        sorted = one;
        for (const other of columns) other.head.textContent = other.name + (other === one ? down ? " ↓" : " ↑" : "");
        sort();
        sift();
        show();
      });
    }
    const space = () => {
      const line = html(body, "tr", "space"), empty = html(line, "td");
      empty.colSpan = columns.length;
      return {line, is: (height) => { empty.style.height = height + "px"; }};
    };
    const above = space(), below = space(), lines = [];
    // Lines stay and get other words: what is the same is not laid out again.
    const line = () => {
      const node = document.createElement("tr"), self = {node, row: -1, cells: columns.map((one) => html(node, "td", one.text ? "text" : "", ""))};
      node.addEventListener("click", () => {
        if (!chosen.delete(self.row)) chosen.add(self.row);
        show();
      });
      below.line.before(node);
      lines.push(self);
    };
    let first = -1;
    const fill = (force) => {
      const from = Math.max(0, Math.floor(box.scrollTop / ROW) - 10), to = Math.min(order.length, from + Math.ceil(box.clientHeight / ROW) + 20), shown = Math.max(0, to - from);
      if (from === first && !force) return;
      first = from;
      while (lines.length < shown) line();
      for (const spare of lines.splice(shown)) spare.node.remove();
      above.is(from * ROW);
      below.is((order.length - from - shown) * ROW);
      lines.forEach((self, i) => {
        self.row = order[from + i];
        self.node.setAttribute("aria-selected", String(chosen.has(self.row)));
        columns.forEach((one, k) => {
          const text = cell(one, self.row);
          if (self.cells[k].textContent !== text) self.cells[k].textContent = text;
        });
      });
    };
    box.addEventListener("scroll", () => fill(false));
    return fill;
  })();
  // The table at once, charts when the browser comes to it.
  let waiting = false;
  function show() {
    table(true);
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(() => {
      waiting = false;
      for (const again of redraw) again();
    });
  }

  /* ---- charts ---- */
  const extent = (one) => {
    let low = Infinity, high = -Infinity;
    for (const row of order) {
      const value = one.at[row];
      if (Number.isNaN(value)) continue;
      if (value < low) low = value;
      if (value > high) high = value;
    }
    if (low > high) return {log: false, range: [0, 1]};
    const log = low > 0 && high / low > 30, air = (high - low) * 0.04 || Math.abs(high) * 0.1 || 1;
    return {log, range: log ? [low / Math.pow(high / low, 0.05), high * Math.pow(high / low, 0.05)] : [low < 0 ? low - air : Math.max(0, low - air), high + air]};
  };
  const placer = (scale, from, length, turned) => {
    const f = scale.log ? Math.log10 : (value) => value, low = f(scale.range[0]), by = length / (f(scale.range[1]) - low);
    return turned ? (value) => from + length - (f(value) - low) * by : (value) => from + (f(value) - low) * by;
  };
  // A square for each of some rows.
  const spots = (context, at, rows, tints) => {
    for (const row of rows) {
      const left = at.left(row), top = at.top(row);
      if (Number.isNaN(left) || Number.isNaN(top)) continue;
      context.fillStyle = tints.colours[tints.of(row)];
      context.fillRect(left - 2.5, top - 2.5, 5, 5);
    }
  };
  // Where the dots of the rows in view begin, in whole pixels; below 0: there is none.
  const pixelsOf = (one, place, side) => {
    const {at} = one, into = new Int32Array(order.length);
    for (let i = 0; i < into.length; i++) {
      const pixel = Math.round(place(at[order[i]]) - side / 2);
      into[i] = pixel >= 0 ? pixel : -1;
    }
    return into;
  };
  // So many that each is a few pixels of one image. Of those at one place the first is drawn.
  const speckle = (context, bbox, side, x, y, horizontal, vertical, tints) => {
    const width = Math.ceil(bbox.width) + 2 * side, height = Math.ceil(bbox.height) + 2 * side, x0 = Math.floor(bbox.left) - side, y0 = Math.floor(bbox.top) - side;
    const image = new ImageData(width, height), pixels = new Uint32Array(image.data.buffer), taken = new Uint8Array(width * height);
    const inks = tints.colours.map((hex) => new Uint32Array(Uint8Array.of(...[1, 3, 5].map((i) => parseInt(hex.slice(i, i + 2), 16)), 255).buffer)[0]);
    const left = pixelsOf(x, placer(horizontal, bbox.left - x0, bbox.width, false), side), top = pixelsOf(y, placer(vertical, bbox.top - y0, bbox.height, true), side);
    for (let i = 0; i < order.length; i++) {
      const spot = top[i] * width + left[i];
      if (left[i] < 0 || top[i] < 0 || taken[spot] === 1) continue;
      const ink = inks[tints.of(order[i])];
      taken[spot] = 1;
      for (let across = 0; across < side; across++)
        for (let down = 0; down < side; down++) pixels[spot + down * width + across] = ink;
    }
    const sheet = document.createElement("canvas");
    sheet.width = width;
    sheet.height = height;
    sheet.getContext("2d").putImageData(image, 0, 0);
    context.drawImage(sheet, x0, y0);
  };
  // Dots of the rows in view; paint(context, place, ratio) draws over them. Numbers of x and y are columns.
  const dots = (box, pick, paint) => keep(box, (width) => {
    const {x, y, by} = pick();
    if (!x || !y) return {destroy: () => { box.textContent = ""; }};
    const horizontal = extent(x), vertical = extent(y), tints = tint(by), height = width < 500 ? 320 : 400;
    const place = (plot, ratio) => {
      const px = placer(horizontal, plot.bbox.left / ratio, plot.bbox.width / ratio, false), py = placer(vertical, plot.bbox.top / ratio, plot.bbox.height / ratio, true);
      return {left: (row) => px(x.at[row]), top: (row) => py(y.at[row])};
    };
    const self = new uPlot({
      width, height, legend: {show: false}, cursor: {drag: {x: false, y: false}, points: {show: false}},
      scales: {x: {distr: horizontal.log ? 3 : 1, time: false, range: horizontal.range}, y: {distr: vertical.log ? 3 : 1, range: vertical.range}},
      axes: [axis(x.name, "x", horizontal.log), axis(y.name, "y", vertical.log)], series: [{}, {paths: () => null, points: {show: false}}],
      hooks: {draw: [(plot) => {
        const ratio = window.devicePixelRatio || 1, at = place(plot, ratio), context = plot.ctx, many = order.length > 5000;
        if (many) speckle(context, plot.bbox, Math.round(2 * ratio), x, y, horizontal, vertical, tints);
        context.save();
        context.scale(ratio, ratio);
        spots(context, at, !many ? order : chosen.size > 0 ? order.filter((row) => chosen.has(row)) : [], tints);
        if (paint) paint(context, at);
        context.restore();
      }]},
    }, [horizontal.range, [null, null]], box);
    const say = tip(box), ratio = window.devicePixelRatio || 1;
    self.over.addEventListener("mousemove", (event) => {
      const at = place(self, ratio), mx = event.offsetX + self.over.offsetLeft, my = event.offsetY + self.over.offsetTop;
      let best = -1, least = 400;
      for (const row of order) {
        const left = at.left(row), top = at.top(row), far = (left - mx) ** 2 + (top - my) ** 2;
        if (far < least) least = far, best = row;
      }
      say(mx, my, best < 0 ? null : `${nameOf(best)}: ${cell(x, best)}, ${cell(y, best)}`);
    });
    self.over.addEventListener("mouseleave", () => say(0, 0, null));
    return self;
  });
  // A colour for each value of a column, as long as there are colours; the last is for what is chosen.
  const tint = (by) => {
    const colours = [...palette.map(colour), colour("bad")], last = palette.length;
    const values = by ? [...new Set(Array.from(order.subarray(0, 20000), (row) => by.at[row]))].sort((a, b) => a - b) : [], of = new Map(values.map((value, i) => [value, i % palette.length]));
    return {colours, of: (row) => chosen.size > 0 && chosen.has(row) ? last : by ? of.get(by.at[row]) || 0 : 0};
  };
  const choice = (parent, text, some, value, change) => {
    const line = html(parent, "label", "", text + " "), node = html(line, "select");
    for (const one of some) html(node, "option", "", one);
    node.value = value;
    node.addEventListener("change", change);
    return node;
  };
  const numbers = columns.filter((one) => !one.text && one.name !== "id").map((one) => one.name), any = columns.filter((one) => one.name !== "id").map((one) => one.name);
  const p99 = column("p99") ? "latency_p99_ps" : numbers[0];

  {
    const node = section("One figure over another"), line = html(node, "div", "axes"), box = html(node, "div", "chart");
    box.id = "scatter";
    let again = () => {};
    const key = told.find((one) => !one.text);
    const x = choice(line, "x", numbers, key ? key.name : numbers.includes("goodput_bits_per_s") ? "goodput_bits_per_s" : numbers[0], () => again()), y = choice(line, "y", numbers, p99, () => again());
    const by = choice(line, "colour", ["one", ...any], told.length > 1 ? told[1].name : "one", () => again());
    again = dots(box, () => ({x: column(x.value), y: column(y.value), by: by.value === "one" ? null : column(by.value)}));
    redraw.push(again);
  }

  {
    const node = section("Distributions", data.cdf ? "" : "Of so many runs the page has least, median, 99th percentile and most; lines are drawn between these."), box = html(node, "div", "chart"), keys = html(node, "div", "keys");
    box.id = "cdf";
    const columnsOf = ["min", "p50", "p99", "max"].map(column);
    const between = (row) => {
      const [low, middle, high, most] = columnsOf.map((one) => one ? one.at[row] / 1e3 : NaN);
      return Array.from({length: 101}, (_, p) => p <= 50 ? low + (middle - low) * p / 50 : p <= 99 ? middle + (high - middle) * (p - 50) / 49 : most);
    };
    const lines = () => {
      const rows = (chosen.size > 0 ? [...chosen] : Array.from(order.subarray(0, SHOWN_LINES))).slice(0, 4 * SHOWN_LINES);
      return rows.map((row, i) => ({name: nameOf(row), rung: palette[i % palette.length], ns: data.cdf ? data.cdf[row] && data.cdf[row].map((ps) => ps / 1e3) : between(row)})).filter((one) => one.ns && !Number.isNaN(one.ns[0]));
    };
    const again = cdf(box, lines);
    const name = () => {
      keys.textContent = "";
      for (const one of lines()) {
        const key = html(keys, "span");
        html(key, "span", "dot").style.background = `var(--${one.rung})`;
        key.append(one.name);
      }
    };
    name();
    redraw.push(() => { again(); name(); });
  }

  const energy = column("energy");
  if (energy && column("p99")) {
    const node = section("Latency against energy", "Runs on the line are such that no other is better in both: the Pareto front."), line = html(node, "div", "axes"), box = html(node, "div", "chart"), list = html(node, "div", "scroll");
    box.id = "pareto";
    list.id = "front";
    let again = () => {};
    const x = choice(line, "latency", ["latency_p50_ps", "latency_p99_ps", "latency_p999_ps", "latency_mean_ps"].filter((name) => numbers.includes(name)), "latency_p99_ps", () => again());
    const front = () => {
      const xs = column(x.value).at, ys = energy.at, best = []; // latency rises, energy falls
      for (const row of order) {
        if (!(xs[row] > 0 && ys[row] > 0)) continue;
        let from = 0, to = best.length; // those before `from` are as fast or faster
        while (from < to) {
          const middle = (from + to) >> 1;
          if (xs[best[middle]] <= xs[row]) from = middle + 1;
          else to = middle;
        }
        if (from > 0 && ys[best[from - 1]] <= ys[row]) continue;
        if (from > 0 && xs[best[from - 1]] === xs[row]) from--;
        let end = from;
        while (end < best.length && ys[best[end]] >= ys[row]) end++;
        best.splice(from, end - from, row);
      }
      return best;
    };
    const draw = dots(box, () => ({x: column(x.value), y: energy, by: null}), (context, at) => {
      const rows = front();
      context.strokeStyle = context.fillStyle = colour("bad");
      context.lineWidth = 1.5;
      context.beginPath();
      rows.forEach((row, i) => {
        const left = at.left(row), top = at.top(row);
        if (i > 0) context.lineTo(left, at.top(rows[i - 1]));
        if (i > 0) context.lineTo(left, top);
        else context.moveTo(left, top);
        context.fillRect(left - 4, top - 4, 8, 8);
      });
      context.stroke();
    });
    const tell = () => {
      list.textContent = "";
      const body = html(list, "table"), head = html(body, "tr");
      for (const name of ["run", x.value, energy.name]) html(head, "th", "", name);
      for (const row of front().slice(0, 100)) {
        const one = html(body, "tr");
        for (const text of [nameOf(row), cell(column(x.value), row), number(energy.at[row])]) html(one, "td", "", text);
      }
    };
    again = () => { draw(); tell(); };
    tell();
    redraw.push(again);
  }
  count.textContent = `${runs} of ${runs} runs`;
  table(true);
  document.documentElement.dataset.ready = String(performance.now());
})();
