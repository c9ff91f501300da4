// Forms go out without leaving the page, and what has changed comes in by server-sent events.
// Without this file the page still works: every form is a plain one.

document.documentElement.classList.add("live");

/** The calls stay at the newest one, until a visitor scrolls up and until one comes back down. */
const diagram = document.querySelector("#diagram");
let follows = true;
let lastTop = 0;
diagram.addEventListener("scroll", () => {
  const rest = diagram.scrollHeight - diagram.scrollTop - diagram.clientHeight;
  follows = rest < 80 || (follows && diagram.scrollTop >= lastTop);
  lastTop = diagram.scrollTop;
});
// Who has opened a call is reading it.
diagram.addEventListener("toggle", ({ target }) => follows &&= !target.open, { capture: true });
new ResizeObserver(follow).observe(diagram);
follow();

document.addEventListener("submit", async (event) => {
  event.preventDefault();
  const form = event.target;
  form.setAttribute("aria-busy", "true");
  await send(form, new FormData(form, event.submitter));
  form.removeAttribute("aria-busy");
});

document.addEventListener("change", ({ target }) => {
  if (target.form?.matches(".switches")) choose(target);
});

async function send({ action }, body) {
  try {
    await fetch(action, { method: "POST", body, redirect: "manual" });
  } catch {
    say("The sandbox does not answer. Is deno task dev still running?");
  }
}

/** What the visitor wants of a switch, by its id, until the sandbox has it. */
const wanted = new Map();

/** Sends this switch alone: what is shown of the others may be old. The last of quick choices counts. */
async function choose({ id, name, value, form }) {
  const isUnderWay = wanted.has(id);
  wanted.set(id, value);
  if (isUnderWay) return;
  let sent;
  while (sent !== wanted.get(id)) {
    sent = wanted.get(id);
    await send(form, new URLSearchParams({ [name]: sent }));
  }
  wanted.delete(id);
}

/** While a button is held down nothing is drawn anew, nor moves away: the press would be lost. */
let isPressing = false;
const waiting = [];
document.addEventListener("pointerdown", ({ target, button }) => {
  isPressing = button === 0 && target.closest("button, summary, a") !== null;
});
document.addEventListener("keydown", ({ target, key }) => {
  if (key === " ") isPressing = target.matches("button, summary");
});
for (const end of ["pointerup", "pointercancel", "keyup", "blur"]) {
  // The click itself comes after this, and before a timer.
  addEventListener(end, () => setTimeout(release));
}

function release() {
  isPressing = false;
  for (const fragment of waiting.splice(0)) place(fragment);
}

let runId;
const events = new EventSource("/events");
events.addEventListener("run", ({ data }) => {
  const { id } = JSON.parse(data);
  // Another run of the sandbox knows nothing of what is on this page.
  if (runId !== undefined && runId !== id) location.reload();
  runId = id;
});
events.addEventListener("fragment", ({ data }) => {
  const fragment = JSON.parse(data);
  if (isPressing) waiting.push(fragment);
  else place(fragment);
});
events.addEventListener(
  "error",
  () => say("The sandbox has stopped. Start it again: deno task dev"),
);

/** Puts a fragment in the place of the one with its id, or into its list. */
function place({ id, html, list, at }) {
  const template = document.createElement("template");
  template.innerHTML = html;
  const fresh = template.content.firstElementChild;
  if (id === "switches") return showSwitches(fresh);
  const old = document.getElementById(id);
  if (old?.outerHTML === fresh.outerHTML) return;
  if (old === null) {
    if (list === "people") closePeople();
    document.getElementById(list)?.[at === "start" ? "prepend" : "append"](fresh);
  } else {
    keepOpen(old, fresh);
    const focused = old.contains(document.activeElement) ? document.activeElement.id : undefined;
    old.replaceWith(fresh);
    if (focused !== undefined) refocus(focused, fresh);
  }
  follow();
}

/** The switches stay the same ones: a list that is open stays open, and a choice stays made. */
function showSwitches(fresh) {
  for (const { id, value, parentElement } of fresh.querySelectorAll("select")) {
    if (wanted.has(id) && wanted.get(id) !== value) continue;
    const select = document.getElementById(id);
    select.value = value;
    select.parentElement.className = parentElement.className;
  }
}

function follow() {
  if (follows) diagram.scrollTop = diagram.scrollHeight;
}

/** What a visitor has opened or closed stays so. */
function keepOpen(old, fresh) {
  const all = (root) => root.matches("details") ? [root] : [...root.querySelectorAll("details")];
  const before = new Map(all(old).map((details) => [details.id, details.open]));
  for (const details of all(fresh)) details.open = before.get(details.id) ?? details.open;
}

/** The same control, or the heading of where it was when it is gone. */
function refocus(id, fresh) {
  const same = document.getElementById(id);
  (same ?? fresh.querySelector("summary"))?.focus({ preventScroll: true });
}

/** One person at a time, so that the page stays short. */
function closePeople() {
  for (const person of document.querySelectorAll("#people > details[open]")) person.open = false;
}

function say(text) {
  const notice = document.querySelector("#notice");
  notice.textContent = text;
  notice.className = "notice bad";
}
