// The keyboard of the desk: J K X Enter / ? by the place of the key, so that a Korean layout works as well.
"use strict";

const rows = () => [...document.querySelectorAll("table.q tbody a.co")];

const typing = (event) => {
  if (event.isComposing || event.keyCode === 229 || event.ctrlKey || event.metaKey || event.altKey) return true;
  const at = event.target;
  if (at.matches("input[type=checkbox], input[type=radio]")) return false;
  return at.isContentEditable || at.matches("input, textarea, select") || document.querySelector("dialog[open]") !== null;
};

const off = () => document.body.dataset.shortcuts === "off";

const step = (by) => {
  const links = rows();
  const here = document.activeElement && document.activeElement.closest("tr");
  const at = links.findIndex((link) => link.closest("tr") === here);
  const next = links[at < 0 ? (by > 0 ? 0 : links.length - 1) : Math.min(links.length - 1, Math.max(0, at + by))];
  if (next) next.focus();
};

const go = (way) => {
  const link = document.querySelector(`a[data-walk="${way}"]`);
  if (link) link.click();
  return link !== null;
};

const choose = () => {
  const here = document.activeElement && document.activeElement.closest("tr");
  const box = here && here.querySelector("input[type=checkbox]");
  if (box && !box.disabled) box.click();
};

const open = (event) => {
  const here = event.target.closest("table.q tr");
  const link = here && here.querySelector("a.co");
  if (link && event.target !== link) link.click();
};

const ACTS = {
  KeyJ: () => go("next") || step(1),
  KeyK: () => go("previous") || step(-1),
  KeyX: choose,
  Enter: open,
};

document.addEventListener("keydown", (event) => {
  if (off() || typing(event)) return;
  const help = document.getElementById("keys");
  if (event.code === "Slash") {
    event.preventDefault();
    if (event.shiftKey && help) help.showModal();
    if (!event.shiftKey) document.getElementById("search").focus();
    return;
  }
  if (event.shiftKey || !ACTS[event.code]) return;
  if (event.code !== "Enter") event.preventDefault();
  ACTS[event.code](event);
});
