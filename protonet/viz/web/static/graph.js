// The picture of the net: draws a scene, and lets mouse, touch and keys walk in it.

import { s } from "page/dom.js";
import { plural } from "page/format.js";
import { FONT, HEAD, SMALL, headText, makeScene, pathOf } from "page/scene.js";

const ZOOMS = [0.05, 4];
const RADIUS = 5;

export class Graph {
  // holder: the element that scrolls.
  constructor(app, holder) {
    this.app = app;
    this.holder = holder;
    this.zoom = 1;
    this.layerElements = new Map();
    this.groupElements = new Map();
    this.svg = s("svg", { role: "group" });
    holder.append(this.svg);
    app.on("document state", () => this.draw());
    app.on("select", ({ reveal }) => this.mark(reveal));
    this.listen();
    this.draw();
  }

  // -- drawing ------------------------------------------------------------------------------------

  draw() {
    const { app } = this, anchor = this.anchor();
    this.holder.classList.toggle("stale", !app.net);
    if (!app.net) return; // the last picture stays while a text cannot be read
    this.layerElements.clear();
    this.groupElements.clear();
    this.scene = makeScene(app.net, app);
    this.svg.setAttribute("aria-label", `Diagram of ${app.net.name || "the net"}, ${app.document.states[app.state].label}: ${app.net.layers.length} layers.  Arrow keys go from box to box, Enter opens one.`);
    this.svg.replaceChildren(tipMarker(), ...this.scene.lines.map((l) => this.line(l)), ...this.scene.words.map(words),
      ...this.scene.frames.map((f) => this.frame(f)), ...this.scene.boxes.map((b) => this.box(b)));
    this.items = [...this.svg.querySelectorAll("[role=button]")];
    if (this.items.length) this.items[0].setAttribute("tabindex", "0");
    this.setZoom(this.zoom);
    this.mark(false);
    this.restore(anchor);
    app.tell("drawn", this.scene);
  }

  line({ points, arrow, wire }) {
    return s("path", { d: pathOf(points), class: "wire", "data-wire": wire, "marker-end": arrow ? "url(#tip)" : null });
  }

  box({ x, y, width, height, parts, node }) {
    if (parts[0].layer === null) return this.closedGroup({ x, y, width, height, node });
    const made = s("g", { class: "box" });
    let top = y;
    parts.forEach((part, i) => {
      made.append(this.part(part, { x, y: top, width, height: part.height }, i === 0, i === parts.length - 1));
      top += part.height;
    });
    return made;
  }

  part({ layer, lines }, place, first, last) {
    const told = this.app.net.layers[layer], marks = this.app.findingsOf(told);
    const worst = ["error", "warning"].find((severity) => marks.some((f) => f.severity === severity));
    const sign = this.app.markOf?.(layer);
    const label = [...lines, sign ? `, ${sign}` : "", worst ? `, ${plural(marks.length, "finding")}` : ""].join(" ").trim();
    const made = s("g", { class: `part ${kindClass(told.kind)}`, role: "button", tabindex: "-1", "aria-label": label, "data-layer": layer },
      s("path", { d: corners(place, first, last), class: "face" }), ...texts(lines, place));
    if (worst) made.append(s("circle", { cx: place.x + place.width - 3, cy: place.y + 3, r: 5, class: `mark ${worst}` }));
    if (sign) this.sign(made, place, sign);
    this.layerElements.set(layer, made);
    return made;
  }

  // Of a layer that the other net has not, or otherwise.
  sign(element, { x, y }, sign) {
    element.classList.add(`diff-${sign}`);
    element.append(s("circle", { cx: x, cy: y, r: 8, class: "badge" }), s("text", { x, y: y + 4, "text-anchor": "middle", "font-size": FONT, class: "badge-text", "aria-hidden": "true" }, SIGNS[sign]));
  }

  closedGroup({ x, y, width, height, node }) {
    const group = this.app.net.groups[node.group];
    const place = { x, y, width, height }, behind = { x: x + 4, y: y + 4, width, height };
    const made = s("g", { class: "group closed", role: "button", tabindex: "-1", "aria-expanded": "false", "data-group": node.group },
      s("path", { d: corners(behind, true, true), class: "behind" }), s("path", { d: corners(place, true, true), class: "face" }),
      ...texts([group.name, `${node.layers.length} layers`], place), chevron(x + width - 12, y + 13, false));
    const sign = node.layers.some((layer) => this.app.markOf?.(layer)) ? "changed" : null;
    if (sign) this.sign(made, place, sign);
    this.groupElements.set(node.group, made);
    return made;
  }

