// Sends forms without leaving the page, and updates the page by server-sent events.
// Without this script the page still works: all its forms are plain HTML forms.

document.documentElement.classList.add("live");

/** Keeps the newest call in view, unless the visitor has scrolled up. */
const diagram = document.querySelector("#diagram");
let followsNewest = true;
let lastTop = 0;
diagram.addEventListener("scroll", () => {
  const rest = diagram.scrollHeight - diagram.scrollTop - diagram.clientHeight;
  followsNewest = rest < 80 || (followsNewest && diagram.scrollTop >= lastTop);
  lastTop = diagram.scrollTop;
});
// A visitor who opens a call is reading it, so the diagram stops scrolling.
diagram.addEventListener("toggle", ({ target }) => followsNewest &&= !target.open, {
  capture: true,
});
new ResizeObserver(scrollToNewest).observe(diagram);
scrollToNewest();

document.addEventListener("submit", async (event) => {
  event.preventDefault();
  const form = event.target;
  form.setAttribute("aria-busy", "true");
  await send(form, new URLSearchParams(new FormData(form, event.submitter)));
  form.removeAttribute("aria-busy");
});

document.addEventListener("change", ({ target }) => {
  if (target.form?.matches(".switches")) sendSwitch(target);
});

async function send({ action }, body) {
  try {
    await fetch(action, { method: "POST", body, redirect: "manual" });
  } catch {
    showProblem("The sandbox does not answer. Is deno task dev still running?");
  }
}

/** The chosen values that the sandbox has not confirmed yet, by the id of the switch. */
const pendingChoices = new Map();

/**
 * Sends the value of one switch. The others are left out, because the page may show old values of
 * them. If the visitor chooses again before the answer, the last choice is sent next.
 */
async function sendSwitch({ id, name, value, form }) {
  const isSending = pendingChoices.has(id);
  pendingChoices.set(id, value);
  if (isSending) return;
  let sent;
  while (sent !== pendingChoices.get(id)) {
    sent = pendingChoices.get(id);
    await send(form, new URLSearchParams({ [name]: sent }));
  }
  pendingChoices.delete(id);
}

/** Updates wait while a button is held down. If they replaced the button, the click would be lost. */
let isHeldDown = false;
const queuedFragments = [];
document.addEventListener("pointerdown", ({ target, button }) => {
  isHeldDown = button === 0 && target.closest("button, summary, a") !== null;
});
document.addEventListener("keydown", ({ target, key }) => {
  if (key === " ") isHeldDown = target.matches("button, summary");
});
for (const end of ["pointerup", "pointercancel", "keyup", "blur"]) {
  // The click event follows this event, but comes before a timer.
  addEventListener(end, () => setTimeout(applyQueued));
}

function applyQueued() {
  isHeldDown = false;
  for (const fragment of queuedFragments.splice(0)) applyFragment(fragment);
}

let runId;
const events = new EventSource("/events");
events.addEventListener("run", ({ data }) => {
  const { id } = JSON.parse(data);
  // The sandbox was restarted, so everything on this page is out of date.
  if (runId !== undefined && runId !== id) location.reload();
  runId = id;
});
events.addEventListener("fragment", ({ data }) => {
  const fragment = JSON.parse(data);
  if (isHeldDown) queuedFragments.push(fragment);
  else applyFragment(fragment);
});
events.addEventListener(
  "error",
  () => showProblem("The sandbox has stopped. Start it again: deno task dev"),
);

/** Replaces the element with the id of the fragment, or adds the fragment to its list. */
function applyFragment({ id, html, list, at }) {
  const template = document.createElement("template");
  template.innerHTML = html;
  const fresh = template.content.firstElementChild;
  if (id === "switches") return updateSwitches(fresh);
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
  scrollToNewest();
}

/** Updates the switches in place, so that an open list stays open and a pending choice stays. */
function updateSwitches(fresh) {
  for (const { id, value, parentElement } of fresh.querySelectorAll("select")) {
    if (pendingChoices.has(id) && pendingChoices.get(id) !== value) continue;
    const select = document.getElementById(id);
    select.value = value;
    select.parentElement.className = parentElement.className;
  }
}

function scrollToNewest() {
  if (followsNewest) diagram.scrollTop = diagram.scrollHeight;
}

/** Keeps the state of the details that the visitor has opened or closed. */
function keepOpen(old, fresh) {
  const all = (root) => root.matches("details") ? [root] : [...root.querySelectorAll("details")];
  const before = new Map(all(old).map((details) => [details.id, details.open]));
  for (const details of all(fresh)) details.open = before.get(details.id) ?? details.open;
}

/** Focuses the same control. If it is gone, focuses the heading of its card or call. */
function refocus(id, fresh) {
  const same = document.getElementById(id);
  (same ?? fresh.querySelector("summary"))?.focus({ preventScroll: true });
}

/** Only the newest person is open, so that the page stays short. */
function closePeople() {
  for (const person of document.querySelectorAll("#people > details[open]")) person.open = false;
}

function showProblem(text) {
  const notice = document.querySelector("#notice");
  notice.textContent = text;
  notice.className = "notice bad";
}
