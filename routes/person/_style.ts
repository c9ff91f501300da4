// SPDX-License-Identifier: Apache-2.0
/**
 * The style of the person's pages: one card, large type, one button. Sizes are relative to the
 * person's own font size; colours have a contrast of at least 4.5, in light and dark. Sides follow
 * the direction of the language, and phones with iOS 13 or Chrome 80 understand every rule that the
 * layout needs. The padding beside the text does not grow with the font, so that words fit.
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
  margin: 0; min-height: 100vh; min-height: 100dvh; padding: 1.25rem min(1rem, 3vw) 2rem;
  display: flex; flex-direction: column; align-items: center;
  background: var(--ground); color: var(--ink);
  -webkit-hyphens: auto; hyphens: auto; overflow-wrap: break-word;
}
header, main, footer { width: 100%; max-width: 30rem }
header p { margin: 0 0 1rem; padding: 0 .25rem; font-weight: 600; color: var(--soft) }
main {
  padding: 1.5rem min(1.25rem, 4vw); background: var(--card);
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
h1 {
  margin: 1.125rem 0 .5rem; font-size: 1.25rem; line-height: 1.25; letter-spacing: -.01em;
  text-wrap: balance;
}
/* It would tear the joined letters of Arabic apart. */
[dir="rtl"] h1 { letter-spacing: 0 }
main p { margin: 0 0 .75rem; font-size: 1.0625rem; color: var(--soft) }
#state > :last-child, #step > :last-child { margin-bottom: 0 }
#step > * { margin-top: 1.25rem }
#step > .steps { margin-top: .75rem }
.steps { margin: 0; padding: 0; padding-inline-start: 1.375rem }
.steps li { margin: 0 0 .25rem; padding-inline-start: min(.25rem, 1vw) }
.steps ::marker { font-weight: 600; color: var(--key) }
main .caution {
  padding: .75rem min(.875rem, 3vw); font-size: .9375rem; color: var(--ink); background: var(--caution);
  border-inline-start: .25rem solid var(--caution-line); border-radius: .375rem;
}
form { margin: 0 }
.button {
  display: block; width: 100%; padding: .875rem min(1.25rem, 3vw); border: 2px solid transparent;
  border-radius: .75rem; background: var(--key); color: var(--on-key); cursor: pointer;
  font: inherit; font-size: 1.0625rem; font-weight: 600; text-align: center; text-decoration: none;
  text-wrap: balance;
}
.button:hover { background: var(--key-hover) }
.button[aria-disabled] { opacity: .75; cursor: progress }
.second { border-color: var(--key); background: none; color: var(--key) }
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
footer p a { margin-inline-end: 1.25rem }
.hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%) }
/* Somebody who reads this on a phone is there already. */
@media (max-width: 40rem) and (pointer: coarse) { .other-device { display: none } }
/* On a small phone the button is in sight without scrolling. */
@media (max-width: 40rem) and (max-height: 44rem) {
  body { padding-top: .75rem }
  header p { margin-bottom: .5rem }
  main { padding-top: 1rem; padding-bottom: 1rem }
  .icon { width: 2.25rem; height: 2.25rem; padding: .45rem }
  h1 { margin: .5rem 0 .25rem }
  main p, .steps li { font-size: 1rem; line-height: 1.4 }
  #step > * { margin-top: .875rem }
  .button { padding-top: .75rem; padding-bottom: .75rem }
}
@media (min-width: 40rem) {
  body { padding-top: max(2rem, 12vh) }
  main { padding: 2.25rem }
  h1 { font-size: 1.75rem }
}
`;
