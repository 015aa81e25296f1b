// A scene as SVG: lines, words, boxes of layers, groups.

import { s } from "page/dom.js";
import { plural } from "page/format.js";
import { FONT, HEAD, SMALL, headText, pathOf } from "page/scene.js";

const RADIUS = 5;
const LINE = 15; // from one line of words to the next

// What marks a layer that the other of two nets has not, or has otherwise.
export const SIGNS = { added: "+", removed: "−", changed: "≠", derived: "~" };

export const kindClass = (kind) => `kind-${kind.replaceAll(" ", "-")}`;

// The elements of a picture.  What can be chosen has role=button, and data-layer or data-group.
export function paint(scene, app) {
  return [
    tipMarker(),
    ...scene.lines.map(wire),
    ...scene.words.map(words),
    ...scene.frames.map((place) => frame(place, app)),
    ...scene.boxes.map((place) => box(place, app)),
  ];
}

function wire({ points, arrow, wire }) {
  const tip = arrow ? "url(#tip)" : null;
  return s("path", { d: pathOf(points), class: "wire", "data-wire": wire, "marker-end": tip });
}

function words({ x, y, text, wire }) {
  return s("text", { x, y: y + 3.8, "font-size": SMALL, class: "blob", "data-wire": wire }, text);
}

function box({ x, y, width, height, parts, node }, app) {
  if (parts[0].layer === null) return closedGroup({ x, y, width, height }, node, parts[0].lines, app);
  const made = s("g", { class: "box" });
  let top = y;
  parts.forEach((part, i) => {
    const place = { x, y: top, width, height: part.height };
    made.append(layerPart(part, place, i === 0, i === parts.length - 1, app));
    top += part.height;
  });
  return made;
}

function layerPart({ layer, lines }, place, first, last, app) {
  const told = app.net.layers[layer],
    marks = app.findingsOf(told),
    sign = app.markOf?.(layer);
  const worst = ["error", "warning"].find((severity) => marks.some((f) => f.severity === severity));
  const more = [sign, worst && plural(marks.length, "finding")].filter(Boolean).map((text) => `, ${text}`);
  const made = pressed(`part ${kindClass(told.kind)}`, {
    "aria-label": [...lines, ...more].join(" "),
    "data-layer": layer,
  });
  made.append(s("path", { d: corners(place, first, last), class: "face" }), ...texts(lines, place));
  if (worst)
    made.append(
      s("circle", { cx: place.x + place.width - 3, cy: place.y + 3, r: 5, class: `mark ${worst}` }),
    );
  if (sign) addSign(made, place, sign);
  return made;
}

function closedGroup(place, node, lines, app) {
  const behind = { ...place, x: place.x + 4, y: place.y + 4 };
  const made = pressed("group closed", { "aria-expanded": "false", "data-group": node.group });
  made.append(
    s("path", { d: corners(behind, true, true), class: "behind" }),
    s("path", { d: corners(place, true, true), class: "face" }),
    ...texts(lines, place),
    chevron(place.x + place.width - 12, place.y + 13, false),
  );
  if (node.layers.some((layer) => app.markOf?.(layer))) addSign(made, place, "changed");
  return made;
}

function frame({ node, ...place }, app) {
  const { x, y } = place,
    text = headText(app.net.groups[node.group], node);
  const title = pressed("group open", { "aria-expanded": "true", "data-group": node.group });
  title.append(
    s("path", { d: corners({ ...place, height: HEAD }, true, false), class: "face" }),
    s("text", { x: x + 26, y: y + HEAD / 2 + 4, "font-size": FONT, class: "name" }, text),
    chevron(x + 14, y + HEAD / 2, true),
  );
  return s("g", { class: "frame" }, s("path", { d: corners(place, true, true), class: "edge" }), title);
}

const pressed = (name, attributes) => s("g", { class: name, role: "button", tabindex: "-1", ...attributes });

function addSign(element, { x, y }, sign) {
  element.classList.add(`diff-${sign}`);
  element.append(
    s("circle", { cx: x, cy: y, r: 8, class: "badge" }),
    s(
      "text",
      { x, y: y + 4, "text-anchor": "middle", "font-size": FONT, class: "badge-text", "aria-hidden": "true" },
      SIGNS[sign],
    ),
  );
}

// Lines of words in the middle of a box, the first one its name.  Each ends with a blank, lest two
// of them are one word to a reader.
function texts(lines, { x, y, width, height }) {
  const top = y + (height - LINE * lines.length) / 2 + LINE / 2;
  return lines.map((text, i) =>
    s(
      "text",
      {
        x: x + width / 2,
        y: top + LINE * i + 4,
        "text-anchor": "middle",
        "font-size": i ? SMALL : FONT,
        class: i ? "words" : "name",
      },
      `${text} `,
    ),
  );
}

// Whether a group is open, as a small arrow.
function chevron(x, y, open) {
  const d = open ? `M${x - 4} ${y - 2.5}l4 5l4 -5z` : `M${x - 2.5} ${y - 4}l5 4l-5 4z`;
  return s("path", { d, class: "chevron" });
}

// The path of a part of a box: round where the box ends.
function corners({ x, y, width: w, height: h }, first, last) {
  const t = first ? RADIUS : 0,
    l = last ? RADIUS : 0;
  const top = `M${x} ${y + t}a${t} ${t} 0 0 1 ${t} -${t}h${w - 2 * t}a${t} ${t} 0 0 1 ${t} ${t}`;
  return `${top}v${h - t - l}a${l} ${l} 0 0 1 -${l} ${l}h-${w - 2 * l}a${l} ${l} 0 0 1 -${l} -${l}z`;
}

function tipMarker() {
  const marker = {
    id: "tip",
    viewBox: "0 0 8 8",
    refX: 7.5,
    refY: 4,
    markerWidth: 8,
    markerHeight: 8,
    markerUnits: "userSpaceOnUse",
    orient: "auto",
  };
  return s("defs", {}, s("marker", marker, s("path", { d: "M0 0.5L8 4L0 7.5z", class: "tip" })));
}
