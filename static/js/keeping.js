// What could not be saved yet, kept on this device: apart for each person, case and section, and for a week at most.
"use strict";

const PREFIX = "ieum:kept:";
const DAYS = 7;

const keyOf = (form) => `${PREFIX}${form.dataset.user}:${form.dataset.section}`;

const readAll = (key) => {
  try {
    return JSON.parse(localStorage.getItem(key)) || {};
  } catch {
    return {};
  }
};

const writeAll = (key, all) => {
  try {
    if (Object.keys(all).length) localStorage.setItem(key, JSON.stringify(all));
    else localStorage.removeItem(key);
    return true;
  } catch {
    return false;
  }
};

// { field: { inputs, seen, at } }
export const kept = (form) => readAll(keyOf(form));

export const keep = (form, name, inputs, seen) => {
  const all = readAll(keyOf(form));
  all[name] = { inputs, seen, at: Date.now() };
  return writeAll(keyOf(form), all);
};

export const forget = (form, name) => {
  const all = readAll(keyOf(form));
  delete all[name];
  writeAll(keyOf(form), all);
};

export const forgetOld = () => {
  for (const key of Object.keys(localStorage).filter((one) => one.startsWith(PREFIX))) {
    const all = readAll(key);
    const young = Object.entries(all).filter(([, one]) => Date.now() - one.at < DAYS * 86_400_000);
    writeAll(key, Object.fromEntries(young));
  }
};
