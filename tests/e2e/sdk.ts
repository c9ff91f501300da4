// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import {
  Configuration,
  FrontendApi,
  type LoginFlow,
  type RegistrationFlow,
  ResponseError,
} from "@ory/client-fetch";
import type { World } from "./world.ts";

export const PASSWORD = "Correct-horse-9-battery";

/** The SDK with the cookies of one browser. */
export interface Browser {
  readonly ory: FrontendApi;
  readonly cookies: Map<string, string>;
}

export function openBrowser({ kratos: { publicUrl } }: World): Browser {
  const cookies = new Map<string, string>();
  const ory = new FrontendApi(
    new Configuration({
      basePath: publicUrl,
      // A script's request: without this header Kratos redirects.
      headers: { accept: "application/json" },
      async fetchApi(input: RequestInfo | URL, init?: RequestInit) {
        const request = new Request(input, init);
        const cookie = Array.from(cookies, (pair) => pair.join("=")).join("; ");
        if (cookie !== "") request.headers.set("cookie", cookie);
        const response = await fetch(request, { redirect: "manual" });
        for (const line of response.headers.getSetCookie()) {
          const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
          if (/Max-Age=0/i.test(line)) cookies.delete(name);
          else cookies.set(name, value);
        }
        return response;
      },
    }),
  );
  return { ory, cookies };
}

export function createNativeSdk({ kratos: { publicUrl } }: World): FrontendApi {
  return new FrontendApi(new Configuration({ basePath: publicUrl }));
}

export function readCsrfToken({ ui }: LoginFlow | RegistrationFlow): string {
  const values = ui.nodes.map(({ attributes }) =>
    attributes.node_type === "input" && attributes.name === "csrf_token" ? attributes.value : ""
  );
  return values.join("");
}

export async function signUp(
  { ory }: Browser,
  email: string,
  password = PASSWORD,
): Promise<string> {
  const flow = await ory.createBrowserRegistrationFlow();
  const { identity, session } = await ory.updateRegistrationFlow({
    flow: flow.id,
    updateRegistrationFlowBody: {
      method: "password",
      csrf_token: readCsrfToken(flow),
      password,
      traits: { email },
    },
  });
  assert.equal(session?.identity?.id, identity.id);
  return identity.id;
}

export async function signIn(
  { ory }: Browser,
  email: string,
  password = PASSWORD,
): Promise<string> {
  const flow = await ory.createBrowserLoginFlow();
  const { session } = await ory.updateLoginFlow({
    flow: flow.id,
    updateLoginFlowBody: {
      method: "password",
      csrf_token: readCsrfToken(flow),
      identifier: email,
      password,
    },
  });
  return session.identity?.id ?? "";
}

export async function signOut({ ory }: Browser): Promise<void> {
  const { logout_token: token } = await ory.createBrowserLogoutFlow();
  await ory.updateLogoutFlow({ token });
}

/** How a call was refused: the status, and the error or form in the answer. */
export async function refusalOf(
  call: Promise<unknown>,
): Promise<{ status: number; body: Refusal }> {
  try {
    await call;
  } catch (error) {
    if (!(error instanceof ResponseError)) throw error;
    return { status: error.response.status, body: await error.response.json() };
  }
  assert.fail("The call was not refused");
}

export interface Refusal {
  readonly error?: { readonly id?: string };
  readonly ui?: {
    readonly messages?: readonly { id: number }[];
    readonly nodes: readonly {
      attributes: { name: string; value?: string };
      messages: readonly { id: number }[];
    }[];
  };
}
