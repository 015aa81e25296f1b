// The page: its head with search and switches, the picture, the panels at the side.

import { App } from "page/app.js";
import { besides } from "page/difference.js";
import { button, h } from "page/dom.js";
import { FAMILY } from "page/scene.js";
import { Graph } from "page/graph.js";
import { exportMenu } from "page/export.js";
import { hoverCard } from "page/hover.js";
import { Minimap } from "page/minimap.js";
import { acceptDrops, watch } from "page/open.js";
import { Panels, splitter } from "page/panels.js";
import { search } from "page/search.js";
import { kindClass } from "page/shapes.js";

const given = JSON.parse(document.getElementById("content").textContent);
const app = new App(given.document, given.options);
document.adoptedStyleSheets = [kindStyles(given.document.kinds)];

const holder = h("div", { class: "graph", tabindex: "-1" });
const pictures = h("div", { class: "picture" }, holder);
const main = h("main", {}, pictures);
const side = h("aside", { "aria-label": "Panels" });
side.append(splitter(side));
const head = h("header");
document.body.append(head, h("div", { class: "parts" }, main, side));

const second = h("div", { class: "graph", tabindex: "-1" });
const other = besides(app, second);
if (other) {
  main.append(h("div", { class: "picture" }, second));
  app.other = other.app;
}
const graph = new Graph(app, holder);
new Minimap(app, graph, pictures);
if (other) new Minimap(other.app, other.graph, second.parentElement);
if (app.server) acceptDrops(app);
if (app.server) watch(app);
hoverCard(app);
head.append(h("h1", {}, title()), search(app), states(), switches(), zoomButtons(), exportMenu(app, graph));
main.append(trouble());
const panels = new Panels(app, side);
await panels.load(given.options.panels);
graph.fit();
other?.graph.fit();
followAddress();
document.title = `${title()} – protonet`;
app.on("document", () => head.querySelector("h1").replaceChildren(title()));
document.documentElement.dataset.ready = "";
globalThis.page = { app, graph, panels }; // for whoever looks at it from the console

function title() {
  return app.document.title;
}

// What went wrong with what was asked for, and that a picture is not of the newest text.
function trouble() {
  const line = h("p", { class: "trouble", role: "status" });
  app.on("trouble", (text) => (line.textContent = text));
  app.on(
    "document",
    () =>
      (line.textContent = app.net
        ? ""
        : "The text cannot be read: this is the last picture.  Findings tell more."),
  );
  return line;
}

// Which phase, level and stage is shown.
function states() {
  const choice = h("select", { id: "state", onchange: () => app.show(Number(choice.value)) });
  const show = () => {
    choice.replaceChildren(...app.document.states.map((state, i) => h("option", { value: i }, state.label)));
    choice.value = app.state;
    choice.disabled = app.document.states.length < 2;
    choice.parentElement.hidden = !app.document.states.length;
  };
  const label = h("label", { class: "state" }, "State ", choice);
  app.on("document", show);
  app.on("state", () => (choice.value = app.state));
  show();
  return label;
}

function switches() {
  const fold = h("input", { type: "checkbox", id: "fold", onchange: () => app.setFold(fold.checked) });
  fold.checked = app.fold;
  const all = button("", () => app.closeAll(app.closed.size < app.net.groups.length), { id: "groups" });
  const show = () => {
    const groups = app.net?.groups.length ?? 0;
    all.hidden = !groups;
    all.textContent = app.closed.size < groups ? "Close groups" : "Open groups";
  };
  app.on("document state", show);
  show();
  return h("div", { class: "switches" }, h("label", {}, fold, " Fold in-place layers"), all);
}

function zoomButtons() {
  const named = (text, label, go) => button(text, go, { "aria-label": label, title: label });
  return h(
    "div",
    { class: "zoom", role: "group", "aria-label": "Zoom" },
    named("−", "Smaller", () => graph.setZoom(graph.zoom / 1.25)),
    named("+", "Larger", () => graph.setZoom(graph.zoom * 1.25)),
    named("1:1", "1:1, real size", () => graph.setZoom(1)),
    named("Fit", "Fit into the window", () => graph.fit(true)),
  );
}

// Colours of the kinds, light and dark: one class a kind.
function kindStyles(kinds) {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(
    kinds
      .map((kind) => `.${kindClass(kind.name)} { --fill: ${kind.fill}; --edge: ${kind.edge}; }`)
      .join("\n") + `\nsvg text { font-family: ${FAMILY}; }`,
  );
  return sheet;
}

// A name as an address can have it: bytes that are no text are stand-ins.
function address(name) {
  return name.toWellFormed();
}

// The layer and state in the address: #conv1, #conv1&state=TRAIN.
function followAddress() {
  const go = () => {
    const [name, ...rest] = location.hash.slice(1).split("&");
    const label = new URLSearchParams(rest.join("&")).get("state");
    const state = app.document.states.findIndex((each) => each.label === label);
    if (state >= 0 && state !== app.state) app.show(state);
    let wanted;
    try {
      wanted = decodeURIComponent(name);
    } catch {
      return; // no address of ours
    }
    const layer = app.net?.layers.findIndex((each) => address(each.name) === wanted) ?? -1;
    if (wanted && layer >= 0 && app.selected?.layer !== layer) app.select({ layer }, true);
  };
  app.on("select state", () => {
    const state =
      app.state === app.document.current
        ? ""
        : `&state=${encodeURIComponent(app.document.states[app.state].label)}`;
    history.replaceState(null, "", `#${encodeURIComponent(address(app.layer?.name ?? ""))}${state}`);
  });
  addEventListener("hashchange", go);
  go();
}
