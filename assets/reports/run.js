// Follows a run while it is made and mailed, and draws the page anew when its state changes. Copies digests.
"use strict";

const box = document.getElementById("run-standing");
const every = Number(box.dataset.every);

async function look() {
    const answer = await fetch(box.dataset.progress, { headers: { Accept: "application/json" } }).catch(() => null);
    if (!answer) return setTimeout(look, every * 5); // the line is down, or the shop restarts
    if (!answer.ok) return location.reload();
    const standing = await answer.json();
    if (standing.mark !== box.dataset.mark) return location.reload();
    box.querySelector("[data-warning]").textContent = standing.warning;
    if (standing.steps) show(standing);
    setTimeout(look, every);
}

function show(standing) {
    const bar = box.querySelector("progress");
    if (!bar) return;
    bar.max = standing.steps;
    bar.value = standing.steps_done;
    box.querySelector("[data-steps]").textContent = `${standing.steps_done} of ${standing.steps} files`;
}

function offerCopying(button) {
    button.hidden = false;
    button.addEventListener("click", async () => {
        await navigator.clipboard.writeText(button.dataset.copy);
        button.textContent = "Copied";
    });
}

if (every) setTimeout(look, every);
if (navigator.clipboard) document.querySelectorAll("[data-copy]").forEach(offerCopying);
