/**
 * The script of the person's pages. It answers a press at once, and renews a page that waits. Every
 * page works without it.
 *
 * It uses only what iOS 13 and Chrome 80 know: a test has the list. An older browser that lacks
 * something loads the whole page again.
 */
export const SCRIPT = `
(() => {
  const page = document.getElementById("page");
  let seconds = Number(page.dataset.seconds);
  let isPressed = false;

  addEventListener("submit", (event) => {
    if (isPressed) event.preventDefault();
    else showPress(event.target);
  });

  function showPress(form) {
    const button = form.querySelector("button");
    const status = form.querySelector("[role=status]");
    const label = button.textContent;
    const set = (pressed) => {
      isPressed = pressed;
      button.textContent = pressed ? button.dataset.pressed : label;
      status.textContent = pressed ? button.dataset.pressed : "";
      if (pressed) button.setAttribute("aria-disabled", "true");
      else button.removeAttribute("aria-disabled");
    };
    set(true);
    // The person stopped the request, or came back to this page.
    setTimeout(() => set(false), 15000);
    addEventListener("pageshow", () => set(false));
  }

  function plan() {
    if (page.dataset.refresh) setTimeout(renew, seconds * 1000);
    seconds = Math.min(seconds * 1.2, 30);
  }

  async function renew() {
    if (!document.hidden && !isPressed) await load();
    plan();
  }

  async function load() {
    let response, text;
    try {
      response = await fetch(page.dataset.refresh, { cache: "no-store" });
      text = await response.text();
    } catch (_) {
      return; // Without a connection the next attempt may work.
    }
    const next = new DOMParser().parseFromString(text, "text/html");
    const found = next.getElementById("page");
    if (isPressed || response.status >= 500 || !found) return;
    if (found.dataset.name !== page.dataset.name) show(next, found);
  }

  // The region of #state is live, so a screen reader announces each change once.
  function show(next, found) {
    const focused = document.activeElement;
    const hadFocus = document.getElementById("step").contains(focused);
    replace("state", next);
    replace("step", next);
    document.title = next.title;
    page.dataset.name = found.dataset.name;
    if (found.dataset.refresh) {
      page.dataset.refresh = found.dataset.refresh;
      seconds = Number(found.dataset.seconds);
    } else delete page.dataset.refresh;
    if (hadFocus) moveFocus(focused.textContent);
  }

  function replace(id, next) {
    const place = document.getElementById(id);
    const source = next.getElementById(id);
    while (place.firstChild) place.removeChild(place.firstChild);
    while (source.firstChild) place.appendChild(source.firstChild);
  }

  // To the same control if the new step has it. Any other control would do something else at Enter.
  function moveFocus(label) {
    const controls = document.querySelectorAll("#step a, #step button");
    let target = document.querySelector("#state h1");
    target.tabIndex = -1;
    for (const control of controls) if (control.textContent === label) target = control;
    target.focus();
  }

  plan();
})();
`;
