// The slider over thresholds. It computes nothing: what it shows are the cells of the table's row.
(function () {
  "use strict";
  var panel = document.getElementById("threshold-panel");
  var table = document.getElementById("threshold-table");
  if (!panel || !table) return;
  var rows = table.tBodies[0].rows;
  var slider = document.getElementById("threshold-slider");
  var score = document.getElementById("threshold-score");
  var mark = panel.querySelector(".moving");
  var chosen = slider.value;
  function show() {
    var row = rows[Number(slider.value)];
    row.querySelectorAll("[data-key]").forEach(function (cell) {
      var place = panel.querySelector('[data-show="' + cell.dataset.key + '"]');
      if (place) place.textContent = cell.textContent;
    });
    score.textContent = row.cells[0].textContent;
    slider.setAttribute("aria-valuetext", "score " + row.cells[0].textContent);
    for (var i = 0; i < rows.length; i++) rows[i].classList.toggle("now", rows[i] === row);
    var from = Number(mark.dataset.from), to = Number(mark.dataset.to);
    var x = from + (to - from) * Math.min(100, Math.max(0, Number(row.dataset.score) || 0)) / 100;
    mark.firstElementChild.setAttribute("x1", x);
    mark.firstElementChild.setAttribute("x2", x);
    if (slider.value === chosen) mark.setAttribute("hidden", ""); else mark.removeAttribute("hidden");
  }
  slider.addEventListener("input", show);
  document.getElementById("threshold-reset").addEventListener("click", function () {
    slider.value = chosen;
    show();
  });
  // A browser may have kept the slider's place over a reload.
  slider.value = chosen = slider.getAttribute("value");
  panel.querySelector(".controls").hidden = false;
  show();
})();
