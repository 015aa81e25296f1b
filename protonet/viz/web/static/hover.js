// A card beside the mouse with the most of what is told of a layer; the panel has all of it.

import { h } from "page/dom.js";
import { bytes, count, exact, shape } from "page/format.js";

export function hoverCard(app) {
  const card = h("div", { class: "hover", "aria-hidden": "true", hidden: true });
  document.body.append(card);
  app.on("hover", ({ layer, x, y }) => {
    card.hidden = layer === null;
    if (card.hidden) return;
    const { net } = app,
      told = net.layers[layer];
    const rows = [["shape", told.shapes.map(shape).join(", ")]];
    if (told.known) {
      if (told.parameters) rows.push(["parameters", exact(told.parameters)]);
      if (told.macs) rows.push([`multiply-adds per ${net.item}`, count(told.macs / net.batch)]);
      rows.push([`activations per ${net.item}`, bytes(told.activations / net.batch)]);
    }
    if (told.field)
      rows.push(["receptive field", told.field[0] === "all" ? "whole input" : told.field.join(" × ")]);
    card.replaceChildren(
      h("b", {}, told.name),
      ` ${told.type}`,
      h("dl", {}, rows.map(([name, value]) => [h("dt", {}, name), h("dd", {}, value)]).flat()),
    );
    const { width, height } = card.getBoundingClientRect();
    card.style.left = `${Math.min(x + 16, innerWidth - width - 8)}px`;
    card.style.top = `${Math.min(y + 16, innerHeight - height - 8)}px`;
  });
}
