// Saving each field a moment after its last change. What cannot be saved stays on this device until it can.
"use strict";
import { askAgain, refreshToken, whoIsThere } from "./again.js";
import { hideClash, showClash } from "./clash.js";
import { boxOf, inputsOf, write } from "./fields.js";
import { forget, keep } from "./keeping.js";
import { word } from "./words.js";

const REST = 600;
const PATIENCE = 20_000;
const AGAIN = [3_000, 6_000, 15_000, 30_000];

export class Autosave {
  constructor(form) {
    this.form = form;
    this.seen = JSON.parse(form.elements.seen.value);
    this.changes = new Map();
    this.clashes = new Map();
    this.touched = new Set();
    this.failures = 0;
    this.renewed = false;
    this.timer = 0;
    this.running = null;
    window.addEventListener("online", () => this.save());
    document.addEventListener("visibilitychange", () => document.hidden && this.save());
    window.addEventListener("beforeunload", (event) => this.unsaved && !this.leaving && event.preventDefault());
  }

  get unsaved() {
    return this.changes.size > 0;
  }

  // A field was changed by hand (or brought back from this device, over an older revision).
  changed(name, seen = this.seen[name] ?? 0) {
    this.changes.set(name, (this.changes.get(name) ?? 0) + 1);
    this.touched.add(name);
    this.form.elements.touched.value = JSON.stringify([...this.touched]);
    this.note(name, seen);
    keep(this.form, name, inputsOf(boxOf(this.form, name)), seen);
    this.form.querySelector("[data-saved]").dataset.state = "writing";
    this.soon(REST);
  }

  soon(delay) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.save(), delay);
  }

  note(name, revision) {
    this.seen[name] = revision;
    this.form.elements.seen.value = JSON.stringify(this.seen);
  }

  say(state, values) {
    const status = this.form.querySelector("[data-saved]");
    status.dataset.state = state;
    const text = word(state, values);
    if (status.textContent !== text) status.textContent = text;
  }

  // Saves everything that can be saved; answers whether nothing is left.
  async save() {
    clearTimeout(this.timer);
    while (this.running) await this.running;
    const names = [...this.changes.keys()].filter((name) => !this.clashes.has(name));
    if (!names.length) return !this.unsaved;
    this.running = this.send(names);
    const sent = await this.running;
    this.running = null;
    if (sent && [...this.changes.keys()].some((name) => !this.clashes.has(name))) return this.save();
    return sent && !this.unsaved;
  }

  async send(names) {
    const counts = new Map(names.map((name) => [name, this.changes.get(name)]));
    const fields = Object.fromEntries(names.map((name) => [name, inputsOf(boxOf(this.form, name))]));
    const seen = Object.fromEntries(names.map((name) => [name, this.seen[name] ?? 0]));
    let answer = null;
    let told = null;
    try {
      answer = await this.post({ user: Number(this.form.dataset.user), fields, seen });
      if (answer.status === 200) told = await answer.json();
    } catch {
      return this.later(navigator.onLine ? "silent" : "offline");
    }
    if (told) return this.stored(told, counts);
    if (answer.status === 429 || answer.status >= 500) return this.later("silent");
    if (answer.status === 403 || answer.status === 404) return this.stop("locked");
    return this.stranger();
  }

  post(body) {
    return fetch(this.form.dataset.fields, {
      method: "POST",
      redirect: "manual",
      headers: { "Content-Type": "application/json", "X-CSRFToken": this.form.elements.csrf_token.value },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(PATIENCE),
    });
  }

  later(state) {
    this.say(state);
    this.soon(AGAIN[Math.min(this.failures++, AGAIN.length - 1)]);
    return false;
  }

  stop(state) {
    this.say(state);
    return false;
  }

  // Refused for who asks: the session ended, the token is old, or somebody else signed in meanwhile.
  async stranger() {
    const there = await whoIsThere(this.form.dataset.again);
    if (!there) return this.later("silent");
    if (String(there.user) === this.form.dataset.user) {
      if (this.renewed) return this.stop("refused");
      this.renewed = true;
      refreshToken(there.csrf_token);
      this.soon(0);
      return false;
    }
    this.say("expired");
    askAgain(this.form, () => this.save());
    return false;
  }

  stored(told, counts) {
    this.failures = 0;
    this.renewed = false;
    for (const [name, revision] of Object.entries(told.revisions)) this.note(name, revision);
    for (const clash of told.clashes) this.clash(clash);
    for (const [name, count] of counts) {
      if (this.clashes.has(name)) continue;
      if (this.changes.get(name) !== count) {
        keep(this.form, name, inputsOf(boxOf(this.form, name)), this.seen[name] ?? 0);
        continue;
      }
      this.changes.delete(name);
      forget(this.form, name);
    }
    if (this.clashes.size) this.say("clash", { n: this.clashes.size });
    else if (!this.unsaved) this.say("saved", { at: told.saved });
    return true;
  }

  clash(clash) {
    this.clashes.set(clash.field, clash);
    showClash(this.form, clash, (side) => {
      this.clashes.delete(clash.field);
      this.note(clash.field, clash.revision);
      if (side === "stored") this.take(clash);
      else this.changed(clash.field);
      this.save();
    });
  }

  take(clash) {
    const box = boxOf(this.form, clash.field);
    write(box, clash.inputs);
    this.changes.delete(clash.field);
    forget(this.form, clash.field);
    hideClash(this.form, clash.field);
    if (!this.clashes.size) this.form.querySelector("[data-saved]").textContent = "";
    box.querySelector("input, select, textarea")?.focus();
  }
}
