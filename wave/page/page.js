// SPDX-License-Identifier: Apache-2.0
"use strict";
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const byId = (id) => document.getElementById(id);
  const space = "http://www.w3.org/2000/svg";
  const units = ["s", "ms", "us", "ns", "ps", "fs", "as", "zs"];
  const left = 58, right = 10, char = 6.75;

  const isBelow = (path, scope) => path.startsWith(scope + ".") || path.startsWith(scope + "[");

  const html = (tag, className, text) => {
    const node = document.createElement(tag);
    if (className) node.className = className;
    if (text !== undefined) node.textContent = text;
    return node;
  };
  const svg = (parent, tag, attributes, text) => {
    const node = document.createElementNS(space, tag);
    for (const key in attributes) node.setAttribute(key, attributes[key]);
    if (text !== undefined) node.textContent = text;
    parent.append(node);
    return node;
  };

  // Ticks as people write them: as in wave_time_text, but rounded to what a cursor can tell.
  function timeText(ticks, digits) {
    if (!data.known) return Math.round(ticks) + " ticks";
    const size = Math.abs(ticks);
    if (size === 0) return "0 s";
    let unit = 0;
    const power = Math.floor(Math.log10(size) + 1e-12) + data.exponent;
    while (unit < 7 && power + 3 * unit < 0) unit++;
    const value = ticks * Math.pow(10, data.exponent + 3 * unit);
    return parseFloat(value.toPrecision(digits || 9)) + " " + units[unit];
  }
  // The clock may have stood still before a divergence: its own cycle is what counts there.
  function cycleAt(one, time) {
    if (one.clock === undefined) return null;
    const clock = data.clocks[one.clock], cycle = (t) => Math.floor((t - clock.first) / clock.period);
    return cycle(time) + (one.cycle === undefined ? 0 : one.cycle - cycle(one.at));
  }
  function valueAt(row, time) {
    let value = null;
    for (let i = 0; i < row.length && row[i] <= time; i += 2) value = row[i + 1];
    return value;
  }

  /* ---- a window: golden above new, what differs shaded ---- */
  function drawBit(group, row, scale, y, className, end) {
    const high = y + 4, low = y + 22, middle = y + 13, levels = {0: low, 1: high, z: middle};
    let path = "", drawn = false;
    for (let i = 0; i < row.length; i += 2) {
      const from = scale(row[i]), to = i + 2 < row.length ? scale(row[i + 2]) : end, value = row[i + 1], level = levels[value];
      if (level === undefined) svg(group, "rect", {x: from, y: high, width: Math.max(to - from, 1), height: low - high, class: "unknown"});
      else path += (drawn ? "L" : "M") + from + " " + level + "H" + to;
      drawn = level !== undefined;
      if (to - from > 20) svg(group, "text", {x: from + 6, y: value === "z" ? high + 5 : middle + 4, class: "bit"}, value);
    }
    svg(group, "path", {d: path, class: className});
  }
  // The digits that differ from what the other side holds at the same time stand out.
  function drawText(group, x, y, text, other) {
    const node = svg(group, "text", {x, y});
    for (let i = 0, from = 0; i < text.length; i = from) {
      const odd = other !== null && text[i] !== other[i];
      while (from < text.length && (other !== null && text[from] !== other[from]) === odd) from++;
      svg(node, "tspan", odd ? {class: "odd"} : {}, text.slice(i, from));
    }
  }
  function drawBus(group, row, scale, y, className, end, others) {
    const high = y + 3, low = y + 23, middle = y + 13;
    for (let i = 0; i < row.length; i += 2) {
      const from = scale(row[i]), to = i + 2 < row.length ? scale(row[i + 2]) : end, value = row[i + 1];
      const edge = Math.min(3, (to - from) / 2), unknown = /^[^"]*[xX]/.test(value) && /^[.0-9a-fxXzZ]+$/.test(value);
      const shape = `M${from} ${middle}L${from + edge} ${high}H${to - edge}L${to} ${middle}L${to - edge} ${low}H${from + edge}Z`;
      svg(group, "path", {d: shape, class: className + (unknown ? " unknown" : " bus")});
      const room = Math.floor((Math.min(to, end) - from - 8) / char);
      if (room < 1 || (room < value.length && room < 2)) continue;
      const other = valueAt(others, row[i]), whole = value.length <= room;
      const comparable = other !== null && other !== value && other.length === value.length ? other : null;
      const cut = (text) => whole ? text : value[0] === '"' || value.startsWith("..") ? text.slice(0, room - 1) + "\u2026" : "\u2026" + text.slice(1 - room);
      drawText(group, from + 5, y + 17, cut(value), comparable && cut(comparable));
    }
  }
  function drawEvents(group, row, scale, y, className) {
    for (let i = 0; i < row.length; i += 2) {
      const x = scale(row[i]);
      svg(group, "path", {d: `M${x} ${y + 23}V${y + 4}M${x - 4} ${y + 9}L${x} ${y + 4}L${x + 4} ${y + 9}`, class: className});
    }
  }
  function niceStep(span, most) {
    const power = Math.pow(10, Math.floor(Math.log10(span / most)));
    for (const factor of [1, 2, 5, 10]) if (span / (factor * power) <= most) return Math.max(1, factor * power);
    return span;
  }
  function drawAxis(picture, one, window, scale, width, height) {
    const step = niceStep(window.to - window.from, Math.max(2, (width - left) / 95)), mine = one.whenText.length * char / 2 + 4;
    for (let time = one.at - Math.floor((one.at - window.from) / step) * step; time <= window.to; time += step) {
      const x = scale(time), text = (time > one.at ? "+" : "") + timeText(time - one.at, 6), half = text.length * char / 2;
      svg(picture, "line", {x1: x, x2: x, y1: 16, y2: height, class: "grid"});
      if (Math.abs(x - scale(one.at)) < mine + half || x - half < left - 20 || x + half > width) continue;
      svg(picture, "text", {x, y: 11, "text-anchor": "middle", class: "soft"}, text);
    }
    const x = scale(one.at), anchor = x + mine > width ? "end" : "middle";
    svg(picture, "text", {x: anchor === "end" ? width : x, y: 11, "text-anchor": anchor, class: "at"}, one.whenText);
  }
  function drawCycles(picture, one, window, scale, y, width) {
    const clock = data.clocks[one.clock], phase = clock.first + Math.ceil((window.from - clock.first) / clock.period) * clock.period;
    const pixels = scale(phase + clock.period) - scale(phase);
    svg(picture, "text", {x: 0, y: y + 10, class: "soft"}, "cycle");
    const every = Math.max(1, Math.ceil(44 / pixels));
    for (let time = phase; time <= window.to; time += clock.period) {
      const cycle = cycleAt(one, time);
      if (cycle % every !== 0 || scale(time) > width - 24) continue;
      svg(picture, "line", {x1: scale(time), x2: scale(time), y1: y, y2: y + 12, class: "grid"});
      svg(picture, "text", {x: scale(time) + 3, y: y + 10, class: "soft"}, cycle);
    }
  }
  function draw(one) {
    const box = one.box, window = one.window, width = Math.max(260, box.clientWidth), clocked = one.clock !== undefined;
    const top = clocked ? 32 : 18, height = top + 58, end = width - right;
    const scale = (time) => left + (time - window.from) / Math.max(1, window.to - window.from) * (end - left);
    box.replaceChildren();
    const picture = svg(box, "svg", {width, height, viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": one.path});
    drawAxis(picture, one, window, scale, width, height);
    if (clocked) drawCycles(picture, one, window, scale, 18, width);
    svg(picture, "text", {x: 0, y: top + 18, class: "gl"}, "golden");
    svg(picture, "text", {x: 0, y: top + 46, class: "nl"}, "new");
    const paint = one.kind === "event" ? drawEvents : one.kind === "bits" && one.width === 1 ? drawBit : drawBus;
    for (const [from, to] of window.differ) {
      const x = scale(from);
      svg(picture, "rect", {x, y: top, width: Math.max(2, Math.min(scale(to), end) - x), height: 56, class: "miss"});
    }
    paint(picture, window.golden, scale, top, "g", end, window.fresh);
    paint(picture, window.fresh, scale, top + 28, "n", end, window.golden);
    svg(picture, "line", {x1: scale(one.at), x2: scale(one.at), y1: 15, y2: height, class: "split"});
    one.cursor = svg(picture, "line", {x1: 0, x2: 0, y1: 15, y2: height, class: "cursor", visibility: "hidden"});
    one.scale = scale;
    one.end = end;
    one.drawn = width;
  }

  /* ---- one cursor for all windows ---- */
  const tip = byId("tip");
  let densityCursor = null;
  function moveCursor(time) {
    for (const one of data.list) {
      if (!one.drawn) continue;
      const inside = time !== null && time >= one.window.from && time <= one.window.to;
      one.cursor.setAttribute("visibility", inside ? "visible" : "hidden");
      if (!inside) continue;
      const x = one.scale(time);
      one.cursor.setAttribute("x1", x);
      one.cursor.setAttribute("x2", x);
    }
    if (densityCursor) densityCursor(time);
  }
  function hover(one, event) {
    if (!one.drawn) return;
    const window = one.window, place = one.box.getBoundingClientRect();
    const x = (event.clientX - place.left) * one.drawn / place.width;
    const part = Math.min(1, Math.max(0, (x - left) / (one.end - left)));
    const time = Math.round(window.from + part * (window.to - window.from)), cycle = cycleAt(one, time);
    moveCursor(time);
    const golden = valueAt(window.golden, time), fresh = valueAt(window.fresh, time);
    tip.textContent = timeText(time, 15) + "  (" + (time >= one.at ? "+" : "") + timeText(time - one.at, 6) + ")" +
      (cycle === null ? "" : "  cycle " + cycle) + "\ngolden  " + (golden ?? "-") + "\nnew     " + (fresh ?? "-");
    tip.style.display = "block";
    tip.style.left = Math.min(event.clientX + 14, innerWidth - tip.offsetWidth - 6) + "px";
    tip.style.top = (event.clientY + 18 + tip.offsetHeight > innerHeight ? event.clientY - tip.offsetHeight - 12 : event.clientY + 18) + "px";
  }

  /* ---- cards ---- */
  const watcher = new IntersectionObserver((entries) => {
    for (const entry of entries) if (entry.isIntersecting && entry.target.one.drawn !== entry.target.clientWidth) draw(entry.target.one);
  }, {rootMargin: "600px"});
  function makeWindow(one) {
    one.box = html("div", "wave");
    one.box.one = one;
    one.box.addEventListener("mousemove", (event) => hover(one, event));
    one.box.addEventListener("mouseleave", () => { tip.style.display = "none"; moveCursor(null); });
    one.card.append(one.box);
    watcher.observe(one.box);
  }
  function makeCard(one, index) {
    const card = one.card = html("article", "card"), top = html("div", "top");
    card.id = "d" + index;
    const path = html("span", "path"), scope = one.path.startsWith(one.scope + ".") ? one.scope + "." : "";
    path.append(html("span", "scope", scope), one.path.slice(scope.length));
    top.append(path, html("span", "class", one.class), html("span", "when", one.whenText ? one.whenText + one.place : ""));
    card.append(top, html("div", "what", one.what));
    const more = [];
    if (one.newPath) more.push("in new: " + one.newPath);
    if (one.aliases) more.push("also: " + one.aliases.join(", "));
    if (one.rule !== undefined && data.rules[one.rule].where !== "default") more.push("rule: " + data.rules[one.rule].text + " (" + data.rules[one.rule].where + ")");
    if (one.bits) more.push(one.bits);
    if (more.length) card.append(html("div", "more", more.join("  \u00b7  ")));
    if (one.window) makeWindow(one);
    card.addEventListener("click", () => select(one, false));
    one.hay = (one.path + " " + (one.newPath || "") + " " + one.class + " " + (one.aliases || []).join(" ")).toLowerCase();
  }
  function makeList() {
    const list = byId("list");
    data.list.forEach(makeCard);
    for (const group of data.groups) {
      if (!group.members.length) continue;
      group.node = html("div", "group", group.title + " ");
      group.node.append(html("span", "", group.n + (group.n === 1 ? " signal" : " signals")));
      list.append(group.node);
      for (const index of group.members) { list.append(data.list[index].card); data.list[index].group = group; }
    }
    for (const one of data.list) if (!one.group) list.append(one.card);
    if (data.total > data.list.length) list.append(html("p", "empty", `and ${data.total - data.list.length} more, which this page leaves out`));
  }

  /* ---- filter ---- */
  const state = {classes: new Set(), scope: null};
  const inScope = (one) => state.scope === null || one.scope === state.scope || isBelow(one.scope, state.scope);
  function filter() {
    const words = byId("filter").value.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0, total = data.total;
    for (const group of data.groups) group.shown = 0;
    for (const one of data.list) {
      const hit = inScope(one) && (!state.classes.size || state.classes.has(one.class)) && words.every((word) => one.hay.includes(word));
      one.card.hidden = !hit;
      one.visible = hit;
      if (one.class === "shorter") total--; // it is the end of a run, not a signal that differs
      else if (hit) shown++;
      if (hit && one.group) one.group.shown++;
    }
    for (const group of data.groups) if (group.node) group.node.hidden = group.shown === 0;
    byId("shown").textContent = `${shown} of ${total} signal${total === 1 ? "" : "s"} shown` + (state.scope === null ? "" : " in " + state.scope);
    byId("none").hidden = data.list.some((one) => one.visible) || data.list.length === 0;
  }
  function makeChips() {
    const counts = new Map();
    for (const one of data.list) counts.set(one.class, (counts.get(one.class) || 0) + 1);
    if (counts.size < 2) return;
    for (const [name, count] of counts) {
      const chip = html("button", "", `${name} ${count}`);
      chip.type = "button";
      chip.addEventListener("click", () => {
        if (!state.classes.delete(name)) state.classes.add(name);
        chip.classList.toggle("on", state.classes.has(name));
        filter();
      });
      byId("bar").insertBefore(chip, byId("shown"));
    }
  }

  /* ---- scopes ---- */
  function pickScope(path, row) {
    const off = state.scope === path;
    for (const node of document.querySelectorAll("nav .on")) node.classList.remove("on");
    state.scope = off ? null : path;
    if (!off) row.classList.add("on");
    filter();
  }
  function makeScopes() {
    const tree = byId("scopes"), stack = [{depth: -1, node: tree, path: ""}];
    data.scopes.forEach((scope, index) => {
      const next = data.scopes[index + 1], parent = next && next.depth > scope.depth;
      while (stack[stack.length - 1].depth >= scope.depth) stack.pop();
      const above = stack[stack.length - 1], node = html(parent ? "details" : "div", ""), row = html(parent ? "summary" : "div", parent ? "" : "leaf");
      const name = above.path && isBelow(scope.path, above.path) ? scope.path.slice(above.path.length).replace(/^\./, "") : scope.path;
      row.title = `${scope.path}: ${scope.below} of ${scope.compared} differ` + (scope.firstText ? `, first at ${scope.firstText}` : "");
      row.append(html("span", "name", name), html("span", scope.below ? "count" : "count zero", String(scope.below)));
      row.addEventListener("click", (event) => {
        if (parent && event.offsetX < 16 && event.target === row) return;
        event.preventDefault();
        pickScope(scope.path, row);
        if (parent) node.open = true;
      });
      if (parent) node.open = scope.below > 0;
      node.append(row);
      above.node.append(node);
      if (parent) stack.push({depth: scope.depth, node, path: scope.path});
    });
    if (!data.scopes.length) document.querySelector("main").className = "bare";
  }

  /* ---- density ---- */
  function drawDensity() {
    const box = byId("density"), n = data.density.length, most = Math.max(...data.density, 0);
    if (!n || !most) return;
    const width = Math.max(260, box.clientWidth), height = 74, base = 56, each = width / n;
    box.replaceChildren(html("div", "h", "differences begin"));
    const picture = svg(box, "svg", {width, height, viewBox: `0 0 ${width} ${height}`});
    svg(picture, "line", {x1: 0, x2: width, y1: base + .5, y2: base + .5});
    data.density.forEach((count, i) => {
      if (!count) return;
      const size = Math.max(3, Math.sqrt(count / most) * (base - 8)), from = data.from + i * (data.to - data.from) / n;
      const bar = svg(picture, "rect", {x: i * each + .5, y: base - size, width: Math.max(1.5, each - 1), height: size});
      svg(bar, "title", {}, `${count} from ${timeText(from, 6)} on`);
      bar.addEventListener("click", () => {
        const one = data.list.find((other) => other.visible && other.window && other.at >= from);
        if (one) select(one, true);
      });
    });
    for (let i = 0; i <= 4; i++) {
      if (width < 500 && i % 2) continue;
      const anchor = i === 0 ? "start" : i === 4 ? "end" : "middle";
      svg(picture, "text", {x: i * width / 4, y: height - 4, "text-anchor": anchor, class: "soft"}, timeText(data.from + i * (data.to - data.from) / 4, 5));
    }
    const cursor = svg(picture, "line", {y1: 0, y2: base, class: "cursor", visibility: "hidden"});
    densityCursor = (time) => {
      const x = time === null ? 0 : (time - data.from) / Math.max(1, data.to - data.from) * width;
      cursor.setAttribute("visibility", time === null ? "hidden" : "visible");
      cursor.setAttribute("x1", x);
      cursor.setAttribute("x2", x);
    };
  }

  /* ---- keyboard ---- */
  let current = null;
  function select(one, scroll) {
    if (current) current.card.classList.remove("now");
    current = one;
    one.card.classList.add("now");
    if (scroll) one.card.scrollIntoView({block: "nearest"});
  }
  // In the order of the page: groups, then what is in none.
  function step(by) {
    const cards = [...byId("list").querySelectorAll(".card:not([hidden])")];
    if (!cards.length) return;
    const at = current ? cards.indexOf(current.card) : -1;
    const next = Math.min(cards.length - 1, Math.max(0, at < 0 ? 0 : at + by));
    select(data.list[Number(cards[next].id.slice(1))], true);
  }
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target === byId("filter")) {
      if (event.key === "Escape" || event.key === "Enter") event.target.blur();
      return;
    }
    if (event.key === "j") step(1);
    else if (event.key === "k") step(-1);
    else if (event.key === "/") { event.preventDefault(); byId("filter").focus(); }
  });

  makeScopes();
  makeList();
  makeChips();
  drawDensity();
  byId("filter").addEventListener("input", filter);
  // Also when a scroll bar comes or goes.
  let width = byId("right").clientWidth;
  new ResizeObserver(() => {
    if (byId("right").clientWidth === width) return;
    width = byId("right").clientWidth;
    drawDensity();
    for (const one of data.list) if (one.drawn) draw(one);
  }).observe(byId("right"));
  if (!data.list.length) { byId("bar").hidden = true; }
  // A link can carry a filter: page.html#filter=alu%20glitch
  const asked = /^#filter=(.*)$/.exec(location.hash);
  if (asked) byId("filter").value = decodeURIComponent(asked[1]);
  filter();
})();
