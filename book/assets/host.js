// Runs the widgets of a page without a kernel: each one's own script, on the state that the page carries.

(() => {
  const KIND = "application/vnd.jupyter.widget-";
  const embedded = (what) => [...document.querySelectorAll(`script[type="${KIND}${what}+json"]`)];

  // What a widget's script asks of its model; nobody listens to saved changes.
  class Model {
    #state;
    #listeners = new Map();

    constructor(state) {
      this.#state = { ...state };
    }

    get(trait) {
      return this.#state[trait];
    }

    set(trait, value) {
      if (this.#state[trait] === value) return;
      this.#state[trait] = value;
      for (const listener of [...(this.#listeners.get(`change:${trait}`) ?? [])]) listener();
    }

    save_changes() {}

    on(event, listener) {
      this.#listeners.set(event, [...(this.#listeners.get(event) ?? []), listener]);
    }

    off(event, listener) {
      const others = (this.#listeners.get(event) ?? []).filter((one) => one !== listener);
      this.#listeners.set(event, others);
    }
  }

  const dressed = new Set();
  const dress = (css) => {
    if (!css || dressed.has(css)) return;
    dressed.add(css);
    document.head.append(Object.assign(document.createElement("style"), { textContent: css }));
  };

  const show = async (place, model) => {
    const el = document.createElement("div");
    place.before(el);
    try {
      dress(model.get("_css"));
      const script = new Blob([model.get("_esm")], { type: "text/javascript" });
      const { default: widget } = await import(URL.createObjectURL(script));
      await widget.render({ model, el });
    } catch (error) {
      el.textContent = `This control did not start: ${error.message}`;
      throw error;
    }
  };

  const models = new Map();
  for (const script of embedded("state"))
    for (const [id, { state }] of Object.entries(JSON.parse(script.textContent).state))
      models.set(id, new Model(state));
  for (const script of embedded("view")) {
    const { model_id } = JSON.parse(script.textContent);
    show(script, models.get(model_id));
  }
})();
