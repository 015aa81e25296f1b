// Curves, by uPlot, in the colours of the page.

import { h } from "page/dom.js";
import uPlot from "vendor/uplot.js";

const COLOURS = ["#2b7bba", "#d1622b", "#3c9150", "#a44aa0", "#b8860b", "#5a6acf"];

// Draw into an element, as wide as it is.  x: numbers along the bottom; curves: {label, values};
// label: the picture in words.  Returns the plot; `setData` of it changes the numbers.
export function plot(place, { x, curves, label, height = 220, log = false, name = "iteration" }) {
  const colour = (variable) => getComputedStyle(document.documentElement).getPropertyValue(variable);
  const axis = () => ({
    stroke: () => colour("--ink"),
    grid: { stroke: () => colour("--rule"), width: 1 },
    ticks: { stroke: () => colour("--rule") },
    size: 72,
    values: (_, marks) => marks.map((n) => (n === null ? "" : `${+n.toPrecision(6)}`)),
  });
  const made = new uPlot(
    {
      width: Math.max(260, place.clientWidth),
      height,
      scales: { x: { time: false }, y: { distr: log ? 3 : 1 } },
      series: [
        { label: name },
        ...curves.map((curve, i) => ({
          label: curve.label,
          stroke: COLOURS[i % COLOURS.length],
          width: 2,
          points: { show: curve.points ?? false },
          value: (_, v) => (v === null || v === undefined ? "" : v.toPrecision(4)),
          spanGaps: true,
          ...(curve.bars ? { paths: uPlot.paths.bars({ size: [1] }), fill: COLOURS[0], width: 0 } : {}),
        })),
      ],
      axes: [{ ...axis(), size: 34 }, axis()],
    },
    [x, ...curves.map((curve) => curve.values)],
    place,
  );
  made.root.querySelector("canvas").replaceChildren(h("span", {}, label));
  made.root.setAttribute("role", "figure");
  made.root.setAttribute("aria-label", label);
  const watcher = new ResizeObserver(() => {
    if (!made.root.isConnected) watcher.disconnect();
    else if (place.clientWidth > 0 && place.clientWidth !== made.width)
      made.setSize({ width: place.clientWidth, height });
  });
  watcher.observe(place);
  return made;
}

// Curves {x, y} with points of their own as one table: x, then a column for each.
export const join = (curves) => uPlot.join(curves.map(({ x, y }) => [x, y]));

// Counts between edges as bars.
export function bars(place, { edges, counts }, label) {
  const x = counts.map((_, i) => (edges[i] + edges[i + 1]) / 2);
  return plot(place, {
    x,
    curves: [{ label: "values", values: counts, bars: true }],
    label: `${label}: from ${edges[0].toPrecision(3)} to ${edges.at(-1).toPrecision(3)}`,
    height: 150,
    name: "value",
  });
}
