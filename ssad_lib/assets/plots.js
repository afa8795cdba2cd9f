// Axes and distributions, for the widgets that draw them.

// At most six round numbers from low to high, each with its text.
function ticks(low, high) {
  const rough = (high - low) / 5;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 2.5, 5, 10].map((factor) => factor * power).find((size) => size >= rough);
  const round = (digits) => Math.abs(step - Number(step.toFixed(digits))) < step / 1e6;
  const digits = [...Array(20).keys()].find(round);
  const found = [];
  for (let k = Math.ceil(low / step - 1e-9); k * step <= high; k++)
    found.push([k * step, (k * step || 0).toFixed(digits).replace("-", "−")]);
  return found;
}

function ruler(low, high) {
  const labels = ticks(low, high).map(([value, text]) => {
    const label = element("span", { textContent: text });
    label.style.left = `${(100 * (value - low)) / (high - low)}%`;
    return label;
  });
  const axis = element("div", { className: "ssad-axis" }, ...labels);
  axis.setAttribute("aria-hidden", "true");
  return axis;
}

// A drawing in a box of 100 by 100 that fills its place; lines keep their width.
function plot(className, ...shapes) {
  const box = { class: `ssad-plot ${className}`, viewBox: "0 0 100 100", preserveAspectRatio: "none" };
  return svg("svg", box, ...shapes);
}

// The outline of bars of the given heights, where `top` reaches the upper edge.
function steps(heights, top) {
  const width = 100 / heights.length;
  const parts = heights.map((height, i) => `V${100 - (96 * height) / top}H${(i + 1) * width}`);
  return `M0,100${parts.join("")}V100`;
}

// The distribution of one group, in its colour; the style sheet tells the groups apart by line, too.
function density(name, [colour], heights, top) {
  const style = `--ssad-colour: ${colour}`;
  return svg("path", { class: `ssad-density ssad-${name}`, d: steps(heights, top), style });
}

function densityLegend(marks, names) {
  const items = names.map((name) => {
    const line = density(name, marks.get(name), [1], 2);
    const swatch = svg("svg", { class: "ssad-swatch", viewBox: "0 40 100 70", "aria-hidden": "true" }, line);
    return element("li", {}, swatch, ` ${name}`);
  });
  return element("ul", { className: "ssad-legend" }, ...items);
}
