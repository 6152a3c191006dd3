// Files are sent as soon as they are chosen: a bar for each, the reason when one is refused, another try when the way was cut.
"use strict";
import { piece, word } from "./words.js";

let running = 0;
let waiting = [];

export const uploading = () => running > 0;

export const uploadsDone = () => new Promise((resolve) => (running ? waiting.push(resolve) : resolve()));

const ended = () => {
  running -= 1;
  if (running) return;
  waiting.forEach((resolve) => resolve());
  waiting = [];
};

// Why a file need not even be sent; "" if it may.
const wrong = (box, file) => {
  const types = box.dataset.types.split(" ");
  const kind = file.name.split(".").pop().toLowerCase().replace("jpeg", "jpg");
  if (!types.includes(kind)) return word("file_type", { types: types.join(", ").toUpperCase() });
  if (file.size > Number(box.dataset.maxMb) * 1024 * 1024) return word("file_size", { size: (file.size / 1048576).toFixed(1), most: box.dataset.maxMb });
  return file.size ? "" : word("file_empty");
};

const answerOf = (request) => {
  try {
    return JSON.parse(request.responseText);
  } catch {
    return null;
  }
};

const send = (form, box, file, line, lost) => {
  const [bar, said, again] = ["progress", "[data-said]", "[data-again]"].map((one) => line.querySelector(one));
  const request = new XMLHttpRequest();
  const body = new FormData();
  body.append(box.querySelector("input[type=file]").name, file);
  const failed = (text, retry) => {
    said.textContent = text;
    line.classList.add("refused");
    bar.hidden = true;
    again.hidden = !retry;
    ended();
  };
  request.upload.addEventListener("progress", (event) => {
    bar.value = event.lengthComputable ? event.loaded / event.total : 0;
    said.textContent = bar.value < 1 ? `${Math.floor(bar.value * 100)}%` : word("file_checking");
  });
  request.addEventListener("load", () => {
    const told = answerOf(request);
    if (request.status === 200 && told) {
      box.querySelector("[data-files]").innerHTML = told.list;
      line.remove();
      ended();
      return;
    }
    if (request.status === 422 && told) return void failed(told.refused, false);
    failed(word(request.status === 403 || request.status === 404 ? "locked" : "file_lost"), true);
    if (request.status < 500) lost();
  });
  for (const event of ["error", "timeout", "abort"]) request.addEventListener(event, () => failed(word("file_lost"), true));
  request.open("POST", box.dataset.upload);
  request.setRequestHeader("X-CSRFToken", form.elements.csrf_token.value);
  running += 1;
  line.classList.remove("refused");
  bar.hidden = false;
  again.hidden = true;
  request.send(body);
};

const start = (form, box, file, lost) => {
  const line = piece("upload");
  line.querySelector("[data-name]").textContent = file.name;
  line.querySelector("progress").setAttribute("aria-label", file.name);
  box.querySelector("[data-uploads]").append(line);
  line.querySelector("[data-drop]").addEventListener("click", () => line.remove());
  line.querySelector("[data-again]").addEventListener("click", () => send(form, box, file, line, lost));
  const why = wrong(box, file);
  if (!why) return send(form, box, file, line, lost);
  line.querySelector("[data-said]").textContent = why;
  line.querySelector("progress").hidden = true;
  line.classList.add("refused");
  return undefined;
};

// ``lost`` is called when the server no longer takes files from this page: the session may have ended.
export const startUploads = (form, lost) => {
  for (const box of form.querySelectorAll("[data-upload]")) {
    const input = box.querySelector("input[type=file]");
    input.addEventListener("change", () => {
      const files = [...input.files];
      input.value = "";
      box.querySelectorAll("[data-uploads] .refused").forEach((line) => line.remove());
      files.forEach((file) => start(form, box, file, lost));
    });
  }
};
