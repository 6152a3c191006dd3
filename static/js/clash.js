// A field that somebody saved first: both texts beside each other, and nothing changes before one of them is chosen.
"use strict";
import { boxOf } from "./fields.js";
import { piece, word } from "./words.js";

export const hideClash = (form, name) => boxOf(form, name)?.querySelector("[data-clash]")?.remove();

// ``choose`` gets "mine" or "stored".
export const showClash = (form, clash, choose) => {
  hideClash(form, clash.field);
  const box = boxOf(form, clash.field);
  const shown = piece("clash");
  shown.querySelector("[data-who]").textContent = word(clash.own ? "by_own" : "by_other");
  shown.querySelector("[data-mine]").textContent = clash.mine || word("nothing");
  shown.querySelector("[data-stored]").textContent = clash.stored || word("nothing");
  const label = box.querySelector("label, legend");
  if (label) shown.setAttribute("aria-label", label.firstChild.textContent.trim());
  for (const button of shown.querySelectorAll("[data-take]")) {
    button.addEventListener("click", () => {
      shown.remove();
      choose(button.dataset.take);
    });
  }
  box.append(shown);
};
