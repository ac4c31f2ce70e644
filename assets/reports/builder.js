// The builder of reports: sections that are added, moved and taken away, and lists to tick. sheet.js shows the outcome.
// The form itself is plain: what stands in it when it is sent is what is saved, in the order it stands in.
"use strict";

const list = form.querySelector("[data-sections]");
const said = form.querySelector("[data-said]");
const dirty = form.querySelector("[data-dirty]");
const values = JSON.parse(document.getElementById("filter-values").textContent);
let isChanged = "changed" in dirty.dataset;

function changed() {
    isChanged = true;
    dirty.textContent = dirty.dataset.words;
    showSoon();
}

// --- Sections -------------------------------------------------------------------------------------------------------

const sections = () => [...list.children];
const staying = () => sections().filter((section) => !section.classList.contains("is-removed"));
const titleOf = (section) => section.querySelector("[data-title]").textContent;

/** Numbers, names for those who hear them, what can be moved where, and which filters all may share. */
function number() {
    const here = staying();
    here.forEach((section, place) => {
        section.querySelector("[data-place]").textContent = place + 1;
        section.querySelector('[data-act="up"]').disabled = place === 0;
        section.querySelector('[data-act="down"]').disabled = place === here.length - 1;
    });
    const known = new Set(here.flatMap((section) => section.dataset.knows.split(" ")));
    for (const pick of form.querySelectorAll("[data-shared] .pick")) {
        pick.hidden = !known.has(pick.dataset.filter) && !pick.querySelector("input:checked");
    }
}

function freshKey() {
    const taken = new Set(sections().map((section) => section.dataset.section));
    let count = 1;
    while (taken.has(`new${count}`)) count += 1;
    return `new${count}`;
}

