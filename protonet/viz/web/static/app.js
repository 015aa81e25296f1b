// What the page shows, and who wants to know when it changes.
//
// Events: "document" (another text), "state" (another net of it, or other folds), "select",
// "hover".  `app.net` is the net of the state that is shown, null where nothing could be read.

export class App extends EventTarget {
  constructor(content, options) {
    super();
    this.server = options.server; // whether somebody answers `ask`
    this.nonce = options.nonce; // of styles that a library writes into the page
    this.answers = content.answers ?? {};
    this.fold = true;
    this.take(content);
  }

  // Begin with a document, or go over to another one of the same file.
  take(content) {
    this.keep();
    const first = !this.document;
    this.document = content;
    const same = content.states.findIndex((state) => state.label === this.kept?.state);
    this.state = same >= 0 ? same : content.current;
    this.closed = new Set();
    this.selected = null;
    if (this.net && this.kept) this.restore();
    else if (this.net && !isSmall(this.net)) this.net.groups.forEach((_, i) => this.closed.add(i));
    if (!first) this.tell("document");
  }

  // Remember by their names what is chosen and closed; of a text that cannot be read nothing is.
  keep() {
    if (!this.net) return;
    this.kept = {
      closed: this.closedNames(),
      state: this.document.states[this.state].label,
      ...this.selected,
      name: this.layer?.name,
    };
  }

  restore() {
    const { groups, layers } = this.net,
      { closed, layer, name } = this.kept;
    groups.forEach((group, i) => closed.has(group.name) && this.closed.add(i));
    const found = layers[layer]?.name === name ? (layer ?? -1) : layers.findIndex((l) => l.name === name);
    this.selected = found >= 0 ? { layer: found } : null;
  }

  get net() {
    const state = this.document?.states[this.state];
    return state ? this.document.nets[state.net] : null;
  }

  get layer() {
    return this.net && this.selected?.layer !== undefined ? this.net.layers[this.selected.layer] : null;
  }

  // selection: { layer: position }, { group: position } or null.  reveal: whether to open what
  // hides it and to bring it into view.
  select(selection, reveal = false) {
    this.selected = selection;
    if (reveal && selection?.layer !== undefined) {
      const hiding = this.net.groups.findIndex(
        (g, i) => this.closed.has(i) && g.start <= selection.layer && selection.layer < g.stop,
      );
      if (hiding >= 0) this.setClosed(hiding, false);
    }
    this.tell("select", { reveal });
  }

  show(state) {
    this.keep();
    this.state = state;
    this.closed = new Set();
    this.restore();
    this.tell("state");
  }

  setClosed(group, closed) {
    closed ? this.closed.add(group) : this.closed.delete(group);
    this.tell("state");
  }

  closeAll(closed) {
    this.closed = new Set(closed ? this.net.groups.keys() : []);
    this.tell("state");
  }

  setFold(fold) {
    this.fold = fold;
    this.tell("state");
  }

  closedNames() {
    return new Set([...this.closed].map((i) => this.net?.groups[i]?.name));
  }

  // Findings about a layer, by its line.
  findingsOf(layer) {
    return this.document.findings.filter((f) => f.layer === layer.name && f.type === layer.type);
  }

  // What the server says to `path`; without one, what the file holds for it.  Rejects with an
  // error in words.
  async ask(path, body) {
    if (!this.server) {
      const answer = this.answers[path];
      if (answer?.error) throw new Error(answer.error);
      if (answer) return answer;
      throw new Error("this page has no server, and does not hold it");
    }
    const options =
      body === undefined
        ? {}
        : { method: "POST", body: JSON.stringify(body), headers: { "Content-Type": "application/json" } };
    let answer;
    try {
      answer = await fetch(path, options);
    } catch {
      throw new Error("the server does not answer: it was stopped");
    }
    if (!answer.ok) throw new Error((await answer.text()) || answer.statusText);
    return answer.json();
  }

  on(names, listener) {
    for (const name of names.split(" ")) this.addEventListener(name, (event) => listener(event.detail));
  }

  tell(name, detail) {
    this.dispatchEvent(new CustomEvent(name, { detail: detail ?? {} }));
  }
}

// Few enough boxes to begin with all of them.
const isSmall = (net) => new Set(net.hosts).size <= 120;
