import { createSecret } from "../crypto/secret.ts";
import type { Config } from "./config.ts";
import { webSources } from "./person.ts";
import type { SettingReader } from "./_reader.ts";

/** Where Kratos is, and the key to it. */
export function readKratos(read: SettingReader): Config["kratos"] {
  read.required("KRATOS_ADMIN_URL");
  const apiKey = read.text("ORY_API_KEY");
  const adminUrl = read.url("KRATOS_ADMIN_URL") ?? new URL("http://localhost");
  adminUrl.pathname = adminUrl.pathname.replace(/\/+$/, "").replace(/\/admin$/, "") + "/";
  if (isOryNetwork(adminUrl)) {
    if (apiKey === undefined) {
      read.problems.push("ORY_API_KEY is missing: KRATOS_ADMIN_URL is an Ory Network address");
    }
    if (adminUrl.protocol !== "https:") {
      read.problems.push("KRATOS_ADMIN_URL must begin with https://: it is an Ory Network address");
    }
  }
  return { adminUrl, apiKey: apiKey === undefined ? undefined : createSecret(apiKey) };
}

/** Where Jumio is, and the client that we are there. */
export function readJumio(read: SettingReader): Config["jumio"] {
  read.required("JUMIO_AUTH_URL");
  read.required("JUMIO_API_BASE_URL");
  const tokenUrl = read.url("JUMIO_AUTH_URL") ?? new URL("http://localhost");
  if (!tokenUrl.pathname.endsWith("/oauth2/token")) {
    tokenUrl.pathname = `${tokenUrl.pathname.replace(/\/+$/, "")}/oauth2/token`;
  }
  const apiUrl = read.url("JUMIO_API_BASE_URL") ?? new URL("http://localhost");
  for (
    const [name, url] of Object.entries({ JUMIO_AUTH_URL: tokenUrl, JUMIO_API_BASE_URL: apiUrl })
  ) {
    if (url.hostname.endsWith(".jumio.ai") && url.protocol !== "https:") {
      read.problems.push(`${name} must begin with https://: it is an address of Jumio's`);
    }
  }
  return {
    tokenUrl,
    accountUrl: jumioHost(apiUrl, "account"),
    retrievalUrl: jumioHost(apiUrl, "retrieval"),
    webSources: webSources({ tokenUrl, apiUrl }),
    clientId: read.required("JUMIO_CLIENT_ID"),
    clientSecret: createSecret(read.required("JUMIO_CLIENT_SECRET")),
    workflowKey: read.text("JUMIO_WORKFLOW_KEY") ?? "10011",
    startsPerSecond: read.number("JUMIO_STARTS_PER_SECOND", {
      orElse: 1,
      min: 0.01,
      max: 1000,
      whole: false,
    }),
  };
}

/** `account.`, `api.` and `retrieval.` stand for one another; any other host serves both. */
function jumioHost(apiUrl: URL, name: "account" | "retrieval"): URL {
  const url = new URL(apiUrl);
  url.hostname = url.hostname.replace(/^(?:account|api|retrieval)\./, `${name}.`);
  url.pathname = `${url.pathname.replace(/\/+$/, "").replace(/\/api\/v1$/, "")}/api/v1/`;
  return url;
}

/** Whether an address is one of Ory Network's, where nothing goes without a key. */
export function isOryNetwork(url: URL): boolean {
  return /\.(?:oryapis\.com|ory\.sh|ory\.com)$/.test(url.hostname);
}
