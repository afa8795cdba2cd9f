// One frame of a picture sheet, chosen by one native control per axis.

function control(axis, choose) {
  if (Array.isArray(axis.options)) {
    const part = list(axis.name, axis.options, (text) => choose(axis.options.indexOf(text)));
    return { ...part, show: (position) => part.show(axis.options[position]) };
  }
  return slider(axis.name, axis.options - 1, (value) => `${value + 1} of ${axis.options}`, choose);
}

function render({ model, el }) {
  const { width, height, columns, scale } = model.get("frame");
  const axes = model.get("axes");
  const canvas = element("canvas", { width, height, className: "ssad-sprite" });
  canvas.setAttribute("role", "img");
  const names = model.get("heads").map((textContent) => element("span", { textContent }));
  const heads = element("div", { className: "ssad-heads" }, ...names);
  const frame = element("div", { className: "ssad-frame" }, heads, canvas);
  frame.style.width = `${width * scale}px`;
  const caption = announcement();

  const sheet = new Image();
  const sizes = axes.map((axis) => axis.options.length ?? axis.options);
  const draw = () => {
    const at = model.get("index").reduce((sum, position, axis) => sum * sizes[axis] + position, 0);
    const [x, y] = [(at % columns) * width, Math.floor(at / columns) * height];
    canvas.getContext("2d").drawImage(sheet, x, y, width, height, 0, 0, width, height);
    canvas.setAttribute("aria-label", model.get("alts")[at]);
    caption.textContent = model.get("captions")[at];
  };
  const choose = (axis) => (position) => set(model, "index", model.get("index").with(axis, position));
  const parts = axes.map((axis, i) => control(axis, choose(i)));

  el.classList.add("ssad-widget");
  el.append(controls(...parts), frame, caption);
  sheet.addEventListener("load", draw);
  sheet.src = model.get("sheet");
  return follow(model, ["index"], () => {
    parts.forEach(({ show }, axis) => show(model.get("index")[axis]));
    draw();
  });
}

export default { render };
