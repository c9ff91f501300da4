// SPDX-License-Identifier: Apache-2.0
// Sends forms without leaving the page, and updates the page by server-sent events.
// Without this script the page still works: all its forms are plain HTML forms.

import { update } from "./update.js";

document.documentElement.classList.add("live");

const diagram = document.querySelector("#diagram");
const calls = document.querySelector("#calls");
// Without a script the newest call comes first. With one, time goes downwards.
calls.append(...[...calls.children].reverse());
calls.setAttribute("aria-label", "Calls, the newest last");

/** Keeps the newest call in view, unless the visitor has scrolled up. */
let followsNewest = true;
let lastTop = 0;
diagram.addEventListener("scroll", () => {
  const rest = diagram.scrollHeight - diagram.scrollTop - diagram.clientHeight;
  followsNewest = rest < 80 || (followsNewest && diagram.scrollTop >= lastTop);
  lastTop = diagram.scrollTop;
});
new ResizeObserver(scrollToNewest).observe(diagram);
scrollToNewest();

function scrollToNewest() {
  if (followsNewest) diagram.scrollTop = diagram.scrollHeight;
}

/** What the visitor is opening. Other details are opened by the page. */
let opening;
document.addEventListener("click", ({ target }) => {
  opening = target.closest("summary")?.parentElement;
});
document.addEventListener("toggle", ({ target }) => {
  if (target !== opening || !target.open) return;
  // A visitor who opens a call is reading it, so the diagram stops scrolling.
  if (diagram.contains(target)) followsNewest = false;
  scrollIntoView(target);
}, { capture: true });

/** Shows as much of an element as fits, from its start. */
function scrollIntoView(element) {
  element.scrollIntoView({ block: "nearest" });
  element.querySelector("summary").scrollIntoView({ block: "nearest" });
}

/** A reload keeps what is open. */
const OPEN = "open";
addEventListener("pagehide", () => {
  const open = [...document.querySelectorAll("details[open]")].map(({ id }) => id);
  sessionStorage.setItem(OPEN, JSON.stringify(open));
});
const wasOpen = JSON.parse(sessionStorage.getItem(OPEN) ?? "[]");
if (wasOpen.some((id) => document.getElementById(id)?.matches(".person"))) {
  for (const details of document.querySelectorAll("details")) {
    details.open = wasOpen.includes(details.id);
  }
}

/** The address that this window has registered last. */
let registered;
document.addEventListener("submit", async (event) => {
  event.preventDefault();
  const form = event.target;
  const body = new URLSearchParams(new FormData(form, event.submitter));
  const field = form.matches(".register") ? form.elements.email : undefined;
  if (field !== undefined) {
    registered = field.value;
    // Makes room for the next suggestion.
    field.value = "";
  }
  form.setAttribute("aria-busy", "true");
  const isSent = await send(form, body);
  form.removeAttribute("aria-busy");
  if (!isSent && field?.value === "") field.value = registered;
});

document.addEventListener("change", ({ target }) => {
  if (target.form?.matches(".switches")) sendSwitch(target);
});

/** Returns whether the sandbox has answered. */
async function send({ action }, body) {
  try {
    await fetch(action, { method: "POST", body, redirect: "manual" });
    return true;
  } catch {
    showProblem("The sandbox does not answer. Is deno task dev still running?");
    return false;
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

// What was chosen before this script was there.
for (const select of document.querySelectorAll(".switches select")) {
  const isChosen = [...select.options].some((option) => option.selected && !option.defaultSelected);
  if (isChosen) sendSwitch(select);
}

/**
 * Updates wait while a button is held down: a text that appears would move it away from the pointer.
 * They do not wait for ever, because a release can be missed.
 */
const MAX_HOLD_MS = 2_000;
let holding;
const queued = [];

function hold() {
  release();
  holding = setTimeout(release, MAX_HOLD_MS);
}

function release() {
  clearTimeout(holding);
  holding = undefined;
  for (const fragment of queued.splice(0)) applyFragment(fragment);
}

document.addEventListener("pointerdown", ({ target, button }) => {
  if (button === 0 && target.closest("button, summary, a") !== null) hold();
  else release();
});
document.addEventListener("keydown", ({ target, key, repeat }) => {
  if (key === " " && !repeat && target.matches("button, summary")) hold();
});
for (const end of ["pointerup", "pointercancel", "keyup", "blur"]) {
  // The click event follows this event, but comes before a timer.
  addEventListener(end, () => setTimeout(release));
}

let runId;
let events;

/**
 * A browser opens six connections to a server, for all its tabs together, and each stream takes one.
 * So a hidden page has none. The next stream starts with everything that the page may have missed.
 */
function listenWhileVisible() {
  if (document.hidden) {
    events?.close();
    events = undefined;
  } else {
    events ??= listen();
  }
}
document.addEventListener("visibilitychange", listenWhileVisible);
listenWhileVisible();

function listen() {
  const stream = new EventSource("/events");
  stream.addEventListener("run", ({ data }) => {
    const { id } = JSON.parse(data);
    // The sandbox was restarted, so everything on this page is out of date.
    if (runId !== undefined && runId !== id) location.reload();
    runId = id;
  });
  stream.addEventListener("fragment", ({ data }) => {
    const fragment = JSON.parse(data);
    // The switches stay where they are.
    if (holding === undefined || fragment.id === "switches") applyFragment(fragment);
    else queued.push(fragment);
  });
  stream.addEventListener(
    "error",
    () => showProblem("The sandbox has stopped. Start it again: deno task dev"),
  );
  return stream;
}

/** Updates the element with the id of the fragment, or adds the fragment to its list. */
function applyFragment({ id, html, list, at }) {
  const template = document.createElement("template");
  template.innerHTML = html;
  const fresh = template.content.firstElementChild;
  const old = document.getElementById(id);
  if (id === "switches") {
    updateSwitches(fresh);
  } else if (old === null) {
    document.getElementById(list)?.[at === "start" ? "prepend" : "append"](fresh);
    if (list === "people") openPerson(fresh);
  } else {
    const hadFocus = old.contains(document.activeElement);
    update(old, fresh);
    // The control is gone. The heading of its card is the next best place.
    if (hadFocus && !old.contains(document.activeElement)) {
      old.querySelector("summary")?.focus({ preventScroll: true });
    }
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

/** Opens the card of a new person, unless the visitor reads another one and did not register it. */
function openPerson(card) {
  const others = [...document.querySelectorAll("#people > details[open]")]
    .filter((person) => person !== card);
  const isOwn = card.querySelector("h3").textContent === registered;
  if (!isOwn && others.length > 0) {
    card.open = false;
  } else {
    for (const person of others) person.open = false;
    if (isOwn) scrollIntoView(card);
  }
}

function showProblem(text) {
  const problem = document.createElement("p");
  problem.textContent = text;
  problem.className = "notice bad";
  document.querySelector("#notice").replaceChildren(problem);
}
