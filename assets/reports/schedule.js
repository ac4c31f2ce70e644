// The form of a schedule: hides what does not matter for the chosen rhythm, and shows beside it what it leads to.
"use strict";

const PAUSE = 350; // milliseconds without a change, after which the shop is asked
const box = document.getElementById("foreseen");
const form = document.querySelector("input[name=every]")?.form;
let waiting = 0;
let asked = 0;

function showWhatMatters() {
    const chosen = form.querySelector("input[name=every]:checked")?.value;
    for (const field of form.querySelectorAll("[data-only]")) {
        field.closest(".field").hidden = field.dataset.only !== chosen;
    }
}

async function foresee() {
    const mine = ++asked;
    const answer = await fetch(box.dataset.address, { method: "POST", body: new FormData(form) }).catch(() => null);
    if (!answer?.ok || mine !== asked) return; // what stands there is of a moment ago; saving tells what is wrong
    const text = await answer.text();
    if (mine === asked) box.innerHTML = text;
}

function changed() {
    showWhatMatters();
    clearTimeout(waiting);
    waiting = setTimeout(foresee, PAUSE);
}

// The searchable select is drawn by a library that does not tie the field's label to what it draws.
function nameSearchable(select) {
    const drawn = select.parentElement.querySelector(".select2-selection");
    const label = document.getElementById(`${select.id}_label`);
    if (drawn && label) drawn.setAttribute("aria-labelledby", `${label.id} ${drawn.getAttribute("aria-labelledby") ?? ""}`);
}

if (form && box?.dataset.address) {
    showWhatMatters();
    form.addEventListener("input", changed);
    const library = window.django?.jQuery;
    library?.(form).on("change", changed); // it tells of choices by events of its own only
    library?.(() => form.querySelectorAll("select.select2-hidden-accessible").forEach(nameSearchable)); // once drawn
}