  frame({ x, y, width, height, node }) {
    const group = this.app.net.groups[node.group];
    const head = { x, y, width, height: HEAD };
    const title = s("g", { class: "group open", role: "button", tabindex: "-1", "aria-expanded": "true", "data-group": node.group },
      s("path", { d: corners(head, true, false), class: "face" }),
      s("text", { x: x + 26, y: y + HEAD / 2 + 4, "font-size": FONT, class: "name" }, headText(group, node)), chevron(x + 14, y + HEAD / 2, true));
    this.groupElements.set(node.group, title);
    return s("g", { class: "frame" }, s("path", { d: corners({ x, y, width, height }, true, true), class: "edge" }), title);
  }

  // -- what is chosen -------------------------------------------------------------------------------

  mark(reveal) {
    for (const element of this.svg.querySelectorAll(".selected, .near")) element.classList.remove("selected", "near");
    const chosen = this.chosenElement();
    if (!chosen || !this.app.net) return;
    chosen.classList.add("selected");
    this.makeTabbable(chosen);
    const { net, selected } = this.app;
    if (selected.layer !== undefined) {
      net.wires.forEach((wire, i) => {
        if (wire.source !== selected.layer && !wire.targets.includes(selected.layer)) return;
        for (const path of this.svg.querySelectorAll(`[data-wire="${i}"]`)) path.classList.add("near");
      });
    }
    if (reveal) this.bringIntoView(chosen);
  }

  chosenElement() {
    const { selected } = this.app;
    return selected && (this.layerElements.get(selected.layer) ?? this.groupElements.get(selected.group));
  }

  bringIntoView(element) {
    const box = element.getBoundingClientRect(), view = this.holder.getBoundingClientRect();
    this.holder.scrollBy({ left: box.x + box.width / 2 - view.x - view.width / 2, top: box.y + box.height / 2 - view.y - view.height / 2 });
  }

  // -- zoom -----------------------------------------------------------------------------------------

  // at: the point of the window that stays where it is, else the middle.
  setZoom(zoom, at = null) {
    if (!this.scene) return;
    const { holder } = this, before = this.zoom, view = holder.getBoundingClientRect();
    this.zoom = Math.min(Math.max(zoom, ZOOMS[0]), ZOOMS[1]);
    const x = at ? at[0] - view.x : view.width / 2, y = at ? at[1] - view.y : view.height / 2;
    const corner = this.svg.getBoundingClientRect();
    const inside = [(x + view.x - corner.x) / before, (y + view.y - corner.y) / before];
    this.svg.setAttribute("viewBox", `0 0 ${this.scene.width} ${this.scene.height}`);
    this.svg.setAttribute("width", this.scene.width * this.zoom);
    this.svg.setAttribute("height", this.scene.height * this.zoom);
    if (before !== this.zoom) {
      const now = this.svg.getBoundingClientRect();
      holder.scrollBy(now.x + inside[0] * this.zoom - x - view.x, now.y + inside[1] * this.zoom - y - view.y);
    }
    this.app.tell("zoom", this.zoom);
  }

  // The whole width, or all of it.
  fit(all = false) {
    if (!this.scene) return;
    const { clientWidth, clientHeight } = this.holder, { width, height } = this.scene;
    const zoom = Math.min(clientWidth / width, all ? clientHeight / height : 1);
    this.setZoom(Math.min(zoom, 1));
  }

  // What stays where it is when boxes open and close: what is chosen, else nothing.
  anchor() {
    const element = this.chosenElement();
    return element?.isConnected ? element.getBoundingClientRect() : null;
  }

  restore(before) {
    const now = before && this.chosenElement()?.getBoundingClientRect();
    if (now) this.holder.scrollBy(now.x - before.x, now.y - before.y);
  }

  // -- mouse and keys -------------------------------------------------------------------------------

  listen() {
    const { svg, holder, app } = this;
    svg.addEventListener("click", (event) => this.activate(event.target.closest("[role=button]")));
    svg.addEventListener("keydown", (event) => this.key(event));
    svg.addEventListener("pointerover", (event) => {
      const over = event.target.closest("[data-layer]");
      app.tell("hover", { layer: over ? Number(over.dataset.layer) : null, x: event.clientX, y: event.clientY });
    });
    svg.addEventListener("pointerleave", () => app.tell("hover", { layer: null }));
    holder.addEventListener("wheel", (event) => {
      if (!event.ctrlKey && !event.metaKey) return;
      event.preventDefault();
      this.setZoom(this.zoom * Math.exp(-event.deltaY / 300), [event.clientX, event.clientY]);
    }, { passive: false });
    this.drag();
  }

