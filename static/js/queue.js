// Choosing rows of the queue: the whole page at once, how many are chosen; and copying the list's address.
"use strict";

const boxes = () => [...document.querySelectorAll("td.tick input")];
const every = document.getElementById("all");
const whole = document.getElementById("page-all");

const tell = () => {
  const shown = document.querySelector("[data-chosen]");
  if (!shown) return;
  const all = every && every.checked;
  const number = boxes().filter((box) => box.checked).length;
  boxes().forEach((box) => { box.disabled = Boolean(all); });
  if (whole) {
    whole.checked = number > 0 && number === boxes().length;
    whole.indeterminate = number > 0 && number < boxes().length;
    whole.disabled = Boolean(all);
  }
  if (all) shown.textContent = shown.dataset.all;
  else shown.textContent = number ? shown.dataset.some.replace("{n}", number) : shown.dataset.none;
};

if (whole) {
  whole.closest("[data-page-box]").hidden = false;
  whole.addEventListener("change", () => {
    boxes().forEach((box) => { box.checked = whole.checked; });
    tell();
  });
}
document.addEventListener("change", tell);
window.addEventListener("pageshow", tell);

document.querySelectorAll("[data-copy]").forEach((button) => {
  if (!navigator.clipboard) return;
  button.hidden = false;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(button.dataset.copy);
    document.querySelector("[data-copy-said]").textContent = button.dataset.copied;
  });
});
