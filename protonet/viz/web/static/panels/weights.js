// What the blobs of the chosen layer hold: pictures, histograms, statistics.

import { button, download, h, table } from "page/dom.js";
import { exact, plural, shape } from "page/format.js";
import { later, picture } from "page/later.js";
import { bars } from "page/plot.js";

export default {
  id: "weights",
  label: "Weights",
  order: 50,
  available: (app) => app.document.weights !== null,
  make(app, element) {
    const place = h("div", {});
    element.append(place);
    const show = () => {
      const { layer } = app;
      if (!layer || !app.document.weights.layers.includes(layer.name)) place.replaceChildren(...overview(app));
      else later(place, app, "weights", { layer: layer.name }, (blobs) => page(app, layer, blobs));
    };
    app.on("select state document", show);
    show();
  },
};

// Whether the file fits the net.
function overview(app) {
  const { file, missing = [], unused = [], misshapen = [] } = app.document.weights;
  const list = (words, names) =>
    names.length ? h("p", { class: "warning" }, `${words}: ${names.join(", ")}`) : null;
  return [
    h("h2", {}, file),
    missing.length || unused.length || misshapen.length
      ? null
      : h("p", {}, "It fits the net: every blob is there in its shape."),
    list("Not in the file", missing),
    list("Not in the net", unused),
    misshapen.length
      ? table(
          "Blobs that do not fit",
          ["layer", "blob", "the net's", "the file's"],
          misshapen.map(([name, i, a, b]) => [name, i, shape(a), shape(b)]),
          { class: "blobs" },
        )
      : null,
    h("p", { class: "faint" }, "Choose a layer with parameters."),
  ].filter(Boolean);
}

function page(app, layer, blobs) {
  return [
    h("h2", {}, layer.name),
    ...blobs.flatMap((blob, i) => {
      if (blob === null) return [h("h3", {}, `Blob ${i}`), h("p", {}, "It belongs to another layer.")];
      const expected = layer.weights[i],
        fits = !expected || shape(expected) === shape(blob.shape);
      const place = h("div", { class: "plot" });
      if (blob.min !== blob.max)
        requestAnimationFrame(() => bars(place, blob.histogram, `Histogram of blob ${i}`));
      return [
        h("h3", {}, `Blob ${i}: ${shape(blob.shape)}`),
        fits ? null : h("p", { class: "warning" }, `The net wants ${shape(expected)}.`),
        blob.picture ? picture(blob.picture) : null,
        statistics(blob),
        place,
        app.server ? button("Save as .npy", () => save(app, layer.name, i)) : null,
      ];
    }),
  ];
}

function statistics(blob) {
  const number = (value) => (value === null ? "none" : value.toPrecision(4));
  return h(
    "p",
    {},
    `smallest ${number(blob.min)}, largest ${number(blob.max)}, mean ${number(blob.mean)}, standard deviation ${number(blob.std)}; ${plural(blob.zeros, "zero")}`,
    blob.not_finite ? h("span", { class: "warning" }, `; ${exact(blob.not_finite)} not finite`) : "",
  );
}

async function save(app, layer, blob) {
  try {
    const { npy } = await app.ask(`array?${new URLSearchParams({ layer, blob })}`);
    const content = Uint8Array.from(atob(npy), (letter) => letter.charCodeAt(0));
    download(`${layer.replaceAll("/", "_")}_${blob}.npy`, content, "application/octet-stream");
  } catch (error) {
    app.tell("trouble", error.message);
  }
}
