"use strict";
(() => {
  const root = document.documentElement;
  const all = (selector, within = document) => Array.from(within.querySelectorAll(selector));

  // A mode in a legend hides the mode everywhere, and shows it again.
  for (const hint of all(".hint")) hint.hidden = !document.querySelector("button[data-mode]");
  for (const button of all("button[data-mode]")) {
    button.addEventListener("click", () => {
      const mode = button.dataset.mode;
      const hidden = root.classList.toggle("hide-" + mode);
      for (const other of all(`button[data-mode="${mode}"]`)) other.setAttribute("aria-pressed", String(!hidden));
    });
  }

  // The head of a column sorts its table.
  const number = (text) => {
    const found = text.replace(/,/g, "").replace(/−/g, "-").match(/-?\d+(\.\d+)?(e-?\d+)?/i);
    return found ? Number(found[0]) : NaN;
  };
  const compare = (a, b) => {
    const [x, y] = [number(a), number(b)];
    if (Number.isNaN(x) && Number.isNaN(y)) return a.localeCompare(b);
    return Number.isNaN(x) ? 1 : Number.isNaN(y) ? -1 : x - y;
  };
  for (const table of all("table.sortable")) {
    const heads = all("thead th", table);
    heads.forEach((head, column) => {
      head.setAttribute("aria-sort", "none");
      head.tabIndex = 0;
      const sort = () => {
        const up = head.getAttribute("aria-sort") !== "ascending";
        for (const other of heads) other.setAttribute("aria-sort", "none");
        head.setAttribute("aria-sort", up ? "ascending" : "descending");
        const text = (row) => row.cells[column].textContent.trim();
        const names = column === 0 && Number.isNaN(number(text(table.tBodies[0].rows[0])));
        const order = names ? (a, b) => a.localeCompare(b, "en", { numeric: true }) : compare;
        const rows = Array.from(table.tBodies[0].rows);
        rows.sort((a, b) => (up ? 1 : -1) * order(text(a), text(b)));
        table.tBodies[0].append(...rows);
      };
      head.addEventListener("click", sort);
      head.addEventListener("keydown", (event) => {
        if (event.key === "Enter" || event.key === " ") { event.preventDefault(); sort(); }
      });
    });
  }

  // The values of curves below the pointer.
  const tip = document.getElementById("tip");
  const shown = (value, low, high) => {
    const span = Math.abs(high - low);
    const digits = span > 0 ? Math.max(0, Math.min(8, 3 - Math.floor(Math.log10(span)))) : 2;
    return value.toLocaleString("en", { maximumFractionDigits: digits });
  };
  const points = new Map();
  const pointsOf = (line) => {
    if (!points.has(line)) points.set(line, Array.from(line.points, (p) => [p.x, p.y]));
    return points.get(line);
  };
  const heightAt = (line, x) => {
    const found = pointsOf(line);
    if (!found.length || x < found[0][0] || x > found[found.length - 1][0]) return undefined;
    let [low, high] = [0, found.length - 1];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (found[middle][0] <= x) low = middle; else high = middle - 1;
    }
    const [here, next] = [found[low], found[low + 1]];
    return next ? here[1] + (x - here[0]) / (next[0] - here[0]) * (next[1] - here[1]) : here[1];
  };
  for (const svg of all("svg[data-plots]")) {
    const plots = JSON.parse(svg.dataset.plots);
    const curves = all(".curve", svg);
    if (!curves.length) continue;
    const line = document.createElementNS("http://www.w3.org/2000/svg", "line");
    line.setAttribute("class", "pointer");
    const hide = () => { tip.hidden = true; line.remove(); };
    const show = (event) => {
      const frame = svg.getBoundingClientRect();
      const scale = svg.viewBox.baseVal.width / frame.width;
      const [x, y] = [(event.clientX - frame.left) * scale, (event.clientY - frame.top) * scale];
      const plot = plots.find(({ box }) => x >= box[0] && x <= box[2] && y >= box[1] && y <= box[3]);
      if (!plot) return hide();
      const [left, top, right, bottom] = plot.box;
      const at = plot.x[0] + (x - left) / (right - left) * (plot.x[1] - plot.x[0]);
      // Settings of a sweep stand where they look best: their place is no number.
      const lines = plot.units[0] ? [`${shown(at, ...plot.x)} ${plot.units[0]}`] : [];
      const before = lines.length;
      for (const curve of curves) {
        const first = pointsOf(curve)[0];
        const here = first && first[0] >= left - 1 && first[0] <= right && first[1] >= top - 1 && first[1] <= bottom + 1;
        const height = here && getComputedStyle(curve).display !== "none" ? heightAt(curve, x) : undefined;
        if (height === undefined) continue;
        const value = plot.y[0] + (bottom - height) / (bottom - top) * (plot.y[1] - plot.y[0]);
        lines.push(`${curve.classList[1]}: ${shown(value, ...plot.y)} ${plot.units[1]}`);
      }
      if (lines.length === before) return hide();
      for (const [name, value] of [["x1", x], ["x2", x], ["y1", top], ["y2", bottom]]) line.setAttribute(name, value);
      svg.append(line);
      tip.textContent = lines.join("\n");
      tip.hidden = false;
      const across = event.clientX + 16 + tip.offsetWidth > innerWidth ? event.clientX - 16 - tip.offsetWidth : event.clientX + 16;
      tip.style.left = `${Math.max(4, across)}px`;
      tip.style.top = `${Math.max(4, Math.min(event.clientY + 12, innerHeight - tip.offsetHeight - 4))}px`;
    };
    svg.addEventListener("pointermove", show);
    svg.addEventListener("pointerdown", show);
    svg.addEventListener("pointerleave", hide);
  }

  // On paper nothing can be unfolded.
  let folded = [];
  addEventListener("beforeprint", () => {
    folded = all("details:not([open])");
    for (const details of folded) details.open = true;
  });
  addEventListener("afterprint", () => {
    for (const details of folded) details.open = false;
  });
})();
