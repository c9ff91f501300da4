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
  try {
    const body = new FormData(form, event.submitter);
    await fetch(form.action, { method: "POST", body, redirect: "manual" });
  } catch {
    say("The sandbox does not answer. Is deno task dev still running?");
  }
  form.removeAttribute("aria-busy");
});

document.addEventListener("change", ({ target }) => {
  if (target.form?.matches(".switches")) target.form.requestSubmit();
});

let runId;
const events = new EventSource("/events");
events.addEventListener("run", ({ data }) => {
  const { id } = JSON.parse(data);
  // Another run of the sandbox knows nothing of what is on this page.
  if (runId !== undefined && runId !== id) location.reload();
  runId = id;
});
events.addEventListener("fragment", ({ data }) => place(JSON.parse(data)));
events.addEventListener(
  "error",
  () => say("The sandbox has stopped. Start it again: deno task dev"),
);

/** Puts a fragment in the place of the one with its id, or into its list. */
function place({ id, html, list, at }) {
  const template = document.createElement("template");
  template.innerHTML = html;
  const fresh = template.content.firstElementChild;
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
