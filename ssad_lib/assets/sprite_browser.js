// One frame of a picture sheet, chosen by one native control per axis. No kernel, no library.

let made = 0;

function element(tag, properties, ...children) {
  const node = Object.assign(document.createElement(tag), properties);
  node.append(...children);
  return node;
}

function control(axis, position, choose) {
  const id = `ssad-sprite-${made++}`;
  const label = element("label", { htmlFor: id, textContent: axis.name });
  if (Array.isArray(axis.options)) {
    const options = axis.options.map((text, value) => element("option", { value, textContent: text }));
    const select = element("select", { id }, ...options);
    const show = (value) => (select.value = value);
    select.addEventListener("change", () => choose(Number(select.value)));
    show(position);
    return { row: element("div", { className: "ssad-control" }, label, select), show };
  }
  const range = element("input", { id, type: "range", min: 0, max: axis.options - 1, step: 1 });
  const shown = element("output", { htmlFor: id });
  const show = (value) => {
    range.value = value;
    shown.textContent = `${value + 1} of ${axis.options}`;
    range.setAttribute("aria-valuetext", shown.textContent);
  };
  range.addEventListener("input", () => choose(Number(range.value)));
  show(position);
  return { row: element("div", { className: "ssad-control" }, label, range, shown), show };
}

function render({ model, el }) {
  const { width, height, columns, scale } = model.get("frame");
  const axes = model.get("axes");
  const canvas = element("canvas", { width, height, className: "ssad-sprite" });
  canvas.setAttribute("role", "img");
  canvas.style.width = `${width * scale}px`;
  const caption = element("p", { className: "ssad-caption" });
  caption.setAttribute("aria-live", "polite");

  const sheet = new Image();
  const sizes = axes.map((axis) => axis.options.length ?? axis.options);
  const draw = () => {
    const at = model.get("index").reduce((sum, position, axis) => sum * sizes[axis] + position, 0);
    const [x, y] = [(at % columns) * width, Math.floor(at / columns) * height];
    canvas.getContext("2d").drawImage(sheet, x, y, width, height, 0, 0, width, height);
    canvas.setAttribute("aria-label", model.get("alts")[at]);
    caption.textContent = model.get("captions")[at];
  };
  const choose = (axis) => (position) => {
    model.set("index", model.get("index").with(axis, position));
    model.save_changes();
  };
  const controls = axes.map((axis, i) => control(axis, model.get("index")[i], choose(i)));
  const update = () => {
    controls.forEach(({ show }, axis) => show(model.get("index")[axis]));
    draw();
  };

  const rows = element("div", { className: "ssad-controls" }, ...controls.map(({ row }) => row));
  el.classList.add("ssad-widget");
  el.append(rows, canvas, caption);
  sheet.addEventListener("load", draw);
  sheet.src = model.get("sheet");
  model.on("change:index", update);
  return () => model.off("change:index", update);
}

export default { render };
