// The shell uncovers the page after the browser has looked for what to focus first.
"use strict";

addEventListener("load", () => document.querySelector("[autofocus]").focus());
