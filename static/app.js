// Comfort only: every page works without this file.
"use strict";

const reading = (won) => {
  const parts = [];
  let rest = won;
  for (const [unit, name] of [[1e12, "조"], [1e8, "억"], [1e4, "만"]]) {
    const count = Math.floor(rest / unit);
    rest -= count * unit;
    if (count) parts.push(count.toLocaleString("ko-KR") + name);
  }
  if (rest) parts.push(rest.toLocaleString("ko-KR"));
  return won ? parts.join(" ") + " 원" : "";
};

const thousands = (text) => {
  const plain = text.normalize("NFKC").replace(/[,\s]/g, "");
  return /^\d{1,12}$/.test(plain) ? Number(plain) * 1000 : null;
};

const onInput = (event) => {
  const field = event.target;
  if (field.dataset.count) {
    const counter = document.querySelector(`[data-counter-for="${field.id}"]`);
    if (counter) counter.textContent = counter.textContent.replace(/^[\d,]+/, field.value.length.toLocaleString("ko-KR"));
  }
  if ("money" in field.dataset) {
    const shown = document.querySelector(`[data-reading-for="${field.id}"]`);
    const won = thousands(field.value);
    if (shown) shown.textContent = won === null ? "" : reading(won);
  }
  if ("score" in field.dataset) total();
};

const total = () => {
  const shown = document.querySelector("[data-score-total]");
  if (!shown) return;
  const scores = [...document.querySelectorAll("[data-score]")].map((field) => Number(field.value) || 0);
  shown.textContent = scores.reduce((sum, score) => sum + score, 0);
};

// Whoever signs out leaves nothing behind on a shared computer: what could not be saved is asked about once, then forgotten.
const onSubmit = (event) => {
  const { forgets: question, user } = event.target.dataset;
  if (question === undefined) return;
  const kept = Object.keys(localStorage).filter((key) => key.startsWith(`ieum:kept:${user}:`));
  if (kept.length && !window.confirm(question)) event.preventDefault();
  else kept.forEach((key) => localStorage.removeItem(key));
};

// In mid-composition Enter ends a Korean syllable; it never sends a form.
const onKey = (event) => {
  if (event.key === "Enter" && (event.isComposing || event.keyCode === 229) && event.target.matches("input")) event.preventDefault();
};

document.addEventListener("input", onInput);
document.addEventListener("shown", onInput);
document.addEventListener("submit", onSubmit);
document.addEventListener("keydown", onKey);
document.addEventListener("DOMContentLoaded", () => {
  const summary = document.querySelector("[data-focus]");
  if (summary) summary.focus();
  total();
});
