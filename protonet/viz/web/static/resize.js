// A shape given by hand to what a layer without bottoms makes: other sizes of batch and pictures,
// or what no file tells.

import { button, h } from "page/dom.js";
import { shape } from "page/format.js";

// A line for each top; nothing where there is no server to work the shapes out anew.
export function resizing(app, layer) {
  if (!app.server || layer.bottoms.length) return null;
  return layer.tops.map((name, i) => {
    const given = layer.shapes[i] ? shape(layer.shapes[i]) : "";
    const input = h("input", { type: "text", value: given, size: 16, placeholder: "64x3x32x32" });
    const said = h("span", { role: "status", class: "warning" });
    const apply = async (text) => {
      try {
        app.take(await app.ask("shape", { blob: name, shape: text }));
      } catch (error) {
        said.textContent = error.message;
      }
    };
    input.addEventListener("keydown", (event) => event.key === "Enter" && apply(input.value));
    const label = h("label", {}, `Shape of ${name} `, input);
    const back = button("As in the file", () => apply(""));
    return h(
      "p",
      { class: "resizing" },
      label,
      button("Apply", () => apply(input.value)),
      back,
      said,
    );
  });
}