  // Pull the picture about with the mouse; touch scrolls by itself.
  drag() {
    const { holder } = this;
    let from = null;
    holder.addEventListener("pointerdown", (event) => {
      if (event.pointerType !== "mouse" || event.button || event.target.closest("[role=button]")) return;
      from = [event.clientX, event.clientY];
      holder.classList.add("dragged");
      holder.setPointerCapture(event.pointerId);
    });
    holder.addEventListener("pointermove", (event) => {
      if (!from) return;
      holder.scrollBy(from[0] - event.clientX, from[1] - event.clientY);
      from = [event.clientX, event.clientY];
    });
    const stop = () => {
      from = null;
      holder.classList.remove("dragged");
    };
    holder.addEventListener("pointerup", stop);
    holder.addEventListener("pointercancel", stop);
  }

  activate(element) {
    if (!element) return;
    if (element.dataset.layer !== undefined) {
      this.app.select({ layer: Number(element.dataset.layer) });
      return;
    }
    const group = Number(element.dataset.group);
    this.app.selected = { group };
    this.app.setClosed(group, !this.app.closed.has(group));
    this.app.select({ group });
    this.groupElements.get(group)?.focus({ preventScroll: true });
  }

  key(event) {
    const here = event.target.closest("[role=button]");
    const ways = { ArrowDown: [0, 1], ArrowUp: [0, -1], ArrowRight: [1, 0], ArrowLeft: [-1, 0] };
    if (!here || event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.key === "Enter" || event.key === " ") this.activate(here);
    else if (event.key === "Home") this.focus(this.items[0]);
    else if (event.key === "End") this.focus(this.items.at(-1));
    else if (ways[event.key]) this.focus(nearest(here, this.items, ways[event.key]));
    else return;
    event.preventDefault();
  }

  focus(element) {
    if (!element) return;
    this.makeTabbable(element);
    element.focus({ preventScroll: true });
    this.bringIntoView(element);
  }

  // One stop for the Tab key in the whole picture.
  makeTabbable(element) {
    for (const other of this.svg.querySelectorAll('[tabindex="0"]')) other.setAttribute("tabindex", "-1");
    element.setAttribute("tabindex", "0");
  }
}

// What marks a layer that the other of two nets has not, or has otherwise.
export const SIGNS = { added: "+", removed: "−", changed: "≠", derived: "~" };

export const kindClass = (kind) => `kind-${kind.replaceAll(" ", "-")}`;

// The nearest element in a direction, that aside counting double.
function nearest(here, items, [dx, dy]) {
  const from = middleOf(here);
  let best = null, least = Infinity;
  for (const item of items) {
    if (item === here) continue;
    const to = middleOf(item), x = to[0] - from[0], y = to[1] - from[1];
    const ahead = dx * x + dy * y, aside = Math.abs(dx * y) + Math.abs(dy * x);
    if (ahead < 4 || (dx && aside > 60) || ahead + 2 * aside >= least) continue;
    least = ahead + 2 * aside;
    best = item;
  }
  return best;
}

function middleOf(element) {
  const box = element.getBBox();
  return [box.x + box.width / 2, box.y + box.height / 2];
}

function texts(lines, { x, y, width, height }) {
  let middle = y + (height - 15 * lines.length) / 2 + 7.5;
  return lines.map((text, i) => {
    const made = s("text", { x: x + width / 2, y: middle + 4, "text-anchor": "middle", "font-size": i ? SMALL : FONT, class: i ? "words" : "name" }, `${text} `); // a blank, lest two lines are one word to a reader
    middle += 15;
    return made;
  });
}

function words({ x, y, text, wire }) {
  return s("text", { x, y: y + 3.8, "font-size": SMALL, class: "blob", "data-wire": wire }, text);
}

// Whether a group is open, as a small arrow.
function chevron(x, y, open) {
  return s("path", { d: open ? `M${x - 4} ${y - 2.5}l4 5l4 -5z` : `M${x - 2.5} ${y - 4}l5 4l-5 4z`, class: "chevron" });
}

// The path of a part of a box: round where the box ends.
function corners({ x, y, width: w, height: h }, first, last) {
  const t = first ? RADIUS : 0, l = last ? RADIUS : 0;
  return `M${x} ${y + t}a${t} ${t} 0 0 1 ${t} -${t}h${w - 2 * t}a${t} ${t} 0 0 1 ${t} ${t}v${h - t - l}a${l} ${l} 0 0 1 -${l} ${l}h-${w - 2 * l}a${l} ${l} 0 0 1 -${l} -${l}z`;
}

function tipMarker() {
  return s("defs", {}, s("marker", { id: "tip", viewBox: "0 0 8 8", refX: 7.5, refY: 4, markerWidth: 8, markerHeight: 8, markerUnits: "userSpaceOnUse", orient: "auto" },
    s("path", { d: "M0 0.5L8 4L0 7.5z", class: "tip" })));
}
