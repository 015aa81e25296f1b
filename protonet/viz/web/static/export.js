// The picture as a file: SVG, PNG, and PDF by way of the printer.

import { button, download, h } from "page/dom.js";

const STYLES = ["fill", "stroke", "stroke-width", "font-family", "font-size", "font-weight", "opacity"];
const MOST = 16000; // pixels of a side that every browser's canvas takes

export function exportMenu(app, graph) {
  const name = () => `${app.document.title.replace(/\.[^.]*$/, "")}`;
  return h(
    "div",
    { class: "export", role: "group", "aria-label": "Save the picture" },
    button("SVG", () => download(`${name()}.svg`, standalone(graph), "image/svg+xml")),
    button("PNG", async () => download(`${name()}.png`, await image(graph), "image/png")),
    button("PDF", () => print(graph), { title: "Print the picture; choose PDF as the printer" }),
  );
}

// The picture with its colours in it, as text.
export function standalone(graph) {
  const copy = graph.svg.cloneNode(true);
  const from = [graph.svg, ...graph.svg.querySelectorAll("*")],
    to = [copy, ...copy.querySelectorAll("*")];
  from.forEach((element, i) => {
    const style = getComputedStyle(element),
      target = to[i];
    for (const key of STYLES)
      if (style[key] && target !== copy) target.setAttribute(key, style.getPropertyValue(key));
    for (const name of [
      "class",
      "role",
      "tabindex",
      "aria-label",
      "aria-expanded",
      "data-layer",
      "data-group",
      "data-wire",
    ])
      target.removeAttribute(name);
  });
  const { width, height } = graph.scene;
  copy.setAttribute("xmlns", "http://www.w3.org/2000/svg");
  copy.setAttribute("width", width);
  copy.setAttribute("height", height);
  const paper = document.createElementNS("http://www.w3.org/2000/svg", "rect");
  for (const [key, value] of Object.entries({
    width: "100%",
    height: "100%",
    fill: getComputedStyle(document.body).backgroundColor,
  }))
    paper.setAttribute(key, value);
  copy.prepend(paper);
  return new XMLSerializer().serializeToString(copy);
}

// As PNG, twice as fine as the screen where a canvas can be so large.
export async function image(graph) {
  const { width, height } = graph.scene,
    scale = Math.min(2, MOST / width, MOST / height);
  const picture = new Image();
  picture.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(standalone(graph))}`;
  await picture.decode();
  const canvas = h("canvas", { width: Math.ceil(width * scale), height: Math.ceil(height * scale) });
  canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
  return new Promise((done) => canvas.toBlob(done, "image/png"));
}

function print(graph) {
  const { width, height } = graph.scene,
    sheet = new CSSStyleSheet();
  sheet.replaceSync(`@page { size: ${width + 40}px ${height + 40}px; margin: 10px; }`);
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
  const zoom = graph.zoom;
  graph.setZoom(1);
  globalThis.print();
  graph.setZoom(zoom);
  document.adoptedStyleSheets = document.adoptedStyleSheets.filter((each) => each !== sheet);
}
