// SPDX-License-Identifier: Apache-2.0
/**
 * The script of the person's pages. It answers a press at once, and renews a page that waits. Every
 * page works without it.
 *
 * It uses only what iOS 13 and Chrome 80 know: a browser test has the list. If something is missing
 * all the same, the browser loads the whole page again.
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
    let text = "";
    try {
      const response = await fetch(page.dataset.refresh, { cache: "no-store" });
      if (response.status < 500) text = await response.text();
    } catch {
      // Without a connection the next attempt may work.
    }
    if (text === "" || isPressed) return;
    try {
      show(new DOMParser().parseFromString(text, "text/html"));
    } catch {
      location.replace(page.dataset.refresh);
    }
  }

  // The region of #state is live, so a screen reader announces each change once.
  function show(next) {
    const found = next.getElementById("page");
    if (!found || found.dataset.name === page.dataset.name) return;
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
    let target = document.querySelector("#state h1");
    target.tabIndex = -1;
    for (const control of document.querySelectorAll("#step a, #step button")) {
      if (control.textContent === label) target = control;
    }
    target.focus();
  }

  plan();
})();
`;
