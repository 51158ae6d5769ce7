"use strict";
// Messages are read from the page as text and written into it as text: nothing of theirs is ever markup.
const box = document.getElementById("message");
const rungs = document.querySelectorAll(".rung[data-m]");
let chosen = [];

function textOf(rung) {
  return document.getElementById("m" + rung.dataset.m).textContent;
}

function nameOf(rung) {
  return document.getElementById("m" + rung.dataset.m).parentNode.firstElementChild.textContent;
}

function add(parent, tag, text, className) {
  const element = document.createElement(tag);
  element.textContent = text;
  if (className) element.className = className;
  parent.appendChild(element);
  return element;
}

// The lines that two texts have in common, in order: a table of the longest runs.
function compare(a, b) {
  const rows = [new Uint16Array(b.length + 1)];
  for (let i = 1; i <= a.length; i++) {
    rows.push(new Uint16Array(b.length + 1));
    for (let j = 1; j <= b.length; j++)
      rows[i][j] = a[i - 1] === b[j - 1] ? rows[i - 1][j - 1] + 1 : Math.max(rows[i - 1][j], rows[i][j - 1]);
  }
  const lines = [];
  for (let i = a.length, j = b.length; i > 0 || j > 0;) {
    if (i > 0 && j > 0 && a[i - 1] === b[j - 1]) { lines.push(["", a[--i]]); j--; }
    else if (j > 0 && (i === 0 || rows[i][j - 1] >= rows[i - 1][j])) lines.push(["new", b[--j]]);
    else lines.push(["gone", a[--i]]);
  }
  return lines.reverse();
}

// The start line, the names of headers and the body are told apart.
function write(message) {
  const pre = add(box, "pre", "");
  let part = "start";
  for (const line of message.split("\n")) {
    const colon = part === "head" ? line.indexOf(":") + 1 : 0;
    if (colon > 0) add(pre, "span", line.slice(0, colon), "name");
    add(pre, "span", line.slice(colon) + "\n", part);
    if (part === "start") part = "head";
    else if (line.trim() === "") part = "body";
  }
}

function show() {
  box.replaceChildren();
  box.hidden = chosen.length === 0;
  rungs.forEach(rung => rung.classList.toggle("chosen", chosen.includes(rung)));
  if (box.hidden) return;
  add(box, "button", "Close").addEventListener("click", () => { chosen = []; show(); });
  if (chosen.length === 1) {
    add(box, "h2", nameOf(chosen[0]));
    add(box, "p", chosen[0].querySelector("title").textContent);
    write(textOf(chosen[0]));
    return;
  }
  add(box, "h2", "\u2212 " + nameOf(chosen[0]));
  add(box, "h2", "+ " + nameOf(chosen[1]));
  const pre = add(box, "pre", "");
  const [a, b] = chosen.map(rung => textOf(rung).split("\n").slice(0, 2000));
  for (const [kind, line] of compare(a, b))
    add(pre, "span", (kind === "new" ? "+ " : kind === "gone" ? "\u2212 " : "  ") + line + "\n", kind);
}

function choose(rung, second) {
  if (second && chosen.length > 0 && chosen[0] !== rung) chosen = [chosen[0], rung];
  else chosen = chosen.length === 1 && chosen[0] === rung ? [] : [rung];
  show();
}

function step(by) {
  const at = Array.prototype.indexOf.call(rungs, chosen[0]) + by;
  if (at < 0 || at >= rungs.length) return;
  chosen = [rungs[at]];
  show();
  rungs[at].scrollIntoView({ block: "nearest" });
}

document.addEventListener("keydown", event => {
  if (chosen.length === 0) return;
  if (event.key === "Escape") { chosen = []; show(); }
  if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
  event.preventDefault();
  step(event.key === "ArrowDown" ? 1 : -1);
});

rungs.forEach(rung => {
  // With Shift a click would mark the text up to there, too.
  rung.addEventListener("mousedown", event => { if (event.shiftKey) event.preventDefault(); });
  rung.addEventListener("click", event => choose(rung, event.shiftKey || event.ctrlKey || event.metaKey));
  rung.addEventListener("keydown", event => {
    if (event.key !== "Enter" && event.key !== " ") return;
    event.preventDefault();
    choose(rung, event.shiftKey);
  });
});
