import type { Config } from "../../lib/config/config.ts";
import { USER_AGENT } from "../../lib/upstream/call.ts";
import type { Tools } from "../frame/command.ts";
import { toRecord } from "../kratos_config/edit.ts";
import type { Checkup, Finding, FindingId } from "./findings.ts";
import { isIpAddress } from "../kratos_config/hook_address.ts";
import { type Ask, createAsk, describeProbe, type Probe } from "./probe.ts";

/** `Date` has whole seconds and the answer took its time: less than this is no skew. */
const MAX_SKEW_MS = 30_000;

/** Nobody's: Kratos keeps no identity with it, so a patch of it changes nothing. */
const ZERO_ID = "00000000-0000-0000-0000-000000000000";

type Add = (id: FindingId, where: string, seen?: string) => void;

/** What the live checks may do beside looking. */
export interface LiveOptions {
  /** Where the service answers; undefined where nobody said. */
  readonly serviceUrl: URL | undefined;
  /** Starts a real transaction at Jumio, to try the workflow key. */
  readonly startsOne: boolean;
}

/** Checks the running setup, by the service's own settings. Only `startsOne` leaves anything behind. */
export async function checkLive(
  config: Config,
  { fetch, now, progress }: Pick<Tools, "fetch" | "now" | "progress">,
  { serviceUrl, startsOne }: LiveOptions,
): Promise<Checkup & { readonly startedExecution: string | undefined }> {
  const findings: Finding[] = [];
  const unchecked: string[] = [];
  const skews = new Map<string, number>();
  const ask = createAsk({ fetch, now }, (host, { theirs, ours }) => {
    skews.set(host, Math.abs(theirs - ours));
  });
  const add: Add = (id, where, seen) =>
    findings.push({ id, where, ...(seen === undefined ? {} : { seen }) });

  progress("Asking Kratos");
  await checkKratos(config, { ask, add });
  progress("Asking Jumio");
  const startedExecution = await checkJumio(config, { ask, add, startsOne });
  progress("Asking the service");
  if (serviceUrl === undefined) {
    unchecked.push("The service and its KV: neither PUBLIC_URL nor --url says where it is");
  } else {
    await checkService(serviceUrl, { ask, add });
  }
  if (config.publicUrl === undefined) {
    unchecked.push(
      "The way of Jumio's callbacks: without PUBLIC_URL executions are polled, and unsigned " +
        "callbacks refused",
    );
  } else {
    await checkPublicUrl(new URL(config.publicUrl), { ask, add });
  }
  for (const [host, skew] of skews) {
    if (skew > MAX_SKEW_MS) add("clock_skew", host, `${Math.round(skew / 1000)} s apart`);
  }
  return { findings, unchecked, startedExecution };
}

async function checkKratos(
  { kratos: { adminUrl, apiKey } }: Config,
  { ask, add }: { ask: Ask; add: Add },
): Promise<void> {
  const where = "KRATOS_ADMIN_URL";
  const headers = {
    "user-agent": USER_AGENT,
    ...(apiKey === undefined ? {} : { "authorization": `Bearer ${apiKey.reveal()}` }),
  };
  const list = await ask(new URL("admin/identities?page_size=1", adminUrl), { headers });
  if (isRefused(list)) return add("kratos_key_refused", where, describeProbe(list));
  if (!list.ok || list.status !== 200 || !Array.isArray(list.json)) {
    return add("kratos_unreachable", where, describeProbe(list));
  }
  const patch = await ask(new URL(`admin/identities/${ZERO_ID}`, adminUrl), {
    method: "PATCH",
    headers: { ...headers, "content-type": "application/json" },
    body: JSON.stringify([{ op: "replace", path: "/metadata_public/jumio", value: {} }]),
  });
  if (!patch.ok || patch.status !== 404) add("kratos_patch_refused", where, describeProbe(patch));
}

