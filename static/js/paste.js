// A block from a spreadsheet into a grid: looked at first, each refused cell with its reason, then filled, then undone at will.
"use strict";
import { plain, readAmount, reading } from "./amounts.js";
import { inputsOf, write } from "./fields.js";
import { rowAt } from "./grid.js";
import { word } from "./words.js";

// Tabs between cells, line ends between rows; cells with tabs or line ends inside stand in quotes, as spreadsheets do it.
export const parse = (text) => {
  const rows = [[""]];
  let quoted = false;
  for (let place = 0; place < text.length; place += 1) {
    const [letter, row] = [text[place], rows[rows.length - 1]];
    const last = row.length - 1;
    if (quoted && letter === '"' && text[place + 1] === '"') row[last] += text[(place += 1)];
    else if (letter === '"' && (quoted || row[last] === "")) quoted = !quoted;
    else if (!quoted && letter === "\t") row.push("");
    else if (!quoted && letter === "\n") rows.push([""]);
    else if (letter !== "\r") row[last] += letter;
  }
  return rows.filter((row) => row.some((cell) => cell.trim() !== ""));
};

const bare = (text) => plain(text).replace(/\(.*?\)/g, "").toLowerCase();

const READERS = {
  money: (text, cell, unit) => {
    const read = readAmount(text, unit);
    return "why" in read ? read : { text: (read.won / 1000).toLocaleString("ko-KR"), note: reading(read.won) };
  },
  integer: (text) => (/^\d{1,3}(,\d{3})*$|^\d+$/.test(plain(text)) ? { text: plain(text) } : { why: "number" }),
  decimal: (text) => (/^\d[\d,]*(\.\d{1,3})?%?$/.test(plain(text)) ? { text: plain(text) } : { why: "number" }),
  date: (text) => (/^\d{4}[-./년]?\d{1,2}[-./월]?\d{1,2}[일.]?$/.test(plain(text)) ? { text: plain(text) } : { why: "date" }),
  business_number: (text) => (/^\d{10}$/.test(plain(text).replace(/-/g, "")) ? { text: plain(text) } : { why: "business_number" }),
  choice: (text, cell) => {
    const found = [...cell.options].find((one) => one.value && [bare(one.text), one.value].includes(bare(text)));
    return found ? { text: found.value, note: found.text } : { why: "choice" };
  },
};
READERS.percent = READERS.decimal;
READERS.zone = READERS.choice;

const read = (text, cell, unit) => {
  const reader = READERS[cell.dataset.type];
  if (reader) return reader(text, cell, unit);
  const most = Number(cell.dataset.most || 0);
  const line = text.trim().replace(/\s+/g, " ");
  return most && line.length > most ? { why: "long", most } : { text: line };
};

const columnsOf = (row) => [...row.querySelectorAll("td [name]")];

// A first row that repeats the names of the columns says which column is which.
const heading = (table, first) => {
  const labels = [...table.tHead.rows[0].cells].map((cell) => bare(cell.firstChild?.textContent ?? ""));
  const places = first.map((cell) => labels.indexOf(bare(cell)));
  return places.filter((place) => place >= 0).length >= Math.min(2, first.length) ? places : null;
};

// What would be filled: for each pasted row its cells as {place, text, note} or {place, why}.
const planned = (table, rows, start, unit) => {
  const heads = heading(table, rows[0]);
  const lines = heads ? rows.slice(1) : rows;
  const model = columnsOf(table.tBodies[0].rows[0]);
  return lines.map((cells, number) => {
    const full = start.row + number >= Number(table.dataset.maxRows);
    return cells.map((text, column) => {
      const place = heads ? heads[column] : start.column + column;
      if (place < 0 || place >= model.length) return text.trim() ? { text, why: "column" } : null;
      if (full) return { text, why: "rows" };
      return text.trim() ? { place, given: text, ...read(text, model[place], unit) } : null;
    });
  });
};

const draw = (dialog, table, plan) => {
  const body = dialog.querySelector("tbody");
  body.replaceChildren();
  let [good, bad] = [0, 0];
  plan.forEach((cells, number) => {
    const row = body.insertRow();
    row.insertCell().textContent = number + 1;
    for (const cell of cells) {
      const shown = row.insertCell();
      if (!cell) continue;
      shown.textContent = cell.why ? (cell.given ?? cell.text) : (cell.note ?? cell.text);
      if (cell.why) {
        const why = document.createElement("span");
        why.className = "e fail";
        why.textContent = word(`why_${cell.why}`, { n: cell.most ?? table.dataset.maxRows });
        shown.append(document.createElement("br"), why);
        bad += 1;
      } else good += 1;
    }
  });
  dialog.querySelector("[data-counts]").textContent = word(bad ? "pasted_some" : "pasted_all", { good, bad });
  dialog.querySelector("[value=fill]").disabled = !good;
};

const fill = (table, start, plan) => {
  plan.forEach((cells, number) => {
    const usable = cells.filter((cell) => cell && !cell.why);
    const row = usable.length ? rowAt(table, start.row + number) : null;
    if (!row) return;
    for (const cell of usable) {
      const control = columnsOf(row)[cell.place];
      control.value = cell.text;
      control.dispatchEvent(new Event("input", { bubbles: true }));
    }
  });
};

const offerUndo = (box, before) => {
  box.querySelector("[data-undo-paste]")?.remove();
  const note = document.getElementById("pasted").content.firstElementChild.cloneNode(true);
  note.querySelector("button").addEventListener("click", () => {
    write(box, before);
    note.remove();
    box.querySelector("[name]").dispatchEvent(new Event("input", { bubbles: true }));
    box.querySelector("[name=more_rows]").focus();
  });
  box.append(note);
};

const look = (table, start, rows) => {
  const dialog = document.getElementById("paste");
  const unit = dialog.querySelector("[data-unit]");
  const box = table.closest("[data-field]");
  const controller = new AbortController();
  const { signal } = controller;
  let plan = [];
  const show = () => {
    plan = planned(table, rows, start, Number(unit.value));
    draw(dialog, table, plan);
  };
  unit.addEventListener("change", show, { signal });
  dialog.addEventListener("close", () => {
    controller.abort();
    if (dialog.returnValue !== "fill") return;
    const before = inputsOf(box);
    fill(table, start, plan);
    offerUndo(box, before);
  }, { signal });
  dialog.returnValue = "";
  show();
  dialog.showModal();
};

const onPaste = (event) => {
  const table = event.target.closest("table[data-grid]");
  const text = event.clipboardData?.getData("text/plain").replace(/\r?\n$/, "") ?? "";
  const block = text.includes("\t") || (text.includes("\n") && !event.target.matches("textarea"));
  if (!table || !event.target.name || !block) return;
  event.preventDefault();
  const row = event.target.closest("tr");
  look(table, { row: [...table.tBodies[0].rows].indexOf(row), column: columnsOf(row).indexOf(event.target) }, parse(text));
};

export const startPasting = (form) => form.addEventListener("paste", onPaste);
