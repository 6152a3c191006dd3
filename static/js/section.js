// One section of a long form: what was typed is saved by itself, brought back after a failure, and never sent by accident.
"use strict";
import { Autosave } from "./autosave.js";
import { boxOf, inputsOf, nameOf, sameInputs, write } from "./fields.js";
import { startGrids } from "./grid.js";
import { forget, forgetOld, kept } from "./keeping.js";
import { startPasting } from "./paste.js";
import { startUploads, uploading, uploadsDone } from "./uploads.js";
import { piece, word } from "./words.js";

const form = document.querySelector("form[data-section]");
const autosave = new Autosave(form);

// What was typed before the connection, the session or the page was lost.
const bringBack = () => {
  forgetOld();
  const names = [];
  for (const [name, one] of Object.entries(kept(form))) {
    const box = boxOf(form, name);
    if (!box || sameInputs(inputsOf(box), one.inputs)) {
      forget(form, name);
      continue;
    }
    write(box, one.inputs);
    autosave.changed(name, one.seen);
    names.push(box.querySelector("label, legend").firstChild.textContent.trim());
  }
  if (!names.length) return;
  const note = piece("restored");
  note.querySelector("[data-names]").textContent = names.join(", ");
  form.before(note);
};

// What somebody typed before this script was there.
const catchUp = () => {
  const before = (list) => ([...list.options].find((option) => option.defaultSelected) ?? list.options[0]).value;
  const differs = (one) => {
    if (one.type === "checkbox" || one.type === "radio") return one.checked !== one.defaultChecked;
    return one.value !== (one.tagName === "SELECT" ? before(one) : one.defaultValue);
  };
  const typed = [...form.querySelectorAll("[data-field] :is(input, select, textarea)[name]")].filter((one) => one.type !== "file" && differs(one));
  for (const name of new Set(typed.map(nameOf))) autosave.changed(name);
};

const onChange = (event) => {
  const name = nameOf(event.target);
  if (name && event.target.name && event.target.type !== "file") autosave.changed(name);
};

// Enter in a line of a long form is no wish to send it; in mid-composition it only ends the syllable.
const onKey = (event) => {
  if (event.key !== "Enter" && event.keyCode !== 229) return;
  const lines = "input:not([type=checkbox]):not([type=radio]):not([type=file])";
  if (event.target.matches(lines)) event.key === "Enter" && event.preventDefault();
};

// A button saves what is still open first, so that it never carries away less than the screen shows.
const onSubmit = async (event) => {
  if (!autosave.unsaved && !uploading()) {
    autosave.leaving = true;
    return;
  }
  event.preventDefault();
  if (uploading()) form.querySelector("[data-saved]").textContent = word("file_wait");
  await uploadsDone();
  if (await autosave.save()) form.requestSubmit(event.submitter);
  else form.querySelector("[data-clash]")?.scrollIntoView({ block: "center" });
};

form.addEventListener("input", onChange);
form.addEventListener("keydown", onKey);
form.addEventListener("submit", onSubmit);
startGrids(form, (name) => autosave.changed(name));
startPasting(form);
startUploads(form, () => autosave.stranger());
window.addEventListener("beforeunload", (event) => uploading() && event.preventDefault());
catchUp();
bringBack();
