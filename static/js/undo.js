// The bar that takes the last step back: counts down, and closes itself when the time is over.
"use strict";

document.querySelectorAll("form.undo").forEach((bar) => {
  const clock = bar.querySelector("[data-clock]");
  const end = performance.now() + Number(bar.dataset.left) * 1000;
  const tick = () => {
    const left = Math.max(0, Math.ceil((end - performance.now()) / 1000));
    clock.textContent = `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`;
    if (left > 0) return;
    window.clearInterval(timer);
    bar.querySelector("button").disabled = true;
    clock.textContent = bar.dataset.over;
  };
  const timer = window.setInterval(tick, 500);
  tick();
});
