// Pages of answers: draws the charts from the JSON beside them, and makes filter lists searchable.
// Without this file everything but the charts works.
"use strict";

const plotlyAddress = document.currentScript.dataset.plotly;

// --- Charts -------------------------------------------------------------------------------------------------------

let plotly = null; // a promise, so that all charts wait for the one library

function loadPlotly() {
    plotly ??= new Promise((resolve, reject) => {
        const script = document.createElement("script");
        script.src = plotlyAddress;
        script.onload = () => resolve(window.Plotly);
        script.onerror = () => {
            script.remove();
            plotly = null; // so that a retry loads it anew
            reject(new Error("plotly.js did not load"));
        };
        document.head.append(script);
    });
    return plotly;
}

/** A copy of `part` with every `var(--name)` replaced by what the page's style sheet says now. */
function coloured(part, style) {
    if (typeof part === "string") {
        return part.replace(/var\((--[\w-]+)\)/g, (_, name) => style.getPropertyValue(name).trim());
    }
    if (Array.isArray(part)) {
        return part.map((each) => coloured(each, style));
    }
    if (part && typeof part === "object") {
        return Object.fromEntries(Object.entries(part).map(([name, each]) => [name, coloured(each, style)]));
    }
    return part;
}

/** What only the width of the window decides: on a phone smaller type, no scale beside, names aslant. */
function fitted({ data, layout }, width) {
    if (width >= 420) {
        return [data, layout];
    }
    const small = { ...layout, margin: { ...layout.margin, l: 32, r: 8 }, font: { ...layout.font, size: 11 } };
    if (small.xaxis?.ticktext) {
        small.xaxis = { ...small.xaxis, tickangle: -40 };
    }
    return [data.map((trace) => (trace.type === "heatmap" ? { ...trace, showscale: false } : trace)), small];
}

const CONFIG = { displayModeBar: false, responsive: true, showTips: false, doubleClick: false };

async function draw(plot) {
    const area = plot.querySelector(".plot-area");
    const failed = plot.querySelector(".plot-failed");
    failed.hidden = true;
    try {
        const figure = JSON.parse(plot.querySelector('script[type="application/json"]').textContent);
        const library = await loadPlotly();
        const style = getComputedStyle(document.documentElement);
        area.querySelector(".plot-waiting")?.remove();
        await library.react(area, ...fitted(coloured(figure, style), area.clientWidth), CONFIG);
        area.hidden = false;
        if (!plot.dataset.drawn) {
            plot.dataset.drawn = "true";
            followClicks(area);
        }
    } catch (error) {
        console.warn("A chart could not be drawn:", error);
        area.hidden = true;
        failed.hidden = false;
    }
}

/** A click on a point leads to what is behind it; the table's links are the same for the keyboard. */
function followClicks(area) {
    const link = (event) => event.points?.[0]?.customdata?.[0] || "";
    area.on("plotly_click", (event) => {
        const address = link(event);
        if (address.startsWith("/")) {
            window.location.assign(address);
        }
    });
    area.on("plotly_hover", (event) => area.classList.toggle("leads-on", Boolean(link(event))));
    area.on("plotly_unhover", () => area.classList.remove("leads-on"));
}

const plots = [...document.querySelectorAll("[data-plot]")];

/** Charts below the fold are drawn when they come into view, or when the page is printed. */
const watcher = new IntersectionObserver(
    (entries) => {
        for (const entry of entries.filter((each) => each.isIntersecting)) {
            watcher.unobserve(entry.target);
            draw(entry.target);
        }
    },
    { rootMargin: "400px" },
);

for (const plot of plots) {
    watcher.observe(plot);
    plot.querySelector("[data-retry]").addEventListener("click", () => draw(plot));
}

function redraw() {
    plots.filter((plot) => plot.dataset.drawn).forEach(draw);
}

new MutationObserver(redraw).observe(document.documentElement, { attributeFilter: ["class"] });
window.addEventListener("beforeprint", () => plots.forEach(draw));

// --- Filter lists -------------------------------------------------------------------------------------------------

const pickers = [...document.querySelectorAll("details.pick")];

function closeOthers(kept) {
    pickers.filter((picker) => picker !== kept).forEach((picker) => (picker.open = false));
}

for (const picker of pickers) {
    picker.addEventListener("toggle", () => {
        if (picker.open) {
            closeOthers(picker);
            picker.querySelector(".pick-search")?.focus();
        }
    });
    picker.addEventListener("keydown", (event) => {
        if (event.key === "Escape" && picker.open) {
            picker.open = false;
            picker.querySelector("summary").focus();
        }
    });
    const search = picker.querySelector(".pick-search");
    if (search) {
        makeSearchable(search, [...picker.querySelectorAll(".pick-options label")]);
    }
}

function makeSearchable(search, labels) {
    search.hidden = false;
    search.addEventListener("input", () => {
        const wanted = plain(search.value);
        for (const label of labels) {
            label.hidden = !plain(label.textContent).includes(wanted);
        }
    });
    search.addEventListener("keydown", (event) => {
        if (event.key === "Enter") {
            event.preventDefault(); // Enter in the search takes the one that is left, rather than sending the form
            const left = labels.filter((label) => !label.hidden);
            if (left.length === 1) {
                left[0].querySelector("input").click();
            }
        }
    });
}

/** Lower case without accents, so that "hermes" finds "Hermès". */
function plain(text) {
    return text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase().trim();
}

document.addEventListener("click", (event) => {
    closeOthers(event.target.closest("details.pick"));
});

for (const day of document.querySelectorAll('.pick-days input[type="date"]')) {
    day.addEventListener("input", () => {
        day.closest(".pick-panel").querySelector('input[value="custom"]').checked = true;
    });
}
