// What is told of the chosen layer or group; of the whole net where none is.

import { button, h, table } from "page/dom.js";
import { bytes, count, exact, percent, plural, shape } from "page/format.js";
import { findingList } from "page/findings.js";
import { resizing } from "page/resize.js";
import { kindClass } from "page/shapes.js";

export default {
  id: "layer",
  label: "Layer",
  order: 10,
  make(app, element) {
    const show = () => {
      const { net, layer, selected } = app;
      if (!net) element.replaceChildren(h("p", {}, "The text cannot be read: see the findings."));
      else if (layer) element.replaceChildren(...layerPage(app, layer));
      else if (selected?.group !== undefined)
        element.replaceChildren(...groupPage(net, net.groups[selected.group]));
      else element.replaceChildren(...netPage(app, net));
    };
    app.on("select state document", show);
    show();
  },
};

function layerPage(app, layer) {
  const { net } = app,
    found = app.findingsOf(layer);
  const doc = app.document.docs[layer.type];
  return [
    h("h2", {}, layer.name),
    h(
      "p",
      { class: "type" },
      h("span", { class: `dot ${kindClass(layer.kind)}` }),
      `${layer.type}`,
      layer.line ? h("span", { class: "faint" }, ` line ${layer.line}`) : null,
    ),
    layer.known ? null : h("p", { class: "warning" }, "Its shapes and numbers are not known."),
    found.length ? findingList(app, found) : null,
    blobs(
      "Bottoms",
      wiresInto(net, app.selected.layer).map((w) => [w.name, net.layers[w.source], w.source]),
      app,
    ),
    blobs(
      "Tops",
      layer.tops.map((name, i) => [name, layer, i]),
      app,
      (i) => layer.shapes[i],
    ),
    resizing(app, layer),
    h("h3", {}, "Takes"),
    layer.known ? figures(net, layer) : h("p", {}, "?"),
    layer.weights.length ? h("p", {}, `Blobs of parameters: ${layer.weights.map(shape).join(", ")}`) : null,
    layer.field ? field(layer) : null,
    layer.text ? h("h3", {}, "Parameters") : null,
    layer.text ? h("pre", { tabindex: "0", "aria-label": "Parameters of the layer" }, layer.text) : null,
    doc
      ? h(
          "details",
          {},
          h("summary", {}, `What ${layer.type} does`),
          h("pre", { class: "doc", tabindex: "0" }, doc),
        )
      : null,
  ]
    .flat(2)
    .filter(Boolean);
}

function wiresInto(net, position) {
  return net.wires.filter((wire) => wire.targets.includes(position));
}

// What it reads or makes: names, shapes, and for what is read a link to the layer that makes it.
function blobs(title, rows, app, shapeOf = null) {
  if (!rows.length) return null;
  const net = app.net;
  return [
    h("h3", {}, title),
    table(
      title,
      ["blob", `shape, batch of ${net.batch}`, ...(shapeOf ? [] : ["made by"])],
      rows.map(([name, maker, at], i) => {
        const sizes = shapeOf ? shapeOf(i) : maker.shapes[maker.tops.indexOf(name)];
        return [
          name,
          shape(sizes),
          ...(shapeOf ? [] : [button(maker.name, () => app.select({ layer: at }, true), { class: "link" })]),
        ];
      }),
      { class: "blobs" },
    ),
  ];
}

// Numbers of some layers, of one image and of the batch.
function figures(net, of) {
  const each = (number, text) => [text(number / net.batch), text(number)];
  const share = (field) => percent(of[field], net.totals[field]);
  const heads = ["", `per ${net.item}`, `batch of ${net.batch}`, "share"];
  const rows = [
    ["multiply-adds", ...each(of.macs, count), share("macs")],
    ["activations", ...each(of.activations, bytes), share("activations")],
    ["training memory", "", bytes(of.training), share("training")],
    ["parameters", "", exact(of.parameters), share("parameters")],
    ["of them frozen", "", exact(of.frozen), ""],
  ];
  return table("What it takes", heads, rows, { class: "figures" });
}

function field(layer) {
  const sizes = (numbers) =>
    numbers.every((n) => n === numbers[0]) && numbers.length > 1
      ? `${numbers[0]}`
      : numbers.map((n) => (typeof n === "number" ? `${+n.toFixed(3)}` : n)).join(" × ");
  const whole = layer.field.includes("all");
  return h(
    "p",
    {},
    whole
      ? "Receptive field: the whole input."
      : `Receptive field: ${sizes(layer.field)} input pixels, stride ${sizes(layer.stride)}.`,
  );
}

function groupPage(net, group) {
  const members = net.layers.slice(group.start, group.stop),
    sum = sumOf(members);
  return [
    h("h2", {}, group.name),
    h("p", { class: "type" }, plural(members.length, "layer")),
    h("h3", {}, "Takes"),
    figures(net, sum),
  ];
}

function sumOf(layers) {
  const sum = { macs: 0, activations: 0, training: 0, parameters: 0, frozen: 0 };
  for (const layer of layers) for (const field in sum) sum[field] += layer[field];
  return sum;
}

function netPage(app, net) {
  const unknown = net.layers.filter((layer) => !layer.known).length;
  const { totals } = net;
  return [
    h("h2", {}, net.name || app.document.title),
    h(
      "p",
      { class: "type" },
      `${plural(net.layers.length, "layer")}, ${app.document.states[app.state].label}`,
    ),
    h("h3", {}, "Takes"),
    figures(net, totals),
    h(
      "p",
      {},
      `Activations, most at once in a forward pass: ${bytes(totals.peak / net.batch)} per ${net.item}, ${bytes(totals.peak)} for the batch.  Parameters: ${bytes(totals.parameters * net.itemsize)}.`,
    ),
    unknown
      ? h("p", { class: "warning" }, `Without ${plural(unknown, "layer")} whose shapes are not known.`)
      : null,
    net.layers.filter((layer) => !layer.known).map((layer) => resizing(app, layer)),
    h("h3", {}, "Kinds"),
    h(
      "ul",
      { class: "kinds" },
      app.document.kinds
        .filter((kind) => net.layers.some((l) => l.kind === kind.name))
        .map((kind) => h("li", {}, h("span", { class: `dot ${kindClass(kind.name)}` }), kind.name)),
    ),
    h(
      "p",
      { class: "faint" },
      "Click a box, or go there with the arrow keys and Enter.  Ctrl and the wheel zoom.",
    ),
  ]
    .flat(2)
    .filter(Boolean);
}
