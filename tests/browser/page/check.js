(() => {
  const problems = [];
  const all = (selector, within = document) => Array.from(within.querySelectorAll(selector));
  const name = (element) => `${element.tagName} ${element.id || element.getAttribute("class") || ""} ${(element.textContent || "").trim().slice(0, 60)}`;
  const visible = (element) => element.getClientRects().length > 0;
  const width = document.documentElement.clientWidth;

  if (document.documentElement.scrollWidth > width) problems.push(`the page scrolls sideways: ${document.documentElement.scrollWidth} of ${width}`);
  for (const element of all("h1, h2, p, figcaption, .legend li, nav li, figure, .layout, .scroll, summary")) {
    const box = element.getBoundingClientRect();
    if (visible(element) && (box.left < -1 || box.right > width + 1)) problems.push(`outside of the page: ${name(element)}`);
  }

  const figures = all("figure");
  for (const figure of figures) {
    const charts = all("svg.chart", figure).filter(visible);
    if (charts.length !== 1) { problems.push(`${figure.id}: ${charts.length} charts are shown`); continue; }
    const [svg] = charts;
    const frame = svg.getBoundingClientRect();
    if (frame.width < 200 || frame.height < 150) problems.push(`${figure.id}: ${frame.width} × ${frame.height}`);
    // A map of very many cells scrolls in its own box.
    const box = figure.classList.contains("alone") ? svg.parentElement.getBoundingClientRect() : frame;
    if (box.left < -1 || box.right > width + 1) problems.push(`${figure.id} leaves the page`);
    const scale = frame.width / svg.viewBox.baseVal.width;
    const marks = all("polyline, polygon, path, circle", svg);
    if (marks.length < 4) problems.push(`${figure.id} is empty`);
    for (const mark of marks) {
      const r = mark.getBoundingClientRect();
      if (r.left < frame.left - 2 || r.right > frame.right + 2 || r.top < frame.top - 2 || r.bottom > frame.bottom + 2) problems.push(`${figure.id}: ${name(mark)} leaves the chart`);
    }
    const texts = all("text", svg).filter(visible);
    if (texts.length < 5) problems.push(`${figure.id} has no labels`);
    const boxes = texts.map((text) => {
      const r = text.getBoundingClientRect();
      if (r.left < frame.left - 1 || r.right > frame.right + 1 || r.top < frame.top - 1 || r.bottom > frame.bottom + 1) problems.push(`${figure.id}: text leaves the chart: ${text.textContent}`);
      const size = Number(text.getAttribute("font-size")) * scale;
      if (size < 8) problems.push(`${figure.id}: ${size.toFixed(1)} px is too small: ${text.textContent}`);
      // The box holds room above capitals and below descenders that nothing is painted in.
      const inset = 0.22 * r.height;
      return { left: r.left + 0.5, right: r.right - 0.5, top: r.top + inset, bottom: r.bottom - inset, text: text.textContent };
    });
    boxes.forEach((a, i) => boxes.slice(i + 1).forEach((b) => {
      if (a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom) problems.push(`${figure.id}: "${a.text}" overlaps "${b.text}"`);
    }));
    if (!(svg.getAttribute("aria-label") || "").trim()) problems.push(`${figure.id} has no alternative text`);
  }

  const words = document.body.innerText.match(/.{0,30}\b(NaN|undefined|null|None|Infinity|inf)\b.{0,30}/g);
  if (words) problems.push(`not for readers: ${words.join(" | ")}`);
  if (!/\d/.test(document.querySelector(".headline").textContent)) problems.push("the answer has no number");
  for (const row of all("table tr")) {
    if (row.cells.length !== row.closest("table").tHead.rows[0].cells.length) problems.push(`a row of another length: ${name(row)}`);
  }
  for (const link of all("nav a")) {
    if (!document.querySelector(link.getAttribute("href"))) problems.push(`a link to nothing: ${link.href}`);
  }
  return { problems: problems.slice(0, 40), charts: figures.length, ground: getComputedStyle(document.body).backgroundColor };
})()
