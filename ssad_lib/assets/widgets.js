// What the widgets share, put in front of each one's own script. No kernel, no library, no request.

const SVG = new DOMParser().parseFromString("<svg></svg>", "text/html").querySelector("svg").namespaceURI;

// Outlines in a box from -1 to 1, by the names that Python gives to the marks.
const SHAPES = {
  circle: "M-1,0a1,1 0 1,0 2,0a1,1 0 1,0 -2,0z",
  square: "M-.9,-.9h1.8v1.8h-1.8z",
  diamond: "M0,-1.2L1,0L0,1.2L-1,0z",
  triangle: "M0,-1.1L1.1,.85H-1.1z",
  plus: "M-.4,-1.1h.8v.7h.7v.8h-.7v.7h-.8v-.7h-.7v-.8h.7z",
  cross: "M-1,-.5L-.5,-1L0,-.5L.5,-1L1,-.5L.5,0L1,.5L.5,1L0,.5L-.5,1L-1,.5L-.5,0z",
};

function element(tag, properties, ...children) {
  const node = Object.assign(document.createElement(tag), properties);
  node.append(...children);
  return node;
}

function svg(tag, attributes, ...children) {
  const node = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.append(...children);
  return node;
}

function set(model, trait, value) {
  model.set(trait, value);
  model.save_changes();
}

// Calls `update` now and whenever one of the traits changes; returns what ends this.
function follow(model, traits, update) {
  update();
  for (const trait of traits) model.on(`change:${trait}`, update);
  return () => traits.forEach((trait) => model.off(`change:${trait}`, update));
}

function labelled(text, field, ...more) {
  // each widget runs its own copy of this script, so that counting would repeat ids on a page
  field.id = `ssad-${Math.random().toString(36).slice(2)}`;
  const label = element("label", { htmlFor: field.id, textContent: text });
  return element("div", { className: "ssad-control" }, label, field, ...more);
}

// A native list; `show` is called with a value that was chosen elsewhere.
function list(text, options, choose) {
  const items = options.map((option) => element("option", { value: option, textContent: option }));
  const select = element("select", {}, ...items);
  select.addEventListener("change", () => choose(select.value));
  return { row: labelled(text, select), show: (value) => (select.value = value) };
}

// A native slider over 0 .. last, with what it says about its value beside it.
function slider(text, last, describe, choose) {
  const range = element("input", { type: "range", min: 0, max: last, step: 1 });
  const shown = element("output", {});
  const show = (value) => {
    range.value = value;
    shown.textContent = describe(value);
    range.setAttribute("aria-valuetext", shown.textContent);
  };
  range.addEventListener("input", () => choose(Number(range.value)));
  return { row: labelled(text, range, shown), range, show };
}

function controls(...parts) {
  return element("div", { className: "ssad-controls" }, ...parts.map(({ row }) => row));
}

function announcement() {
  const line = element("p", { className: "ssad-caption" });
  line.setAttribute("aria-live", "polite");
  return line;
}

// Colour and shape by name; a list in the state, for a saved page sorts the names of an object.
function marksOf(model) {
  return new Map(model.get("marks").map(([name, ...mark]) => [name, mark]));
}

function marked([colour, shape]) {
  const path = svg("path", { d: SHAPES[shape], fill: colour });
  return svg("svg", { class: "ssad-mark", viewBox: "-1.5 -1.5 3 3", "aria-hidden": "true" }, path);
}

function legend(marks, names) {
  const items = names.map((name) => element("li", {}, marked(marks.get(name)), ` ${name}`));
  return element("ul", { className: "ssad-legend" }, ...items);
}
