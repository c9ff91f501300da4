import type { JumioSimulator, Outcome, SimulatedExecution } from "../simulators/jumio/simulator.ts";
import type { KratosSimulator, SimulatedIdentity } from "../simulators/kratos/simulator.ts";
import { readJumio } from "./identity_state.ts";
import type { Observer } from "./observer.ts";
import { OUTCOME_WORDS } from "./words.ts";

/** What came of an act, as the person reads it. */
export interface Notice {
  readonly text: string;
  readonly tone: "good" | "bad" | "neutral";
}

/** What a visitor of the page does, in the place of all the people who take part. */
export interface Acts {
  /** As an app's own forms do it, over Ory's public API. */
  register(email: string): Promise<Notice>;
  signIn(email: string): Promise<Notice>;
  /** By a code from an administrator: a way in that runs no login hook. */
  recover(email: string): Promise<Notice>;
  /** The person goes to Jumio, the newest execution ends, and Jumio calls back. */
  finish(email: string, outcome: Outcome): Promise<Notice>;
  /** Somebody who knows the ids, but not the token, claims that the execution has ended. */
  forge(email: string): Promise<Notice>;
  identityOf(email: string): SimulatedIdentity | undefined;
  executionOf(email: string): SimulatedExecution | undefined;
}

/** All persons of the sandbox have the same password. */
const PASSWORD = "Correct-horse-9-battery";

const KRATOS = "http://kratos";

/** As often as the person's page does it, until they give up; a killed bridge is back long before. */
const LOOK_AGAIN_MS = 2_000;
const MOST_LOOKS = 8;

