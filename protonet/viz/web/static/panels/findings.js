// All that protonet check says of the file.

import { h } from "page/dom.js";
import { findingList } from "page/findings.js";
import { plural } from "page/format.js";

export default {
  id: "findings",
  label: "Findings",
  order: 30,
  make(app, element) {
    const show = () => {
      const found = app.document.findings,
        count = (word) => found.filter((f) => f.severity === word).length;
      const words = ["error", "warning", "note"].filter(count).map((word) => plural(count(word), word));
      element.replaceChildren(
        h("h2", {}, "Findings"),
        h("p", {}, words.join(", ") || "Nothing to say against it."),
        findingList(app, found),
      );
    };
    app.on("document state", show);
    show();
  },
};