async function checkJumio(
  { jumio }: Config,
  { ask, add, startsOne }: { ask: Ask; add: Add; startsOne: boolean },
): Promise<string | undefined> {
  const token = await ask(jumio.tokenUrl, {
    method: "POST",
    headers: {
      "authorization": `Basic ${btoa(`${jumio.clientId}:${jumio.clientSecret.reveal()}`)}`,
      "content-type": "application/x-www-form-urlencoded",
      "accept": "application/json",
      "user-agent": USER_AGENT,
    },
    body: "grant_type=client_credentials",
  });
  const accessToken = token.ok ? toRecord(token.json)?.["access_token"] : undefined;
  if (!token.ok || token.status !== 200 || typeof accessToken !== "string") {
    add("jumio_token_refused", "JUMIO_AUTH_URL", describeProbe(token));
    return undefined;
  }
  const headers = {
    "authorization": `Bearer ${accessToken}`,
    "content-type": "application/json",
    "accept": "application/json",
    "user-agent": USER_AGENT,
  };
  const body = JSON.stringify({
    customerInternalReference: crypto.randomUUID(),
    workflowDefinition: { key: jumio.workflowKey },
    tokenLifetime: "5m",
  });

  // An account that nobody has: 404 says that the client might, had it been there.
  const accountId = crypto.randomUUID();
  const put = { method: "PUT", headers, body };
  const update = await ask(new URL(`accounts/${accountId}`, jumio.accountUrl), put);
  if (!update.ok || update.status !== 404) {
    add("jumio_account_refused", jumio.accountUrl.host, describeProbe(update));
  }
  const execution = `accounts/${accountId}/workflow-executions/${crypto.randomUUID()}`;
  const details = await ask(new URL(execution, jumio.retrievalUrl), { headers });
  if (!details.ok || details.status !== 404) {
    add("jumio_retrieval_refused", jumio.retrievalUrl.host, describeProbe(details));
  }
  if (!startsOne) return undefined;
  const post = { method: "POST", headers, body };
  const started = await ask(new URL("accounts", jumio.accountUrl), post);
  const answer = started.ok ? toRecord(toRecord(started.json)?.["workflowExecution"]) : undefined;
  if (typeof answer?.["id"] === "string") return answer["id"];
  add("jumio_start_refused", "JUMIO_WORKFLOW_KEY", describeProbe(started));
  return undefined;
}

async function checkService(
  serviceUrl: URL,
  { ask, add }: { ask: Ask; add: Add },
): Promise<void> {
  const ready = await ask(new URL("ready", serviceUrl));
  if (ready.ok && ready.status === 503) add("kv_down", serviceUrl.host);
  else if (!ready.ok || ready.status !== 200 || toRecord(ready.json)?.["status"] !== "ready") {
    add("service_unreachable", serviceUrl.host, describeProbe(ready));
  }
}

async function checkPublicUrl(url: URL, { ask, add }: { ask: Ask; add: Add }): Promise<void> {
  const faults = [
    url.protocol === "https:" ? undefined : "It is not https",
    url.port === "" ? undefined : "It has a port",
    isIpAddress(url) || url.hostname === "localhost" ? "It has no name of its own" : undefined,
  ].filter((fault) => fault !== undefined);
  if (faults.length > 0) add("public_url_unfit", "PUBLIC_URL", faults.join(", "));
  // A token that no transaction has.
  const token = crypto.getRandomValues(new Uint8Array(32)).toBase64({
    alphabet: "base64url",
    omitPadding: true,
  });
  const callback = await ask(new URL(`${url.href.replace(/\/+$/, "")}/jumio/callback/${token}`), {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: "{}",
  });
  if (!callback.ok || callback.status !== 401) {
    add("callback_unreachable", "PUBLIC_URL", describeProbe(callback));
  }
}

function isRefused(probe: Probe): boolean {
  return probe.ok && (probe.status === 401 || probe.status === 403);
}
