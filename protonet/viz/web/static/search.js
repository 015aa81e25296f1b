// Find a layer by its name, type, or blobs.

import { h } from "page/dom.js";

const MOST = 12;

export function search(app) {
  const input = h("input", {
    id: "search",
    type: "text",
    role: "combobox",
    placeholder: "Find a layer, type or blob",
    "aria-label": "Find a layer, type or blob",
    "aria-expanded": "false",
    "aria-controls": "found",
    "aria-autocomplete": "list",
    autocomplete: "off",
    spellcheck: "false",
  });
  const list = h("ul", { id: "found", role: "listbox", "aria-label": "Layers found", hidden: true });
  const told = h("span", { class: "visually-hidden", role: "status" });
  let hits = [],
    at = -1;

  const show = () => {
    hits = find(app.net, input.value.trim().toLowerCase());
    at = hits.length ? 0 : -1;
    const shown = hits.slice(0, MOST);
    list.replaceChildren(
      ...shown.map((i, n) =>
        h(
          "li",
          { role: "option", id: `found-${n}`, onpointerdown: () => go(n) },
          h("b", {}, app.net.layers[i].name),
          ` ${app.net.layers[i].type}`,
        ),
      ),
    );
    told.textContent = input.value ? `${hits.length} found` : "";
    list.hidden = !shown.length;
    mark();
  };
  const mark = () => {
    [...list.children].forEach((option, n) => option.setAttribute("aria-selected", String(n === at)));
    input.setAttribute("aria-expanded", String(!list.hidden));
    if (at >= 0) input.setAttribute("aria-activedescendant", `found-${at}`);
    else input.removeAttribute("aria-activedescendant");
  };
  const close = () => {
    list.hidden = true;
    at = -1;
    mark();
  };
  const go = (n) => {
    app.select({ layer: hits[n] }, true);
    close();
  };
  input.addEventListener("input", show);
  input.addEventListener("blur", close);
  input.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key],
      shown = Math.min(hits.length, MOST);
    if (step && shown) at = (at + step + shown) % shown;
    else if (event.key === "Enter" && at >= 0) return go(at);
    else if (event.key === "Escape") return close();
    else return;
    mark();
    event.preventDefault();
  });
  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest("input, textarea, select, [contenteditable=true]");
    if (event.key !== "/" || typing || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    input.focus();
  });
  return h("div", { class: "search", role: "search" }, input, list, told);
}

// Positions of the layers: those whose name begins with the words first, then those that have them
// in it, then types and blobs.
function find(net, words) {
  if (!words || !net) return [];
  const ranked = net.layers.map((layer, i) => {
    const name = layer.name.toLowerCase();
    const others = [layer.type, ...layer.tops, ...layer.bottoms].some((text) =>
      text.toLowerCase().includes(words),
    );
    return [name === words ? 0 : name.startsWith(words) ? 1 : name.includes(words) ? 2 : others ? 3 : 4, i];
  });
  return ranked
    .filter(([rank]) => rank < 4)
    .sort((a, b) => a[0] - b[0] || a[1] - b[1])
    .map(([, i]) => i);
}
