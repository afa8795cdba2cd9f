// Filters of the scorecard: a claim is shown if it has every chosen paper, verdict and source.
(() => {
  for (const board of document.querySelectorAll(".ssad-board:not([data-ready])")) {
    board.dataset.ready = "";
    const filters = [...board.querySelectorAll("select[data-filter]")];
    const claims = [...board.querySelectorAll("details")];
    const show = () => {
      for (const claim of claims) {
        claim.hidden = !filters.every(
          ({ value, dataset }) => !value || claim.dataset[dataset.filter].split("|").includes(value),
        );
      }
      for (const part of board.querySelectorAll("[data-part]")) {
        part.hidden = !part.querySelector("details:not([hidden])");
      }
      const shown = claims.filter((claim) => !claim.hidden).length;
      board.querySelector("[data-count]").textContent = `${shown} of ${claims.length} claims`;
    };
    for (const filter of filters) filter.addEventListener("change", show);
    show();
    const named = board.querySelector(`details[id="${CSS.escape(location.hash.slice(1))}"]`);
    if (named) named.open = true;
  }
})();
