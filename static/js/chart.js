// Draws the charts of a page with Chart.js, each from the table beside it: first column
// labels, every further column a series. The table stays, for everyone.

import { all, onContent } from "./words.js";

const SERIES = ["--sd-chart-1", "--sd-chart-2", "--sd-chart-3", "--sd-chart-4", "--sd-chart-5", "--sd-chart-6"];
const KINDS = { column: "bar", bar: "bar", line: "line", doughnut: "doughnut" };
const drawn = new Map();

/** A colour as the browser resolves it now, light or dark. */
function colour(name) {
  const probe = document.createElement("i");
  probe.style.color = `var(${name})`;
  document.body.append(probe);
  const value = getComputedStyle(probe).color;
  probe.remove();
  return value;
}

function number(cell) {
  const text = cell.dataset.value ?? cell.textContent.replace(/[^\d.-]/g, "");
  return text === "" ? null : Number(text);
}

function read(table) {
  const heads = [...table.querySelectorAll("thead th")].slice(1);
  const rows = [...table.querySelectorAll("tbody tr")].map((row) => [...row.cells]);
  return {
    labels: rows.map((row) => row[0].textContent.trim()),
    links: rows.map((row) => row[0].querySelector("a")?.href),
    series: heads.map((head, index) => ({
      label: head.textContent.trim(),
      tone: head.dataset.tone,
      data: rows.map((row) => number(row[index + 1])),
    })),
  };
}

function dataset(one, index, kind) {
  const tone = one.tone ? `--sd-fill-${one.tone}` : SERIES[index % SERIES.length];
  const paint =
    kind === "doughnut" ? SERIES.map(colour) : colour(tone);
  return {
    label: one.label,
    data: one.data,
    backgroundColor: paint,
    borderColor: kind === "doughnut" ? colour("--tblr-bg-surface") : paint,
    borderWidth: kind === "line" ? 2 : kind === "doughnut" ? 2 : 0,
    borderRadius: 3,
    maxBarThickness: 36,
    pointRadius: 2,
    tension: 0.25,
    spanGaps: true,
  };
}

function axes(figure, kind) {
  if (kind === "doughnut") return {};
  const text = colour("--sd-soft");
  const lines = colour("--tblr-border-color");
  const stacked = "stacked" in figure.dataset;
  const unit = figure.dataset.unit ?? "";
  const value = {
    stacked,
    beginAtZero: true,
    border: { display: false },
    grid: { color: lines },
    ticks: { color: text, precision: 0, callback: (tick) => `${tick}${unit}` },
  };
  const label = { stacked, border: { color: lines }, grid: { display: false }, ticks: { color: text, autoSkip: true, maxRotation: 0 } };
  return figure.dataset.chart === "bar" ? { x: value, y: label } : { x: label, y: value };
}

function options(figure, kind, links) {
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  return {
    responsive: true,
    maintainAspectRatio: false,
    animation: calm ? false : { duration: 250 },
    indexAxis: figure.dataset.chart === "bar" ? "y" : "x",
    interaction: { mode: "index", intersect: false, axis: figure.dataset.chart === "bar" ? "y" : "x" },
    scales: axes(figure, kind),
    plugins: {
      legend: {
        display: kind === "doughnut" || figure.querySelectorAll("thead th").length > 2,
        position: "bottom",
        labels: { color: colour("--tblr-body-color"), boxWidth: 12, boxHeight: 12 },
      },
    },
    onClick: (event, hits) => {
      if (hits.length && links[hits[0].index]) location.assign(links[hits[0].index]);
    },
  };
}

function draw(figure) {
  const table = figure.querySelector("table");
  const frame = figure.querySelector(".chart-canvas");
  if (!table || !window.Chart) return;
  const { labels, links, series } = read(table);
  if (!labels.length) return;
  drawn.get(figure)?.destroy();
  const kind = KINDS[figure.dataset.chart] ?? "bar";
  const canvas = document.createElement("canvas");
  canvas.setAttribute("aria-hidden", "true");
  frame.replaceChildren(canvas);
  frame.hidden = false;
  figure.querySelector(".chart-table").open = false;
  window.Chart.defaults.font.family = getComputedStyle(document.body).fontFamily;
  drawn.set(
    figure,
    new window.Chart(canvas, {
      type: kind,
      data: { labels, datasets: series.map((one, index) => dataset(one, index, kind)) },
      options: options(figure, kind, links),
    }),
  );
}

function redraw() {
  for (const figure of drawn.keys()) {
    if (figure.isConnected) draw(figure);
    else drawn.delete(figure);
  }
}

onContent((part) => all(part, "[data-chart]").forEach(draw));
document.addEventListener("themechange", redraw);
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);
