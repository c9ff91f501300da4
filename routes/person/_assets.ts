/**
 * The style of the person's pages: one card, large type, one button. Sizes are relative to the
 * person's own font size; colours have a contrast of at least 4.5, in light and dark.
 */
export const STYLE = `
:root {
  color-scheme: light dark;
  --ground: #f3f4f6; --card: #fff; --line: #dfe3e8; --ink: #17202b; --soft: #4a5563;
  --key: #1d4fd7; --key-hover: #173fae; --on-key: #fff;
  --act: #e3eafc; --on-act: #1d4fd7; --good: #dcf3e5; --on-good: #0e6b3a;
  --bad: #fbe6dc; --on-bad: #9a3b0b; --wait: #e8ebef; --on-wait: #3f4a59;
  --caution: #fff7e0; --caution-line: #a87900;
  font: 100%/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #0f141a; --card: #182029; --line: #2b3642; --ink: #eef2f6; --soft: #b3becb;
    --key: #8fb1ff; --key-hover: #b3caff; --on-key: #0b1a3d;
    --act: #1f2f52; --on-act: #a9c2ff; --good: #12392a; --on-good: #7fe0ac;
    --bad: #45261a; --on-bad: #ffb795; --wait: #28333f; --on-wait: #c6d0dc;
    --caution: #2c2717; --caution-line: #d9ac3b;
  }
}
*, *::before, *::after { box-sizing: border-box }
html { -webkit-text-size-adjust: 100%; text-size-adjust: 100% }
body {
  margin: 0; min-height: 100vh; min-height: 100dvh; padding: 1.25rem 1rem 2rem;
  display: flex; flex-direction: column; align-items: center;
  background: var(--ground); color: var(--ink); overflow-wrap: break-word;
}
header, main, footer { width: 100%; max-width: 30rem }
header p { margin: 0 0 1rem; padding: 0 .25rem; font-weight: 600; color: var(--soft) }
main {
  padding: 1.5rem 1.25rem; background: var(--card);
  border: 1px solid var(--line); border-radius: 1rem;
}
.icon {
  display: block; width: 3.25rem; height: 3.25rem; padding: .7rem; border-radius: 50%;
  fill: none; stroke: currentColor; stroke-width: 2; stroke-linecap: round; stroke-linejoin: round;
}
.act { background: var(--act); color: var(--on-act) }
.good { background: var(--good); color: var(--on-good) }
.bad { background: var(--bad); color: var(--on-bad) }
.wait, .time, .neutral { background: var(--wait); color: var(--on-wait) }
.track { opacity: .25 }
.turning { transform-origin: 12px 12px; animation: turn 1.4s linear infinite }
@keyframes turn { to { transform: rotate(360deg) } }
@media (prefers-reduced-motion: reduce) { .turning { animation: none } }
h1 { margin: 1.125rem 0 .5rem; font-size: 1.5rem; line-height: 1.25; letter-spacing: -.01em }
main p { margin: 0 0 .75rem; font-size: 1.0625rem; color: var(--soft) }
#state > :last-child, #step > :last-child { margin-bottom: 0 }
#step { margin-top: 1.5rem }
#step:not(:has(*)) { display: none }
main .caution {
  margin-bottom: 1.25rem; padding: .75rem .875rem; font-size: .9375rem; color: var(--ink);
  background: var(--caution); border-inline-start: .25rem solid var(--caution-line); border-radius: .375rem;
}
form { margin: 0 }
.button {
  display: block; width: 100%; padding: .875rem 1.25rem; border: 2px solid transparent;
  border-radius: .75rem; background: var(--key); color: var(--on-key); cursor: pointer;
  font: inherit; font-size: 1.0625rem; font-weight: 600; text-align: center; text-decoration: none;
  text-wrap: balance;
}
.button:hover { background: var(--key-hover) }
.second { margin-top: .75rem; border-color: var(--key); background: none; color: var(--key) }
.second:hover { background: var(--act); color: var(--on-act) }
a { color: var(--key); text-underline-offset: .2em }
a:not(.button) { display: inline-block; padding: .125rem 0 }
:focus-visible { outline: 3px solid var(--key); outline-offset: 3px; border-radius: .375rem }
.button:focus-visible { border-radius: .75rem }
main .quiet { font-size: .9375rem }
footer p { margin: 1.25rem 0 0; padding: 0 .25rem }
nav ul {
  display: flex; flex-wrap: wrap; margin: 1rem 0 0; padding: 0 .25rem; list-style: none;
  font-size: .9375rem;
}
nav li { margin-inline-end: 1.25rem }
nav a:not(.button) { padding: .25rem 0 }
nav [aria-current="true"] { color: var(--soft); font-weight: 600; text-decoration: none }
@media (min-width: 40rem) {
  body { padding-top: max(2rem, 12vh) }
  main { padding: 2.25rem }
  h1 { font-size: 1.75rem }
}
`;

/**
 * Loads the page again, each time after a longer delay, and replaces its content only if it has
 * changed: the region is live, so a screen reader announces each change once.
 */
export const REFRESH_SCRIPT = `
(() => {
  const page = document.getElementById("page");
  let seconds = Number(page.dataset.seconds);
  function plan() {
    if (page.dataset.refresh) setTimeout(renew, seconds * 1000);
    seconds = Math.min(seconds * 1.2, 30);
  }
  async function renew() {
    try {
      if (!document.hidden) await load();
    } catch {
      // Without a connection the next attempt may work.
    }
    plan();
  }
  async function load() {
    const response = await fetch(page.dataset.refresh, { cache: "no-store" });
    const next = new DOMParser().parseFromString(await response.text(), "text/html");
    const found = next.getElementById("page");
    if (response.status >= 500 || !found || found.dataset.name === page.dataset.name) return;
    for (const id of ["state", "step"]) {
      document.getElementById(id).replaceChildren(...next.getElementById(id).childNodes);
    }
    document.title = next.title;
    page.dataset.name = found.dataset.name;
    if (found.dataset.refresh) {
      page.dataset.refresh = found.dataset.refresh;
      seconds = Number(found.dataset.seconds);
    } else delete page.dataset.refresh;
  }
  plan();
})();
`;
