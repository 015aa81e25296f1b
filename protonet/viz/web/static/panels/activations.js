// The tops of the chosen layer after the picture.

import { h } from "page/dom.js";
import { percent, shape } from "page/format.js";
import { later, picture } from "page/later.js";
import { plot } from "page/plot.js";

export default {
  id: "activations",
  label: "Activations",
  order: 60,
  available: (app) => app.document.image !== null,
  make(app, element) {
    const place = h("div", {});
    element.append(place);
    const show = () => {
      const { layer, selected } = app;
      if (!layer)
        place.replaceChildren(
          h("h2", {}, app.document.image),
          h("p", {}, "Choose a layer to see what it makes of the picture."),
        );
      else
        later(place, app, "activations", { layer: layer.name, position: selected.layer }, (tops) => [
          h("h2", {}, layer.name),
          tops.map(top),
        ]);
    };
    app.on("select state document", show);
    show();
  },
};

function top({ name, shape: sizes, maps, values, min, max, mean, zeros }) {
  const number = (value) => (value === null ? "none" : value.toPrecision(4));
  const place = h("div", { class: "plot" });
  if (values)
    requestAnimationFrame(() =>
      plot(place, {
        x: values.map((_, i) => i),
        curves: [{ label: name, values, points: values.length < 40 }],
        label: `Values of ${name}`,
        height: 180,
        name: "position",
      }),
    );
  return [
    h("h3", {}, `${name}: ${shape(sizes)}`),
    maps ? picture(maps) : place,
    h(
      "p",
      {},
      `smallest ${number(min)}, largest ${number(max)}, mean ${number(mean)}, ${percent(zeros, 1)} zeros`,
    ),
  ];
}
