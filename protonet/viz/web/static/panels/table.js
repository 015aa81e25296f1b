// The net as a table that sorts by any column.

import { button, download, h } from "page/dom.js";
import { bytes, count, exact, shape } from "page/format.js";

const text = (value) => value.join(" ");
const number = (value) => (value === null ? "?" : exact(value));

// key: of a column; head; value: of a layer, to sort by; cell: what is shown.
const columns = (net) => [
  { head: "#", value: (l, i) => i, cell: (v) => v + 1 },
  { head: "layer", value: (l) => l.name },
  { head: "type", value: (l) => l.type },
  {
    head: `shapes, batch of ${net.batch}`,
    value: (l) => size(l.shapes[0]),
    cell: (v, l) => l.shapes.map(shape).join(", "),
  },
  { head: "parameters", value: (l) => known(l, l.parameters), cell: number },
  {
    head: `multiply-adds per ${net.item}`,
    value: (l) => known(l, l.macs / net.batch),
    cell: (v) => (v === null ? "?" : count(v)),
  },
  {
    head: `activations per ${net.item}`,
    value: (l) => known(l, l.activations / net.batch),
    cell: (v) => (v === null ? "?" : bytes(v)),
  },
  {
    head: "training memory, batch",
    value: (l) => known(l, l.training),
    cell: (v) => (v === null ? "?" : bytes(v)),
  },
  {
    head: "receptive field",
    value: (l) => (l.field ? (l.field[0] === "all" ? Infinity : l.field[0]) : null),
    cell: (v, l) => (l.field ? text(l.field) : ""),
  },
  {
    head: "stride",
    value: (l) => (l.stride && l.field[0] !== "all" ? l.stride[0] : null),
    cell: (v, l) => (v === null ? "" : text(l.stride)),
  },
];

const known = (layer, value) => (layer.known ? value : null);
const size = (sizes) => (sizes ? sizes.reduce((a, b) => a * b, 1) : null);

export default {
  id: "table",
  label: "Table",
  order: 20,
  make(app, element) {
    let sorted = { column: 0, down: false };
    const body = h("tbody"),
      head = h("tr"),
      caption = h("caption");
    const sheet = h("table", { class: "net" }, caption, h("thead", {}, head), body);
    element.append(
      h("h2", {}, "Table"),
      h(
        "p",
        {},
        button("Save as CSV", () => save(app)),
      ),
      h(
        "div",
        { class: "scroll", tabindex: "0", role: "region", "aria-label": "Table of the layers" },
        sheet,
      ),
    );

    const show = () => {
      const { net } = app;
      if (!net) return;
      const all = columns(net);
      caption.textContent = `Layers of ${net.name || "the net"}, sorted by ${all[sorted.column].head}`;
      head.replaceChildren(
        ...all.map((column, i) =>
          h(
            "th",
            {
              scope: "col",
              "aria-sort": i === sorted.column ? (sorted.down ? "descending" : "ascending") : null,
            },
            button(column.head, () => sort(i), { class: "sort" }),
          ),
        ),
      );
      const rows = net.layers.map((layer, i) => ({
        layer,
        i,
        values: all.map((column) => column.value(layer, i)),
      }));
      rows.sort(
        (a, b) =>
          compare(a.values[sorted.column], b.values[sorted.column]) * (sorted.down ? -1 : 1) || a.i - b.i,
      );
      body.replaceChildren(
        ...rows.map(({ layer, i, values }) =>
          h(
            "tr",
            { "data-row": i, class: i === app.selected?.layer ? "selected" : null },
            all.map((column, c) => {
              const cell = column.cell ? column.cell(values[c], layer) : values[c];
              return c === 1
                ? h(
                    "th",
                    { scope: "row" },
                    button(cell, () => app.select({ layer: i }, true), { class: "link" }),
                  )
                : h("td", {}, `${cell}`);
            }),
          ),
        ),
      );
    };
    const sort = (column) => {
      sorted = { column, down: column === sorted.column ? !sorted.down : column > 3 };
      show();
      head.children[column].firstChild.focus();
    };
    app.on("document state", show);
    app.on("select", () => {
      body.querySelector(".selected")?.classList.remove("selected");
      const row = body.querySelector(`[data-row="${app.selected?.layer}"]`);
      row?.classList.add("selected");
      row?.scrollIntoView({ block: "nearest" });
    });
    show();
  },
};

// What is not known comes first, then by size or letter.
function compare(a, b) {
  if (a === b) return 0;
  if (a === null || b === null) return a === null ? -1 : 1;
  return typeof a === "string" ? a.localeCompare(b, "en", { numeric: true }) : a - b;
}

function save(app) {
  const all = columns(app.net),
    quoted = (value) => `"${`${value ?? ""}`.replaceAll('"', '""')}"`;
  const shapes = (l) => l.shapes.map((sizes) => (sizes ? sizes.join("x") : "?")).join(" ");
  const rows = app.net.layers.map((layer, i) =>
    all.map((column, c) =>
      quoted(c === 3 ? shapes(layer) : column.value(layer, i) === Infinity ? "all" : column.value(layer, i)),
    ),
  );
  download(
    `${app.document.title}.csv`,
    [all.map((c) => quoted(c.head)), ...rows].map((r) => r.join(",") + "\n").join(""),
    "text/csv",
  );
}
