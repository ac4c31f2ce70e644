// Follows an import while it is read: a look every second, and the whole page anew when its state changes.
"use strict";

const box = document.getElementById("intake-standing");

async function look() {
    const answer = await fetch(box.dataset.progress, { headers: { Accept: "application/json" } });
    if (!answer.ok) return location.reload();
    const standing = await answer.json();
    if (standing.state !== box.dataset.state) return location.reload();
    box.querySelector("[data-label]").textContent = standing.label;
    box.querySelector("[data-warning]").textContent = standing.warning;
    const bar = box.querySelector("progress");
    bar.max = Math.max(standing.rows_expected, standing.rows, 1);
    bar.value = standing.rows;
    box.querySelector("[data-rows]").textContent = standing.rows.toLocaleString("en-US");
    setTimeout(look, 1000);
}

if (box) setTimeout(look, 1000);
