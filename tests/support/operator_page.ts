// SPDX-License-Identifier: Apache-2.0
import type { TestContext } from "./context.ts";
import { OPERATOR_SECRET } from "./operator_api.ts";

/** Headers of a form that a browser sends from a page of this service. */
const OWN_FORM = {
  "content-type": "application/x-www-form-urlencoded",
  "sec-fetch-site": "same-origin",
};

/** Sends a form of the operator's page. */
export async function postForm(
  service: TestContext,
  path: string,
  { fields, cookie = "", headers = OWN_FORM }: {
    fields: Readonly<Record<string, string>>;
    cookie?: string;
    headers?: Readonly<Record<string, string>>;
  },
): Promise<Response> {
  return await service.send(`/operator/${path}`, {
    method: "POST",
    headers: { ...headers, cookie },
    body: new URLSearchParams(fields).toString(),
    redirect: "manual",
  });
}

/** Signs an operator in at the page, and gives the cookie. A secret with a name needs none. */
export async function signIn(
  service: TestContext,
  { secret, name = secret === undefined ? "Ada L." : "" }: { secret?: string; name?: string } = {},
): Promise<string> {
  const response = await postForm(service, "sign-in", {
    fields: { name, secret: secret ?? OPERATOR_SECRET },
  });
  await response.body?.cancel();
  return (response.headers.get("set-cookie") ?? "").split(";")[0] ?? "";
}

/** Reads a page of the operator, by its path or by an address on another page. */
export async function showPage(
  service: TestContext,
  path: string,
  { cookie }: { cookie: string },
): Promise<string> {
  const { pathname, search } = new URL(path, "https://kyc.example.com/operator/");
  const response = await service.send(pathname + search, { headers: { cookie } });
  return await response.text();
}

/** The fields of the form of a page that leads to an action. Of radio buttons there is none. */
export function readForm(page: string, action: string): Record<string, string> {
  const [, form = ""] = new RegExp(`action="${action}">(.*?)</form>`, "s").exec(page) ?? [];
  const inputs = form.matchAll(/<input type="hidden" name="([^"]*)" value="([^"]*)">/g);
  return Object.fromEntries([...inputs].map(([, name = "", value = ""]) => [name, value]));
}
