// The sheet beside a report: what it looks like as it stands, asked anew when its form changes. The latest answer wins.
"use strict";

const form = document.getElementById("report"); // none for those who may only look
const preview = document.querySelector("[data-preview]");
const sheet = preview.querySelector("[data-sheet]");
const trouble = preview.querySelector("[data-trouble]");
const PAUSE = 500; // milliseconds without a change
const NARROW = 480; // pixels below which pictures are drawn for a phone
let asked = null; // what aborts the question that is under way
let waiting = 0;

function showSoon() {
    preview.setAttribute("aria-busy", "true");
    clearTimeout(waiting);
    waiting = setTimeout(show, PAUSE);
}

async function show() {
    clearTimeout(waiting);
    asked?.abort();
    const mine = (asked = new AbortController());
    preview.setAttribute("aria-busy", "true");
    try {
        put(await answer(mine.signal));
    } catch (error) {
        if (mine === asked) {
            fail(error instanceof Refusal ? error.message : "The shop does not answer.");
        }
    }
}

class Refusal extends Error {}

async function answer(signal) {
    const width = sheet.clientWidth < NARROW ? "?width=narrow" : "";
    const body = form ? { method: "POST", body: new FormData(form) } : {};
    const found = await fetch(preview.dataset.preview + width, { ...body, signal });
    if (found.redirected || found.status === 403) {
        throw new Refusal("You are signed out, or may not see this any more. Sign in again in another window.");
    }
    if (!found.ok) {
        throw new Refusal("The preview could not be made: a fault of the shop's own. Its log has the details.");
    }
    return found.text();
}

function put(html) {
    const top = sheet.scrollTop;
    sheet.innerHTML = html;
    sheet.scrollTop = top;
    trouble.hidden = true;
    preview.setAttribute("aria-busy", "false");
    say(sheet.querySelector(".sheet-troubles") ? "Something is not right yet" : "As you may see it");
}

function fail(message) {
    trouble.querySelector("[data-message]").textContent = message;
    trouble.hidden = false;
    preview.setAttribute("aria-busy", "false");
    say("Out of date");
}

/** Told only when it is something new, so that nobody hears the same after every word they type. */
function say(words) {
    const state = preview.querySelector("[data-state]");
    if (state.textContent !== words) state.textContent = words;
}

/** Move the sheet, and nothing but the sheet, to what a section shows. */
function turnTo(key) {
    const part = sheet.querySelector(`[data-part="${key}"]`);
    if (part) {
        const behavior = matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth";
        sheet.scrollBy({ top: part.getBoundingClientRect().top - sheet.getBoundingClientRect().top - 16, behavior });
    }
}

trouble.querySelector("[data-again]").addEventListener("click", show);
show();
