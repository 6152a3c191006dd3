// Signing in again without leaving the page: a window over it, then a fresh token in every form.
"use strict";
import { word } from "./words.js";

export const refreshToken = (token) => {
  for (const one of document.querySelectorAll('input[name="csrf_token"]')) one.value = token;
};

// {user, csrf_token}: who is signed in now; null when the server cannot be reached.
export const whoIsThere = async (address) => {
  try {
    const answer = await fetch(address, { headers: { Accept: "application/json" }, cache: "no-store" });
    return answer.ok ? await answer.json() : null;
  } catch {
    return null;
  }
};

// Opens the window once; ``done`` is called when this very person is signed in again.
export const askAgain = (form, done) => {
  const dialog = document.getElementById("again");
  if (dialog.open) return;
  const trouble = dialog.querySelector("[data-trouble]");
  const password = dialog.querySelector("#again-password");
  const say = (text) => {
    trouble.textContent = text;
    trouble.hidden = !text;
  };
  const back = (there) => {
    if (!there || String(there.user) !== form.dataset.user) return false;
    refreshToken(there.csrf_token);
    dialog.close();
    done();
    return true;
  };
  const look = async () => {
    const there = await whoIsThere(form.dataset.again);
    if (!back(there) && there && there.user) say(word("another", { name: form.dataset.name }));
  };
  const sign = async (event) => {
    event.preventDefault();
    const there = await whoIsThere(form.dataset.again);
    if (!there) return say(word("unreachable"));
    if (back(there)) return undefined;
    const sent = new URLSearchParams({ csrf_token: there.csrf_token, email: dialog.querySelector("#again-email").value, password: password.value });
    let answer = null;
    try {
      answer = await fetch(form.dataset.signIn, { method: "POST", body: sent, redirect: "manual" });
    } catch {
      return say(word("unreachable"));
    }
    password.value = "";
    const now = await whoIsThere(form.dataset.again);
    if (back(now)) return undefined;
    if (now && now.user) return say(word("another", { name: form.dataset.name }));
    return say(word(answer.type === "opaqueredirect" ? "more" : "wrong"));
  };
  const controller = new AbortController();
  const { signal } = controller;
  dialog.querySelector("form").addEventListener("submit", sign, { signal });
  dialog.querySelector("[data-later]").addEventListener("click", () => dialog.close(), { signal });
  window.addEventListener("focus", look, { signal });
  dialog.addEventListener("close", () => controller.abort(), { signal });
  say("");
  dialog.showModal();
  password.focus();
};
