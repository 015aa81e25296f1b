// Curves, by uPlot, in the colours of the page.

import { h } from "page/dom.js";
import uPlot from "vendor/uplot.js";

const COLOURS = ["#2b7bba", "#d1622b", "#3c9150", "#a44aa0", "#b8860b", "#5a6acf"];

// Draw into an element, as wide as it is.  x: numbers along the bottom; curves: {label, values};
// label: the picture in words.  Returns the plot; `setData` of it changes the numbers.
export function plot(place, { x, curves, label, height = 220, log = false, name = "iteration" }) {
  const colour = (variable) => getComputedStyle(document.documentElement).getPropertyValue(variable);
  const axis = () => ({ stroke: () => colour("--ink"), grid: { stroke: () => colour("--rule"), width: 1 }, ticks: { stroke: () => colour("--rule") }, size: 60, values: (_, marks) => marks.map((n) => (n === null ? "" : `${+n.toPrecision(4)}`)) });
  const made = new uPlot({
    width: Math.max(260, place.clientWidth), height,
    scales: { x: { time: false }, y: { distr: log ? 3 : 1 } },
    series: [{ label: name }, ...curves.map((curve, i) => ({ label: curve.label, stroke: COLOURS[i % COLOURS.length], width: 2, points: { show: curve.points ?? false }, value: (_, v) => (v === null || v === undefined ? "" : v.toPrecision(4)), ...(curve.steps ? { paths: uPlot.paths.stepped({ align: 1 }) } : {}) }))],
    axes: [{ ...axis(), size: 34 }, axis()],
  }, [x, ...curves.map((curve) => curve.values)], place);
  made.root.querySelector("canvas").replaceChildren(h("span", {}, label));
  made.root.setAttribute("role", "figure");
  made.root.setAttribute("aria-label", label);
  const watcher = new ResizeObserver(() => {
    if (!made.root.isConnected) watcher.disconnect();
    else if (place.clientWidth > 0 && place.clientWidth !== made.width) made.setSize({ width: place.clientWidth, height });
  });
  watcher.observe(place);
  return made;
}