/** The card of section `key`, made by the shop from what is typed under `like`. */
async function card(key, like) {
    const typed = new FormData();
    typed.set("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value);
    typed.set("key", key);
    for (const [name, value] of new FormData(form)) {
        if (like && name.startsWith(`section-${like}-`)) {
            typed.append(name.replace(`section-${like}-`, `section-${key}-`), value);
        }
    }
    const found = await fetch(form.dataset.sectionUrl, { method: "POST", body: typed });
    if (!found.ok || found.redirected) {
        throw new Error(`${found.status}`);
    }
    const made = document.createElement("template");
    made.innerHTML = await found.text();
    return made.content.querySelector("[data-section]");
}

async function withCard(key, like, use) {
    try {
        use(await card(key, like));
    } catch {
        return fail("The shop does not answer. Nothing of what you typed is lost.");
    }
    number();
    changed();
}

function add() {
    withCard(freshKey(), "", (made) => {
        list.append(made);
        made.querySelector("select").focus();
        made.scrollIntoView({ block: "nearest" });
        said.textContent = "A section was added. Choose its question.";
    });
}

function duplicate(section) {
    withCard(freshKey(), section.dataset.section, (made) => {
        section.after(made);
        (made.querySelector('[name$="-heading"]') ?? made.querySelector("select")).focus();
        said.textContent = `“${titleOf(section)}” was duplicated.`;
    });
}

function ask(section) {
    const name = section.querySelector("select").name;
    withCard(section.dataset.section, section.dataset.section, (made) => {
        section.replaceWith(made);
        made.querySelector(`[name="${name}"]`).focus();
    });
}

function move(section, direction, button) {
    const here = staying();
    const other = here[here.indexOf(section) + direction];
    if (!other) return;
    direction < 0 ? other.before(section) : other.after(section);
    settle(section);
    (button.disabled ? section.querySelector(`[data-act="${direction < 0 ? "down" : "up"}"]`) : button).focus();
}

function settle(section) {
    number();
    changed();
    said.textContent = `“${titleOf(section)}” is now in place ${staying().indexOf(section) + 1} of ${staying().length}.`;
}

function remove(section, isGone) {
    section.classList.toggle("is-removed", isGone);
    section.querySelector("[data-removed]").value = isGone ? "yes" : "";
    section.querySelector(`[data-act="${isGone ? "undo" : "remove"}"]`).focus();
    said.textContent = `“${titleOf(section)}” ${isGone ? "goes when you save" : "stays"}.`;
    number();
    changed();
}

function open(section, isOpen) {
    section.querySelector(".section-toggle").setAttribute("aria-expanded", isOpen);
    section.querySelector(".section-body").hidden = !isOpen;
}

const acts = {
    up: (section, button) => move(section, -1, button),
    down: (section, button) => move(section, 1, button),
    duplicate,
    remove: (section) => remove(section, true),
    undo: (section) => remove(section, false),
};

list.addEventListener("click", (event) => {
    const section = event.target.closest("[data-section]");
    const button = event.target.closest("button");
    if (button?.dataset.act) {
        acts[button.dataset.act](section, button);
    } else if (button?.classList.contains("section-toggle")) {
        const isOpening = button.getAttribute("aria-expanded") === "false";
        open(section, isOpening);
        if (isOpening) turnTo(section.dataset.section);
    }
});
form.querySelector("[data-add]").addEventListener("click", add);

// --- Moving by mouse, beside the buttons ----------------------------------------------------------------------------

let dragged = null;
list.addEventListener("dragstart", (event) => {
    dragged = event.target.closest("[data-section]");
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setDragImage(dragged, 16, 16);
    dragged.classList.add("is-dragged");
});
list.addEventListener("dragover", (event) => {
    const over = event.target.closest("[data-section]");
    if (!dragged || !over) return;
    event.preventDefault();
    const box = over.getBoundingClientRect();
    const isAbove = event.clientY < box.top + box.height / 2;
    if (over !== dragged) isAbove ? over.before(dragged) : over.after(dragged);
});
list.addEventListener("dragend", () => {
    dragged.classList.remove("is-dragged");
    settle(dragged);
    dragged = null;
});

// --- Lists to tick --------------------------------------------------------------------------------------------------

/** Lower case without accents, so that "hermes" finds "Hermès". */
const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase().trim();
const MANY = 8;

function fill(pick) {
    if (!("more" in pick.dataset)) return;
    delete pick.dataset.more;
    const options = pick.querySelector(".pick-options");
    const there = new Map([...options.querySelectorAll("input")].map((input) => [input.value, input.parentElement]));
    const made = (values[pick.dataset.filter] ?? []).map(([value, name]) => there.get(value) ?? option(pick, value, name));
    options.append(...made); // those that are there already move to their place
    pick.querySelector(".pick-search").hidden = made.length <= MANY;
}

function option(pick, value, name) {
    const label = document.createElement("label");
    const input = document.createElement("input");
    Object.assign(input, { type: "checkbox", name: pick.dataset.name, value });
    label.append(input, ` ${name}`);
    return label;
}

function summarise(pick) {
    const chosen = [...pick.querySelectorAll(".pick-options input:checked")];
    if ("counts" in pick.dataset) {
        const all = pick.querySelectorAll(".pick-options input").length;
        pick.querySelector("[data-chosen]").textContent =
            chosen.length && chosen.length < all ? `${chosen.length} of ${all}` : "All";
        return;
    }
    const more = chosen.length > 1 ? ` +${chosen.length - 1}` : "";
    pick.querySelector("[data-chosen]").textContent = chosen.length ? chosen[0].parentElement.textContent.trim() + more : "";
}

function close(pick) {
    if (pick.contains(document.activeElement)) pick.querySelector("summary").focus();
    pick.open = false;
}

form.addEventListener("toggle", (event) => {
    const pick = event.target;
    if (!pick.matches(".pick") || !pick.open) return;
    fill(pick);
    form.querySelectorAll(".pick[open]").forEach((other) => (other.open = other === pick));
    const search = pick.querySelector(".pick-search");
    (search.hidden ? pick.querySelector(".pick-options input") : search)?.focus();
}, true); // toggle does not bubble
form.addEventListener("keydown", (event) => {
    const pick = event.target.closest(".pick[open]");
    if (pick && event.key === "Escape") close(pick);
    if (pick && event.key === "Enter" && event.target.matches("input")) {
        event.preventDefault(); // Enter takes the one that is left, rather than saving the report
        const left = pick.querySelectorAll(".pick-options label:not([hidden]) input");
        if (left.length === 1) left[0].click();
    }
});
document.addEventListener("click", (event) => {
    const inside = event.target.closest(".pick");
    form.querySelectorAll(".pick[open]").forEach((pick) => pick === inside || (pick.open = false));
    if (event.target.matches("[data-close]")) close(inside);
});

// --- What is typed --------------------------------------------------------------------------------------------------

form.addEventListener("input", (event) => {
    const { target } = event;
    if (target.matches(".pick-search")) {
        for (const label of target.parentElement.querySelectorAll(".pick-options label")) {
            label.hidden = !plain(label.textContent).includes(plain(target.value));
        }
        return;
    }
    const section = target.closest("[data-section]");
    if (section && target.name.endsWith("-heading")) {
        const question = section.querySelector(".section-name small")?.textContent;
        section.querySelectorAll("[data-title]").forEach((title) => (title.textContent = target.value.trim() || question));
    }
    if (target.closest(".pick")) summarise(target.closest(".pick"));
    if (target.name?.endsWith("-analysis")) ask(section);
    else changed();
});

// A link to what is wrong opens the card it is in.
form.querySelector("[data-troubles]")?.addEventListener("click", (event) => {
    const field = event.target.hash && document.getElementById(event.target.hash.slice(1));
    if (!field) return;
    event.preventDefault();
    const section = field.closest("[data-section]");
    if (section) open(section, true);
    field.closest("details.more")?.setAttribute("open", "");
    field.focus();
    field.scrollIntoView({ block: "center" });
});
form.querySelector("[data-troubles]")?.focus();

// Saving leaves people where they were: the same cards open, the page as far down.
const PLACE = `builder ${location.pathname}`;

form.addEventListener("submit", () => {
    isChanged = false;
    const places = staying().flatMap((section, place) => (section.querySelector(".section-body").hidden ? [] : [place]));
    sessionStorage.setItem(PLACE, JSON.stringify({ places, top: scrollY }));
});

function comeBack() {
    const { places = [], top = 0 } = JSON.parse(sessionStorage.getItem(PLACE) ?? "{}");
    sessionStorage.removeItem(PLACE);
    places.forEach((place) => staying()[place] && open(staying()[place], true));
    if (!form.querySelector("[data-troubles]")) scrollTo(0, top);
}

window.addEventListener("beforeunload", (event) => {
    if (isChanged) event.preventDefault();
});
number();
comeBack();
