// Points of a plane on a canvas, in the colour of their group or of their score.

const NEAR = 18; // pixels of the screen within which the pointer finds a point
const SIZE = 4; // of a mark, in pixels of the screen

// The colour at a share from 0 to 1 between three stops.
function blend(stops, share) {
  const numbers = stops.map((stop) => [1, 3, 5].map((i) => parseInt(stop.slice(i, i + 2), 16)));
  const at = Math.min(1, Math.floor(share * 2));
  const mixed = numbers[at].map((v, i) => v + (numbers[at + 1][i] - v) * (share * 2 - at));
  return `rgb(${mixed.map(Math.round).join()})`;
}

function unpack({ x, y, groups, scores }, names) {
  const texts = scores.split(" ");
  return x.map((across, i) => ({ x: across, y: y[i], group: names[groups[i]], score: texts[i] }));
}

function paint(canvas, points, marks, colourOf) {
  const context = canvas.getContext("2d");
  const paths = Object.fromEntries(Object.entries(SHAPES).map(([name, d]) => [name, new Path2D(d)]));
  const size = (SIZE * canvas.width) / (canvas.clientWidth || canvas.width / 2);
  context.resetTransform();
  context.clearRect(0, 0, canvas.width, canvas.height);
  context.globalAlpha = 0.85;
  points.forEach((point, i) => {
    context.setTransform(size, 0, 0, size, point.x, point.y);
    context.fillStyle = colourOf(point, i);
    context.fill(paths[marks.get(point.group)[1]]);
  });
}

function nearest(canvas, points, event) {
  const zoom = canvas.width / canvas.clientWidth;
  const distances = points.map(({ x, y }) => Math.hypot(x - event.offsetX * zoom, y - event.offsetY * zoom));
  const least = Math.min(...distances);
  return least < NEAR * zoom ? distances.indexOf(least) : -1;
}

function ramp(stops) {
  const bar = element("i", {});
  bar.style.background = `linear-gradient(to right, ${stops.join()})`;
  return element("p", { className: "ssad-ramp" }, "low score ", bar, " high score");
}

function render({ model, el }) {
  const [panels, stops, box] = ["panels", "ramp", "box"].map((trait) => model.get(trait));
  const marks = marksOf(model);
  const names = [...marks.keys()];
  const choice = list(model.get("label"), model.get("names"), (name) => {
    model.set("point", -1);
    set(model, "panel", name);
  });
  const colour = list("Colour by", ["group", "score"], (name) => set(model, "colour", name));
  const describe = (place) => (place ? `${place} of ${points.length} by score` : "none");
  const step = slider("Point", 0, describe, (place) => set(model, "point", place - 1));

  const canvas = element("canvas", { width: box[0], height: box[1] });
  canvas.setAttribute("role", "img");
  const ring = element("b", { className: "ssad-ring" });
  const field = element("div", { className: "ssad-field" }, canvas, ring);
  const [keys, words] = [element("div", {}), announcement()];
  let points = [];

  const draw = () => {
    const kind = model.get("colour");
    const byScore = kind === "score";
    const last = points.length - 1;
    paint(canvas, points, marks, (point, i) => (byScore ? blend(stops, i / last) : marks.get(point.group)[0]));
    const present = names.filter((name) => points.some(({ group }) => group === name));
    const shapes = new Map(present.map((name) => [name, ["currentColor", marks.get(name)[1]]]));
    keys.replaceChildren(legend(byScore ? shapes : marks, present));
    if (byScore) keys.append(ramp(stops));
    const counts = present.map((name) => `${points.filter(({ group }) => group === name).length} ${name}`);
    canvas.setAttribute("aria-label", `${model.get("panel")}: ${counts.join(", ")} points, coloured by ${kind}`);
    colour.show(kind);
  };
  const show = () => {
    const at = Math.min(model.get("point"), points.length - 1);
    const point = points[at];
    ring.hidden = !point;
    step.show(at + 1);
    words.textContent = panels[model.get("panel")].caption;
    if (!point) return;
    ring.style.left = `${(100 * point.x) / box[0]}%`;
    ring.style.top = `${(100 * point.y) / box[1]}%`;
    const below = Math.floor((100 * at) / points.length);
    words.textContent = `${point.group}, score ${point.score}, higher than ${below} % of the points.`;
  };
  const fill = () => {
    points = unpack(panels[model.get("panel")], names);
    step.range.max = points.length;
    choice.show(model.get("panel"));
  };
  canvas.addEventListener("pointermove", (event) => {
    const at = nearest(canvas, points, event);
    if (at >= 0 && at !== model.get("point")) set(model, "point", at);
  });

  el.classList.add("ssad-widget");
  el.append(controls(choice, colour), field, keys, controls(step), words);
  const ends = [
    follow(model, ["panel"], () => [fill, draw, show].forEach((part) => part())),
    follow(model, ["colour"], draw),
    follow(model, ["point"], show),
  ];
  const sizes = new ResizeObserver(draw); // marks keep their size on the screen
  sizes.observe(canvas);
  return () => [...ends, () => sizes.disconnect()].forEach((end) => end());
}

export default { render };
