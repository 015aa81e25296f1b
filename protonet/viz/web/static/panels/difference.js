// What differs between the two nets that are shown.

import { button, h, table } from "page/dom.js";
import { listed } from "page/difference.js";
import { bytes, count, exact, plural } from "page/format.js";
import { SIGNS } from "page/shapes.js";

const WORDS = {
  removed: "only on the left",
  added: "only on the right",
  changed: "changed",
  derived: "same text, other shapes or numbers",
};

export default {
  id: "difference",
  label: "Difference",
  order: 3,
  available: (app) => Boolean(app.document.other),
  make(app, element) {
    const show = () => {
      const { other } = app.document;
      if (!app.net || !other?.nets.length) return;
      const found = listed(app),
        right = other.nets[app.document.changes[app.state].state];
      const counts = Object.keys(WORDS)
        .map((mark) => [mark, found.filter((each) => each.mark === mark).length])
        .filter(([, n]) => n);
      element.replaceChildren(
        h("h2", {}, `${app.document.title} and ${other.title}`),
        h(
          "p",
          {},
          counts.map(([mark, n]) => `${plural(n, "layer")} ${WORDS[mark]}`).join(", ") || "No layer differs.",
        ),
        totals(app.net, right),
        h(
          "ul",
          { class: "differences" },
          found.map((each) => item(app, each)),
        ),
      );
    };
    app.on("document state", show);
    show();
  },
};

function item(app, { mark, layer, left, right, fields }) {
  const go = () =>
    left !== undefined ? app.select({ layer: left }, true) : app.other.select({ layer: right }, true);
  return h(
    "li",
    { class: mark },
    h("span", { class: "sign" }, SIGNS[mark]),
    " ",
    button(layer.name, go, { class: "link" }),
    ` ${layer.type}, ${WORDS[mark]}`,
    fields.length
      ? table(
          `What differs in ${layer.name}`,
          ["field", "left", "right"],
          fields.map(([name, a, b]) => [name, a ?? "not given", b ?? "not given"]),
          { class: "blobs" },
        )
      : null,
  );
}

function totals(left, right) {
  const row = (name, text, value) => [name, text(value(left)), text(value(right))];
  return table(
    "Totals of both",
    ["", "left", "right"],
    [
      row("layers", exact, (net) => net.layers.length),
      row("parameters", exact, (net) => net.totals.parameters),
      row("multiply-adds per item", count, (net) => net.totals.macs / net.batch),
      row("activations per item", bytes, (net) => net.totals.activations / net.batch),
    ],
    { class: "figures" },
  );
}
