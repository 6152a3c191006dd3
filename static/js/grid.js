// Repeating rows: added and removed without a reload, with the total below them as it is typed.
"use strict";
import { readAmount, reading } from "./amounts.js";
import { word } from "./words.js";

const rowsOf = (table) => [...table.tBodies[0].rows];
const pattern = (table) => new RegExp(`^${table.dataset.grid}-(\\d+)-`);

export const numberOf = (table, row) => Number(pattern(table).exec(row.querySelector("[name]").name)[1]);

const clear = (row) => {
  for (const one of row.querySelectorAll("input, select, textarea")) {
    if (one.type === "checkbox" || one.type === "radio") one.checked = false;
    else one.value = "";
    one.removeAttribute("aria-invalid");
    one.removeAttribute("aria-describedby");
  }
  for (const one of row.querySelectorAll("[data-reading-for]")) one.textContent = "";
  for (const one of row.querySelectorAll(".e")) one.remove();
};

// A blank row with this number, or the next free one; null when the grid holds as many as it may.
export const addRow = (table, number = 1 + Math.max(...rowsOf(table).map((row) => numberOf(table, row)))) => {
  const rows = rowsOf(table);
  if (rows.length >= Number(table.dataset.maxRows)) return null;
  const last = rows[rows.length - 1];
  const row = last.cloneNode(true);
  const [old, next] = [`${table.dataset.grid}-${numberOf(table, last)}-`, `${table.dataset.grid}-${number}-`];
  for (const one of row.querySelectorAll("*")) {
    for (const name of ["id", "name", "for", "data-reading-for", "data-counter-for"]) {
      const value = one.getAttribute(name);
      if (value?.startsWith(old)) one.setAttribute(name, next + value.slice(old.length));
    }
  }
  for (const one of row.querySelectorAll("[aria-label]")) one.setAttribute("aria-label", one.getAttribute("aria-label").replace(/\d+$/, rows.length + 1));
  clear(row);
  last.after(row);
  return row;
};

export const rowAt = (table, place) => rowsOf(table)[place] ?? addRow(table);

const total = (table) => {
  const shown = table.querySelector("[data-total-of]");
  if (!shown) return;
  const cells = [...table.tBodies[0].querySelectorAll(`[name$="-${table.dataset.total}"]`)];
  const won = cells.reduce((sum, one) => sum + (one.value ? (readAmount(one.value).won ?? 0) : 0), 0);
  shown.textContent = Math.round(won / 1000).toLocaleString("ko-KR");
  table.querySelector("[data-total-reading]").textContent = reading(won);
  const ceiling = Number(table.dataset.ceiling || 0);
  const wanted = readAmount(document.getElementById(table.dataset.equals)?.value || "");
  const said = table.querySelector("[data-total-said]");
  if (ceiling && won > ceiling) said.textContent = word("over", { by: reading(won - ceiling) });
  else if (wanted.won && won && won !== wanted.won) said.textContent = word(won < wanted.won ? "below" : "above", { by: reading(Math.abs(won - wanted.won)) });
  else said.textContent = wanted.won && won ? word("equal") : "";
};

const removeButton = () => {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "btn sm";
  button.textContent = word("remove");
  button.dataset.removeRow = "";
  return button;
};

// A last column with a button for each row.
const equip = (table) => {
  const head = document.createElement("th");
  head.scope = "col";
  const hidden = document.createElement("span");
  hidden.className = "sr";
  hidden.textContent = word("remove_row");
  head.append(hidden);
  table.tHead.rows[0].append(head);
  for (const row of rowsOf(table)) row.insertCell().append(removeButton());
  const foot = table.tFoot?.rows[0].cells[0];
  if (foot) foot.colSpan += 1;
};

const remove = (table, row) => {
  const rows = rowsOf(table);
  const place = rows.indexOf(row);
  if (rows.length > 1) row.remove();
  else clear(row);
  const near = rows[place + 1] ?? rows[place - 1] ?? row;
  near.querySelector("input, select, textarea").focus();
};

const start = (table, changed) => {
  const box = table.closest("[data-field]");
  const more = box.querySelector("[name=more_rows]");
  equip(table);
  table.addEventListener("click", (event) => {
    const button = event.target.closest("[data-remove-row]");
    if (!button) return;
    remove(table, button.closest("tr"));
    more.disabled = false;
    total(table);
    changed(table.dataset.grid);
  });
  more.addEventListener("click", (event) => {
    event.preventDefault();
    const row = addRow(table);
    if (row) row.querySelector("input, select, textarea").focus();
    else more.disabled = true;
  });
  box.addEventListener("shown", () => total(table));
  box.addEventListener("rows-needed", (event) => {
    const there = new Set(rowsOf(table).map((row) => numberOf(table, row)));
    for (const number of event.detail) if (!there.has(number)) addRow(table, number);
  });
  total(table);
};

// Makes every grid of the form live; ``changed`` hears the name of a grid that lost a row.
export const startGrids = (form, changed) => {
  const tables = [...form.querySelectorAll("table[data-grid]")];
  tables.forEach((table) => start(table, changed));
  form.addEventListener("input", () => tables.forEach(total));
};
