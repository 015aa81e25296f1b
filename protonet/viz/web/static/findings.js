// Findings of protonet check as a list, each with the way to its layer and line.

import { button, h } from "page/dom.js";

export function findingList(app, findings) {
  return h(
    "ul",
    { class: "findings" },
    findings.map((finding) => {
      const position =
        app.net?.layers.findIndex((l) => l.name === finding.layer && l.type === finding.type) ?? -1;
      const here = finding.file === app.document.file;
      const place = here ? `line ${finding.line}` : `${finding.file}:${finding.line}`;
      return h(
        "li",
        { class: finding.severity },
        h("span", { class: "severity" }, finding.severity),
        " ",
        position >= 0
          ? button(finding.layer, () => app.select({ layer: position }, true), { class: "link" })
          : null,
        ` ${finding.what}${finding.hint ? `: ${finding.hint}` : ""} `,
        app.hasEditor && here
          ? button(place, () => app.tell("line", finding), { class: "link" })
          : h("span", { class: "faint" }, place),
        h("span", { class: "faint" }, ` [${finding.code}]`),
      );
    }),
  );
}
