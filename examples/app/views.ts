// SPDX-License-Identifier: Apache-2.0
/** HTML in which every value is escaped. */
export class Html {
  constructor(readonly text: string) {}
}

/** Builds HTML. Texts in it are escaped; false, null and undefined are left out. */
export function html(parts: TemplateStringsArray, ...values: unknown[]): Html {
  return new Html(String.raw({ raw: parts }, ...values.map(render)));
}

function render(value: unknown): string {
  if (value instanceof Html) return value.text;
  if (Array.isArray(value)) return value.map(render).join("");
  if (value === false || value === null || value === undefined) return "";
  return String(value).replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

/** Who is signed in, and how far their verification has got. */
export interface Person {
  readonly id: string;
  readonly email: string;
  readonly status: string;
  readonly detail: unknown;
  /** For this person alone: do not log it, and do not show it to anybody else. */
  readonly link: string | undefined;
}

/** A page. If somebody is signed in, its content is replaced when their status changes. */
export interface PageView {
  readonly title: string;
  readonly person?: Person | undefined;
  readonly body?: Html;
}

/** What a person reads, by the status of their verification. Only `verified` opens anything. */
const STATUSES = new Map<unknown, readonly [title: string, text: string]>([
  ["none", ["We are preparing your verification", "The link appears here in a moment."]],
  ["pending", ["Please verify your identity", "You need your document and a camera."]],
  ["review", ["We are taking a closer look", "You do not need to do anything."]],
  ["expired", ["Please verify your identity", "You did not finish in time. You can start again."]],
  ["rejected", ["We could not verify your identity", "Our support can tell you more."]],
  ["verified", ["Your identity is verified", "The members’ area is open."]],
]);
const DETAILS = new Map<unknown, string>([
  ["inconclusive", "The last check came to no conclusion. Please try again."],
  ["validity_ended", "Your verification was valid for a limited time. Please renew it."],
]);

/** The inputs of Ory's forms that this example can show, by their groups. */
const GROUPS = ["default", "profile", "identifier_first", "password"];
const LABELS = new Map([["traits.email", "E-mail"], ["identifier", "E-mail"]]);

/** Whether this example knows a status. It treats any other like a missing one. */
export function isStatus(status: unknown): status is string {
  return STATUSES.has(status);
}

export function viewBanner({ status, detail, link }: Person): Html {
  const [title, text] = STATUSES.get(status) ?? [];
  const isLinkUseful = link !== undefined && ["pending", "expired"].includes(status);
  return html`
    <section class="banner ${status}">
      <h2>${title}</h2>
      <p>${DETAILS.get(detail) ?? text}</p>
      ${isLinkUseful && html`
        <p><a class="button" href="${link}" target="_blank" rel="noreferrer">Verify my identity
          <span class="hidden">(opens a new tab)</span></a></p>
      `}
    </section>
  `;
}

/** The parts of Ory's forms that this example uses. */
export interface OryForm {
  readonly action: string;
  readonly messages?: readonly Message[];
  readonly nodes: readonly Node[];
}

interface Node {
  readonly group: string;
  readonly attributes: Readonly<Record<string, unknown>> & { readonly name: string };
  readonly messages: readonly Message[];
  readonly meta: { readonly label?: Message };
}

interface Message {
  readonly text: string;
  readonly type: string;
}

/** A form of Ory, with its CSRF token. */
export function viewForm({ action, messages, nodes }: OryForm): Html {
  return html`
    ${viewMessages(messages)}
    <form method="post" action="${action}">
      ${nodes.filter(({ group }) => GROUPS.includes(group)).map(viewNode)}
    </form>
  `;
}

function viewNode({ attributes, messages, meta }: Node): Html {
  const { name, type, value, autocomplete, required } = attributes;
  if (type === "hidden") return html`<input type="hidden" name="${name}" value="${value}">`;
  const label = LABELS.get(name) ?? meta.label?.text ?? name;
  if (type === "submit") {
    // The other buttons lead back, whatever has been entered.
    const isBack = name !== "method";
    return html`<button name="${name}" value="${value}" ${
      isBack && "formnovalidate"
    }>${label}</button>`;
  }
  return html`
    <label>${label}
      <input name="${name}" type="${type}" value="${value}" autocomplete="${autocomplete ?? "on"}"
        ${required === true && "required"}>
    </label>
    ${viewMessages(messages)}
  `;
}

/** A refused sign-in can contain the link to the person's verification. */
function viewMessages(messages: readonly Message[] = []): Html[] {
  return messages.map(({ text, type }) =>
    html`<p class="message ${type}" ${type === "error" && html`role="alert"`}>${
      text.split(/(https?:\/\/\S+)/).map((part, index) =>
        index % 2 === 1 ? html`<a href="${part}" rel="noreferrer">your verification</a>` : part
      )
    }</p>`
  );
}

/** The whole page. */
export function viewPage({ title, person, body }: PageView): string {
  return html`
    <!DOCTYPE html>
    <html lang="en">
      <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <title>${title} · Your app</title>
        <link rel="icon" href="data:,">
        <link rel="stylesheet" href="/style.css">
        ${person && html`<script type="module" src="/live.js"></script>`}
      </head>
      <body>
        <header>
          <a class="home" href="/">Your app</a>
          ${person === undefined
            ? html`<nav><a href="/login">Sign in</a> <a href="/registration">Sign up</a></nav>`
            : html`<form method="post" action="/logout">
          <span>${person.email}</span> <button>Sign out</button>
        </form>`}
        </header>
        <main data-status="${person?.status}" aria-live="polite">
          <h1>${title}</h1>
          ${body}
        </main>
      </body>
    </html>
  `.text;
}
