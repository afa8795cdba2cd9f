// A table that is wider than its column is shown row by row, each value with its heading.

const headings = (table) => {
  const names = [...table.querySelectorAll("thead th")].map((cell) => cell.textContent.trim());
  for (const row of table.querySelectorAll("tbody tr:not(.ssad-group)"))
    [...row.children].forEach((cell, at) => (cell.dataset.name = names[at] ?? ""));
};

const fit = (box) => {
  box.classList.remove("ssad-stacked");
  box.classList.toggle("ssad-stacked", box.scrollWidth > box.clientWidth);
};

const seen = new WeakMap();
const watcher = new ResizeObserver((entries) => {
  for (const { target } of entries) {
    if (seen.get(target) === target.clientWidth) continue; // only its height changed
    seen.set(target, target.clientWidth);
    fit(target);
  }
});

for (const box of document.querySelectorAll(".ssad-table")) {
  headings(box.querySelector("table"));
  fit(box);
  watcher.observe(box);
}
