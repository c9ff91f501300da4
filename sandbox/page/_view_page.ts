import type { Notice } from "./acts.ts";
import { viewLanes } from "./_view_call.ts";
import { type Markup, markup } from "./markup.ts";
import type { FaultSwitch } from "./switches.ts";

/** What the page is put together from. */
export interface PageView {
  readonly notice: Markup;
  readonly said: Markup;
  readonly register: Markup;
  readonly people: readonly Markup[];
  readonly switches: Markup;
  readonly calls: readonly Markup[];
}

/** The whole page. Without a script its forms and a reload do all. */
export function viewPage({ notice, said, register, people, switches, calls }: PageView): Markup {
  return markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Ory and Jumio, a sandbox</title>
<link rel="icon" href="/icon.svg">
<link rel="stylesheet" href="/style.css">
<script type="module" src="/page.js"></script>
</head>
<body>
<a class="skip" href="#calls-title">Skip to the calls</a>
<header>
<h1>Ory and Jumio, a sandbox</h1>
<p>Ory signs people in, Jumio checks who they are, and the <strong>bridge</strong> between them takes
the verdict from the one to the other. The bridge is the real one; Ory and Jumio are simulators on
this machine. Nothing leaves it.</p>
</header>
<div role="status">${notice}</div>
<div role="status" class="hidden">${said}</div>
<main>
<section aria-labelledby="people-title" class="people">
<h2 id="people-title">People</h2>
${register}
<div id="people">${people}</div>
<ol class="tour">
<li><b>Register</b> Ada. Ory tells the bridge, and the bridge starts a verification at Jumio.</li>
<li>Choose how <b>Jumio finishes</b>, here or on the person’s page. Watch the identity change.</li>
<li><b>Sign in</b>. Who was rejected is refused, and reads why.</li>
<li><b>Break</b> something, and do it again: no verdict is lost.</li>
</ol>
</section>
<section aria-labelledby="faults-title" class="faults">
<h2 id="faults-title">What goes wrong</h2>
${switches}
</section>
<section aria-labelledby="calls-title" class="calls">
<h2 id="calls-title" tabindex="-1">Who calls whom</h2>
<div class="diagram" id="diagram">
${viewLanes()}
<ol id="calls" aria-label="Calls, the newest last">${calls}</ol>
<p class="empty">Nobody has called anybody yet. Each call will be an arrow here, from who asks to who
answers. Open one to see its headers and its body.</p>
</div>
</section>
</main>
<noscript><p class="hint">Without a script this page does not change by itself:
<a href="/">load it again</a> to see what has happened.</p></noscript>
</body>
</html>
`;
}

/** What came of the last act, where no person's card shows it. */
export function viewNotice(notice: Notice | undefined): Markup {
  return markup`<p id="notice" class="notice ${notice?.tone}">${notice?.text}</p>`;
}

/** What is to be seen on a person's card, for those who do not see it. */
export function viewSaid(text: string): Markup {
  return markup`<p id="said">${text}</p>`;
}

/** The form of a new person, with an address that is free. */
export function viewRegister(email: string): Markup {
  return markup`<form id="register" method="post" action="/register" class="register">
<label for="email">E-mail</label>
<input id="email" name="email" type="email" required autocomplete="off" value="${email}">
<button id="register-button" class="primary">Register</button>
</form>`;
}

/** The switches of the faults, and the one fault that is over at once. */
export function viewSwitches(switches: readonly FaultSwitch[]): Markup {
  return markup`<div id="switches">
<form method="post" action="/switch" class="switches">
${switches.map(viewSwitch)}
<button id="switch-button" class="apply">Apply</button>
</form>
<form method="post" action="/restart">
<button id="restart-button">Kill the bridge (kill -9) and start it again</button>
</form>
</div>`;
}

function viewSwitch({ name, label, options, read }: FaultSwitch): Markup {
  const current = read();
  const isBroken = current !== options[0]?.value;
  const choices = options.map(({ value, label: words }) =>
    markup`<option value="${value}" ${value === current && "selected"}>${words}</option>`
  );
  return markup`<div class="switch ${isBroken && "broken"}">
<label for="switch-${name}">${label}</label>
<select id="switch-${name}" name="${name}" autocomplete="off">${choices}</select>
</div>`;
}
