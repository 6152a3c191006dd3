// The fields of a long form: which one an input belongs to, what its inputs hold, and putting text back into them.
"use strict";

export const nameOf = (element) => {
  const box = element.closest("[data-field]");
  return box ? box.dataset.field : null;
};

export const boxOf = (form, name) => form.querySelector(`[data-field="${CSS.escape(name)}"]`);

const controls = (box) =>
  [...box.querySelectorAll("input[name], select[name], textarea[name]")].filter((one) => one.type !== "file");

const ticks = (one) => one.type === "checkbox" || one.type === "radio";

// [[name, text], …] in the order of the page; boxes that are not ticked send nothing.
export const inputsOf = (box) =>
  controls(box)
    .filter((one) => !ticks(one) || one.checked)
    .map((one) => [one.name, one.value]);

export const sameInputs = (one, other) => {
  const filled = (pairs) => JSON.stringify(pairs.filter(([, text]) => text !== ""));
  return filled(one) === filled(other);
};

// Show these inputs; a grid gets as many rows as they need. Readings and totals hear of it by an "input" event.
export const write = (box, pairs) => {
  box.dispatchEvent(new CustomEvent("rows-needed", { detail: rowsIn(pairs) }));
  const texts = new Map();
  for (const [name, text] of pairs) texts.set(name, [...(texts.get(name) || []), text]);
  for (const one of controls(box)) {
    const wanted = texts.get(one.name) || [];
    if (ticks(one)) one.checked = wanted.includes(one.value);
    else one.value = wanted[0] ?? "";
    one.dispatchEvent(new CustomEvent("shown", { bubbles: true }));
  }
};

// The row numbers of a grid, as they stand in the names of its inputs: budget-0-item, budget-3-item, …
const rowsIn = (pairs) => [...new Set(pairs.map(([name]) => /-(\d+)-[a-z0-9_]+$/.exec(name)).filter(Boolean).map((found) => Number(found[1])))];
