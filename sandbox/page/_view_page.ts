// SPDX-License-Identifier: Apache-2.0
import { type Html, html } from "../../lib/http/html.ts";
import { viewLanes } from "./_view_call.ts";
import { viewNotice } from "./_view_notice.ts";
import type { TimedNotice } from "./notice.ts";
import type { FaultSwitch } from "./switches.ts";

/** The parts of the page. */
export interface PageView {
  readonly notice: Html;
  readonly announcement: Html;
  readonly register: Html;
  readonly people: readonly Html[];
  readonly switches: Html;
  /** The newest first. */
  readonly calls: readonly Html[];
  readonly places: Places;
}

/** What the page leads to, beside the pages of its people. */
export interface Places {
  /** The address of the example application. */
  readonly appUrl: string;
  readonly operator: {
    /** The address of the operator's page, with a slash at the end. */
    readonly url: string;
    readonly secret: string;
  };
}

/** The body of the page. Its forms work without a script. */
export function viewPage(
  { notice, announcement, register, people, switches, calls, places: { appUrl, operator } }:
    PageView,
): Html {
  const app = viewTab(appUrl, "Your app");
  const operatorPage = viewTab(operator.url, "The operator’s page");
  return html`
    <a class="skip" href="#faults-title">Skip to the faults</a>
    <a class="skip" href="#calls-title">Skip to the calls</a>
    <header>
      <h1>Ory and Jumio, a sandbox</h1>
      <p>Ory signs people in, Jumio checks their identity. The <strong>bridge</strong> starts verifications
    at Jumio and writes the results to Ory. It is the real service; Ory and Jumio are simulators on this
    machine.</p>
      <p>${app} is an example: sign up there, or sign in as anyone below (password
    <code>Correct-horse-9-battery</code>). ${operatorPage} settles reviews (secret
    <code>${operator.secret}</code>).</p>
    </header>
    <div role="status">${notice}</div>
    <div role="status" class="hidden">${announcement}</div>
    <main>
      <section aria-labelledby="people-title" class="people">
    <h2 id="people-title">People</h2>
    ${register}
    <div id="people">${people}</div>
    <ol class="tour">
    <li><b>Register</b> Ada. Ory calls the bridge, and the bridge starts a verification at Jumio.</li>
    <li>Choose how <b>Jumio finishes</b>, here or on the person’s page. Watch the identity change.</li>
    <li><b>Sign in</b>. People who were rejected are refused, and read why.</li>
    <li><b>Break</b> something and repeat this: no result is lost.</li>
    </ol>
      </section>
      <section aria-labelledby="faults-title" class="faults">
    <h2 id="faults-title" tabindex="-1">Faults and policy</h2>
    ${switches}
      </section>
      <section aria-labelledby="calls-title" class="calls">
        <h2 id="calls-title" tabindex="-1">Calls</h2>
        <div class="diagram" id="diagram">
    ${viewLanes()}
    <ol id="calls" aria-label="Calls, the newest first">${calls}</ol>
    <p class="empty">There are no calls yet. Each call becomes an arrow here, from the caller to the
    receiver. Open a call to see its headers and its body.</p>
        </div>
      </section>
    </main>
    <noscript><p class="hint">Without JavaScript this page does not update by itself.
    <a href="/">Reload it</a> to see what has happened.</p></noscript>
  `;
}

/** A link that opens a new tab. */
function viewTab(href: string, label: string): Html {
  return html`<a href="${href}" target="_blank" rel="noopener">${label}<span
class="hidden"> (opens a new tab)</span><span aria-hidden="true"> ↗</span></a>`;
}

/** The result of the last action, if it does not belong to a person's card. */
export function viewPageNotice(notice: TimedNotice | undefined, now: number): Html {
  return html`<div id="notice">${notice && viewNotice(notice, { of: "page", now })}</div>`;
}

/** Tells screen readers about a change on a person's card. */
export function viewAnnouncement(text: string): Html {
  return html`<p id="announcement">${text}</p>`;
}

/** The form that registers a new person. Suggests an unused e-mail address. */
export function viewRegister(email: string): Html {
  return html`
    <form id="register" method="post" action="/register" class="register">
      <label for="email">E-mail</label>
      <input id="email" name="email" type="email" required autocomplete="off" value="${email}">
      <button id="register-button" class="primary">Register</button>
    </form>
  `;
}

/** The switches of the faults, and the button that restarts the bridge. */
export function viewSwitches(switches: readonly FaultSwitch[]): Html {
  return html`
    <div id="switches">
      <form method="post" action="/switch" class="switches">
    ${switches.map(viewSwitch)}
    <button id="switch-button" class="apply">Apply</button>
      </form>
      <form method="post" action="/restart">
        <button id="restart-button">Kill the bridge (kill -9) and start it again</button>
      </form>
    </div>
  `;
}

function viewSwitch({ name, label, options, read }: FaultSwitch): Html {
  const current = read();
  const isBroken = current !== options[0]?.value;
  const choices = options.map(({ value, label: optionLabel }) =>
    html`<option value="${value}" ${value === current && "selected"}>${optionLabel}</option>`
  );
  return html`
    <div class="switch ${isBroken && "broken"}">
      <label for="switch-${name}">${label}</label>
      <select id="switch-${name}" name="${name}" autocomplete="off">${choices}</select>
    </div>
  `;
}
