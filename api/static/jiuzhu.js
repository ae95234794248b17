// Progressive enhancement only: every page does its work without this file.
(function () {
  "use strict";

  // A second click on a slow connection must not file a second answer; going back makes the form usable again.
  document.addEventListener("submit", function (event) {
    if (event.defaultPrevented || event.target.method !== "post") return;
    var form = event.target;
    if (form.dataset.sent) { event.preventDefault(); return; }
    form.dataset.sent = "yes";
    form.setAttribute("aria-busy", "true");
  });
  window.addEventListener("pageshow", function () {
    document.querySelectorAll("form[data-sent]").forEach(function (form) {
      delete form.dataset.sent;
      form.removeAttribute("aria-busy");
    });
  });

  // The first wrong field gets the cursor, opened if it lies in a folded part.
  function showFirstError(root) {
    var wrong = root.querySelector("[aria-invalid=true]");
    if (!wrong) return;
    for (var fold = wrong.closest("details"); fold; fold = fold.parentElement.closest("details")) fold.open = true;
    wrong.focus();
  }
  document.addEventListener("DOMContentLoaded", function () { showFirstError(document); });

  // A choice in the list is enough; the button is for those without script.
  document.addEventListener("change", function (event) {
    var form = event.target.closest("form[data-submit-on-change]");
    if (form && window.htmx === undefined) form.requestSubmit();
  });

  document.addEventListener("click", function (event) {
    if (event.target.closest("[data-print]")) window.print();
  });

  // A lost connection or an error is said, never swallowed.
  var live = function (shown) { var box = document.getElementById("live"); if (box) box.hidden = !shown; };
  document.addEventListener("htmx:sendError", function () { live(true); });
  document.addEventListener("htmx:responseError", function (event) {
    if (event.detail.xhr.status === 401) { window.location.reload(); return; }
    live(true);
  });
  document.addEventListener("htmx:afterRequest", function (event) { if (event.detail.successful) live(false); });
})();
