// Keys: whatever has `data-key` is clicked (or focused, where it is a field) by that key.
"use strict";

const fold = document.querySelector(".filters-fold");
if (fold && !window.matchMedia("(max-width: 900px)").matches) fold.open = true;

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const typing = event.target.matches("input, textarea, select");
  if (event.key === "Escape" && typing) { event.target.blur(); return; }
  if (typing) return;
  if ((event.key === "j" || event.key === "k") && document.querySelector("ol.rows")) {
    const rows = [...document.querySelectorAll("ol.rows a")];
    const at = rows.indexOf(document.activeElement) + (event.key === "j" ? 1 : -1);
    (rows[Math.max(0, at)] || document.querySelector("[data-key~='n']") || rows[0]).focus();
    event.preventDefault();
    return;
  }
  const key = event.key === "ArrowRight" ? "n" : event.key === "ArrowLeft" ? "p" : event.key;
  const found = document.querySelector(`[data-key~="${CSS.escape(key)}"]`);
  if (!found) return;
  event.preventDefault();
  if (found.matches("input, textarea")) { found.focus(); return; }
  if (found.matches("details")) { found.open = !found.open; return; }
  found.click();
});

// A link to a place inside a folded thought opens it.
document.addEventListener("click", (event) => {
  const link = event.target.closest("a[href^='#']");
  const place = link && document.getElementById(link.getAttribute("href").slice(1));
  const folded = place && place.closest("details");
  if (folded) folded.open = true;
});
