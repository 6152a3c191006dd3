// The texts of the page, which exist in both languages: <div id="words"><span data-word="saved">…</span></div>.
"use strict";

export const word = (name, values = {}) => {
  const found = document.querySelector(`#words [data-word="${name}"]`);
  const text = found ? found.textContent : "";
  return text.replace(/\{(\w+)\}/g, (whole, key) => (key in values ? values[key] : whole));
};

// A copy of the page's <template id="…">.
export const piece = (id) => document.getElementById(id).content.firstElementChild.cloneNode(true);