/** Creates the acts. Those of a person go through the observer. */
export function createActs(
  { jumio, kratos, observer, serviceUrl, fetch, delay }: {
    jumio: JumioSimulator;
    kratos: KratosSimulator;
    observer: Observer;
    serviceUrl: string;
    fetch: typeof globalThis.fetch;
    delay: (ms: number) => Promise<void>;
  },
): Acts {
  const submitForm = observer.handler({ from: "person", to: "ory" }, kratos.fetch);
  const visit = observer.fetch({ from: "person", to: "bridge" }, fetch);
  const sendForged = observer.fetch({ from: "stranger", to: "bridge" }, fetch);

  async function submit(flow: "registration" | "login", body: unknown): Promise<Response> {
    const created = await kratos.fetch(new Request(`${KRATOS}/self-service/${flow}/api`));
    const { ui } = await created.json();
    const headers = { "content-type": "application/json" };
    return await submitForm(
      new Request(ui.action, { method: "POST", headers, body: JSON.stringify(body) }),
    );
  }

  function identityOf(email: string): SimulatedIdentity | undefined {
    return kratos.identities.values().find(({ traits }) => traits.email === email);
  }

  function executionOf(email: string): SimulatedExecution | undefined {
    const id = identityOf(email)?.id;
    return jumio.executions.findLast(({ userReference }) => userReference === id);
  }

  /**
   * The person opens the link on the identity, and presses the button of that page. A bridge that has
   * missed the press expects nobody at Jumio, and looks for a result only half an hour later: whoever
   * finds it killed tries again. Tells whether nothing is in the way.
   */
  async function goToJumio(email: string): Promise<boolean> {
    const { link } = readJumio(identityOf(email));
    const token = URL.parse(link)?.searchParams.get("token");
    if (!token || !link.startsWith(serviceUrl)) return true;
    for (let look = 0; look < MOST_LOOKS; look++) {
      if (look > 0) await delay(LOOK_AGAIN_MS);
      try {
        if (await followLink(link, token)) return true;
      } catch {
        // The bridge is killed, maybe in the midst of the press. It may be back at the next look.
      }
    }
    return false;
  }

  /** False while the way is being prepared: then the page refreshes by itself. */
  async function followLink(link: string, token: string): Promise<boolean> {
    const page = await (await visit(link)).text();
    if (!page.includes('<form method="post"')) return !page.includes('http-equiv="refresh"');
    const init = { method: "POST", headers: { origin: serviceUrl }, redirect: "manual" } as const;
    const pressed = await visit(`${serviceUrl}/jumio/verify`, {
      ...init,
      body: new URLSearchParams({ token }),
    });
    await pressed.body?.cancel();
    return true;
  }

  return {
    identityOf,
    executionOf,
    async register(email) {
      const body = { method: "password", password: PASSWORD, traits: { email } };
      return await tell(await submit("registration", body), "Registered");
    },
    async signIn(email) {
      const body = { method: "password", password: PASSWORD, identifier: email };
      return await tell(await submit("login", body), "Signed in");
    },
    async recover(email) {
      const created = await kratos.fetch(
        new Request(`${KRATOS}/admin/recovery/code`, {
          method: "POST",
          body: JSON.stringify({ "identity_id": identityOf(email)?.id ?? "" }),
        }),
      );
      if (!created.ok) return bad("Ory’s admin API is down: there is no recovery code");
      const { recovery_link: link, recovery_code: code } = await created.json();
      const flow = new URL(link).searchParams.get("flow");
      const answer = await submitForm(
        new Request(`${KRATOS}/self-service/recovery?flow=${flow}`, {
          method: "POST",
          body: new URLSearchParams({ method: "code", code }),
        }),
      );
      if (answer.headers.has("set-cookie")) return good("Got in by recovery");
      const next = new URL(answer.headers.get("location") ?? KRATOS).searchParams.get("flow");
      const read = new Request(`${KRATOS}/self-service/recovery/flows?id=${next}`);
      return await tell(await kratos.fetch(read), "Refused without a text");
    },
    async finish(email, outcome) {
      const execution = executionOf(email);
      if (execution === undefined) return bad("There is nothing to finish");
      const ended = bad("This execution has ended already");
      if (execution.completedAt !== undefined) return ended;
      // Who is at Jumio's page already needs the bridge no more.
      if (execution.startedAt === undefined && !await goToJumio(email)) {
        return bad("The bridge does not lead to Jumio now. Try again in a moment");
      }
      // Two buttons were pressed while the bridge was away.
      if (execution.completedAt !== undefined) return ended;
      const deliveries = await jumio.finish(execution.id, outcome);
      const told = deliveries.map(({ status }) => status).join(", ");
      const end = told === "dropped" ? "was dropped" : `was answered with ${told}`;
      return neutral(`Jumio: ${OUTCOME_WORDS[outcome]}. Its callback ${end}`);
    },
    async forge(email) {
      const execution = executionOf(email);
      if (execution === undefined) return bad("There is no execution to lie about");
      const [headers, method] = [{ "content-type": "application/json" }, "POST"];
      const body = JSON.stringify({
        callbackSentAt: new Date().toISOString(),
        userReference: execution.userReference,
        workflowExecution: { id: execution.id, status: "PROCESSED" },
        account: { id: execution.accountId },
      });
      const token = crypto.getRandomValues(new Uint8Array(32));
      const guess = token.toBase64({ alphabet: "base64url", omitPadding: true });
      const url = `${serviceUrl}/jumio/callback/${guess}`;
      try {
        const { status } = await sendForged(url, { method, headers, body });
        return neutral(`The forged callback was answered with ${status}, and changes nothing`);
      } catch {
        // The bridge is killed: nobody is there to be lied to.
        return bad("Nobody answered the forged callback");
      }
    },
  };
}

/** What the person at an app's form would read. */
async function tell(answer: Response, success: string): Promise<Notice> {
  const { ui, error } = await answer.json();
  const nodes: { messages: { text: string }[] }[] = ui?.nodes ?? [];
  const texts: { text: string }[] = [...ui?.messages ?? [], ...nodes.flatMap((n) => n.messages)];
  if (texts.length > 0) return bad(`Refused: ${texts.map(({ text }) => text).join(" ")}`);
  return answer.ok ? good(success) : bad(`Failed: ${error?.message ?? answer.status}`);
}

function good(text: string): Notice {
  return { text, tone: "good" };
}

function bad(text: string): Notice {
  return { text, tone: "bad" };
}

function neutral(text: string): Notice {
  return { text, tone: "neutral" };
}
