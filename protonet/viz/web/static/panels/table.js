// The net as a table: sorted by any column, a line for each layer or for each group, kept as CSV.

import { button, download, h } from "page/dom.js";
import { bytes, count, exact, shape } from "page/format.js";

const or = (text) => (value) => (value === null ? "?" : text(value));
const known = (layer, value) => (layer.known ? value : null);

// head: of a column; value: of a layer, to sort by; cell: what is shown; total: of the net.
const columns = (net) => [
  { head: "#", value: (l) => l.position, cell: (v) => v + 1 },
  { head: "layer", value: (l) => l.name, total: () => "total" },
  { head: "type", value: (l) => l.type, total: () => `${net.layers.length} layers` },
  {
    head: `shapes, batch of ${net.batch}`,
    value: (l) => size(l.shapes[0]),
    cell: (v, l) => l.shapes.map(shape).join(", "),
  },
  {
    head: "parameters",
    value: (l) => known(l, l.parameters),
    cell: or(exact),
    total: (t) => exact(t.parameters),
  },
  {
    head: `multiply-adds per ${net.item}`,
    value: (l) => known(l, l.macs / net.batch),
    cell: or(count),
    total: (t) => count(t.macs / net.batch),
  },
  {
    head: `activations per ${net.item}`,
    value: (l) => known(l, l.activations / net.batch),
    cell: or(bytes),
    total: (t) => bytes(t.activations / net.batch),
  },
  {
    head: "training memory, batch",
    value: (l) => known(l, l.training),
    cell: or(bytes),
    total: (t) => bytes(t.training),
  },
  {
    head: "receptive field",
    value: (l) => widest(l.field),
    cell: (v, l) => (l.field ? l.field.join(" ") : ""),
  },
  {
    head: "stride",
    value: (l) => (widest(l.field) === Infinity ? null : widest(l.stride)),
    cell: (v, l) => (v === null ? "" : l.stride.join(" ")),
  },
];

const size = (sizes) => (sizes ? sizes.reduce((a, b) => a * b, 1) : null);
const widest = (numbers) => (numbers ? (numbers.includes("all") ? Infinity : Math.max(...numbers)) : null);

// Layers, or in the place of those of a group one that sums them up.
function lines(net, grouped) {
  const layers = net.layers.map((layer, position) => ({ ...layer, position, choice: { layer: position } }));
  if (!grouped) return layers;
  net.groups.forEach((group, number) => {
    const members = layers.slice(group.start, group.stop),
      sum = { ...members.at(-1) };
    for (const field of ["parameters", "macs", "activations", "training"])
      sum[field] = members.reduce((total, layer) => total + layer[field], 0);
    Object.assign(sum, {
      name: group.name,
      type: `${members.length} layers`,
      position: group.start,
      choice: { group: number },
    });
    sum.known = members.every((layer) => layer.known);
    for (let i = group.start; i < group.stop; i++) layers[i] = i === group.start ? sum : null;
  });
  return layers.filter((layer) => layer !== null);
}

// What is not known comes first, then by size or letter.
function compare(a, b) {
  if (a === b) return 0;
  if (a === null || b === null) return a === null ? -1 : 1;
  return typeof a === "string" ? a.localeCompare(b, "en", { numeric: true }) : a - b;
}

class Sheet {
  constructor(app, element) {
    this.app = app;
    this.column = 0;
    this.down = false;
    this.grouped = h("input", { type: "checkbox", onchange: () => this.show() });
    this.groups = h("label", {}, this.grouped, " A line for each group");
    [this.caption, this.head, this.body, this.foot] = [h("caption"), h("tr"), h("tbody"), h("tr")];
    const table = h(
      "table",
      { class: "net" },
      this.caption,
      h("thead", {}, this.head),
      this.body,
      h("tfoot", {}, this.foot),
    );
    element.append(
      h("h2", {}, "Table"),
      h(
        "p",
        { class: "switches" },
        button("Save as CSV", () => this.save()),
        this.groups,
      ),
      h(
        "div",
        { class: "scroll", tabindex: "0", role: "region", "aria-label": "Table of the layers" },
        table,
      ),
    );
    app.on("document state", () => this.show());
    app.on("select", () => this.mark());
    this.show();
  }

  show() {
    const { net } = this.app;
    if (!net) return;
    this.groups.hidden = !net.groups.length;
    const all = columns(net),
      { column, down } = this;
    this.caption.textContent = `Layers of ${net.name || "the net"}, sorted by ${all[column].head}`;
    this.head.replaceChildren(
      ...all.map(({ head }, i) => {
        const way = i === column ? (down ? "descending" : "ascending") : null;
        return h(
          "th",
          { scope: "col", "aria-sort": way },
          button(head, () => this.sort(i), { class: "sort" }),
        );
      }),
    );
    const rows = lines(net, this.grouped.checked).map((layer) => ({
      layer,
      values: all.map((each) => each.value(layer)),
    }));
    rows.sort(
      (a, b) =>
        compare(a.values[column], b.values[column]) * (down ? -1 : 1) || a.layer.position - b.layer.position,
    );
    this.body.replaceChildren(...rows.map(({ layer, values }) => this.row(all, layer, values)));
    this.foot.replaceChildren(...all.map(({ total }) => h("td", {}, total ? total(net.totals) : "")));
    this.mark();
  }

  row(all, layer, values) {
    const { choice } = layer,
      key = choice.layer ?? `group-${choice.group}`;
    return h(
      "tr",
      { "data-row": key },
      all.map(({ cell }, c) => {
        const text = cell ? cell(values[c], layer) : values[c];
        if (c !== 1) return h("td", {}, `${text}`);
        return h(
          "th",
          { scope: "row" },
          button(text, () => this.app.select(choice, true), { class: "link" }),
        );
      }),
    );
  }

  sort(column) {
    this.down = column === this.column ? !this.down : column > 3;
    this.column = column;
    this.show();
    this.head.children[column].firstChild.focus();
  }

  mark() {
    const { selected } = this.app,
      key = selected?.layer ?? `group-${selected?.group}`;
    this.body.querySelector(".selected")?.classList.remove("selected");
    const row = this.body.querySelector(`[data-row="${key}"]`);
    row?.classList.add("selected");
    row?.scrollIntoView({ block: "nearest" });
  }

  save() {
    const { net, document } = this.app,
      all = columns(net);
    const quoted = (value) => `"${`${value ?? ""}`.replaceAll('"', '""')}"`;
    const plain = (layer, c) => {
      if (c === 3) return layer.shapes.map((sizes) => (sizes ? sizes.join("x") : "?")).join(" ");
      const value = all[c].value(layer);
      return value === Infinity ? "all" : value;
    };
    const rows = lines(net, this.grouped.checked).map((layer) => all.map((_, c) => quoted(plain(layer, c))));
    const text = [all.map((each) => quoted(each.head)), ...rows].map((row) => `${row.join(",")}\n`).join("");
    download(`${document.title}.csv`, text, "text/csv");
  }
}

export default {
  id: "table",
  label: "Table",
  order: 20,
  make: (app, element) => void new Sheet(app, element),
};
