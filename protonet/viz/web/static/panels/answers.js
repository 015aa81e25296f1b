// The picture, what the net says of it, and where it sees that.

import { button, h, s, table } from "page/dom.js";
import { later } from "page/later.js";

const COLOURS = [
  "#1f77b4",
  "#d62728",
  "#2ca02c",
  "#ff7f0e",
  "#9467bd",
  "#17becf",
  "#e377c2",
  "#bcbd22",
  "#8c564b",
  "#7f7f7f",
];
const WAYS = { gradient: "Gradient", occlusion: "Hide parts" };

export default {
  id: "answers",
  label: "Picture",
  order: 4,
  available: (app) => app.document.image !== null,
  make(app, element) {
    const place = h("div", {});
    element.append(place);
    const show = () => later(place, app, "answers", {}, (told) => page(app, told));
    app.on("document", show);
    show();
  },
};

function page(app, told) {
  const over = h("img", { class: "over", alt: "", hidden: true });
  const frame = h(
    "div",
    { class: "photo" },
    h("img", { src: told.picture, alt: `The picture ${told.name}` }),
    over,
    ...told.answers.map((answer) => layer(answer, told)),
  );
  const said = h("div", {});
  return [h("h2", {}, told.name), frame, said, told.answers.map((answer) => words(app, answer, over, said))];
}

// Boxes or a mask, over the picture.
function layer(answer, { width, height }) {
  if (answer.mask) return h("img", { class: "over", src: answer.mask, alt: `Mask of ${answer.output}` });
  if (!answer.boxes) return null;
  const size = Math.max(width, height) / 40;
  return s(
    "svg",
    {
      class: "over",
      viewBox: `0 0 ${width} ${height}`,
      role: "img",
      "aria-label": `${answer.found.length} boxes`,
    },
    answer.found.map((box) => {
      const colour = COLOURS[box.label % COLOURS.length],
        low = box.y1 < 1.2 * size;
      return s(
        "g",
        { class: "found" },
        s("rect", {
          x: box.x1,
          y: box.y1,
          width: box.x2 - box.x1,
          height: box.y2 - box.y1,
          fill: "none",
          stroke: colour,
          "stroke-width": size / 7,
        }),
        s(
          "text",
          { x: box.x1, y: low ? box.y1 + size : box.y1 - size / 4, "font-size": size, fill: colour },
          `${box.name} ${box.score.toFixed(2)}`,
        ),
      );
    }),
  );
}

function words(app, answer, over, said) {
  const rows = answer.found.map((row) => [
    row.name,
    score(row.score),
    ...(answer.kind === "classes" ? [ways(app, answer, row, over, said)] : []),
  ]);
  const heads = [
    answer.kind === "classes" ? "class" : "found",
    "score",
    ...(answer.kind === "classes" ? ["seen where"] : []),
  ];
  return [
    h("h3", {}, `${answer.output}: ${answer.kind}`),
    rows.length
      ? table(`What ${answer.output} says`, heads, rows, { class: "blobs" })
      : h("p", {}, "Nothing found."),
  ];
}

const score = (value) =>
  value === 0 || Math.abs(value) >= 0.001 ? value.toFixed(3) : value.toExponential(1);

// Buttons that lay a map over the picture.
function ways(app, answer, row, over, said) {
  return h(
    "span",
    { class: "ways" },
    Object.entries(WAYS).map(([method, name]) =>
      button(
        name,
        () =>
          later(said, app, "saliency", { method, output: answer.output, label: row.label }, ({ map }) => {
            over.src = map;
            over.alt = `Map: ${name}, ${row.name}`;
            over.hidden = false;
            return h(
              "p",
              {},
              `Red: where ${row.name} is seen (${name.toLowerCase()}).  `,
              button(
                "Take it away",
                () => {
                  over.hidden = true;
                  said.replaceChildren();
                },
                { class: "link" },
              ),
            );
          }),
        { "aria-label": `${name}: where ${row.name} is seen` },
      ),
    ),
  );
}
