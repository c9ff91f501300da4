// SPDX-License-Identifier: Apache-2.0
import { isLoopback } from "../http/client_address.ts";
import { converted } from "./_setting.ts";

/**
 * Schemes that belong to no single app: those that run code or read files, those of the web, and
 * those of the operating systems. The other schemes are the apps' own, such as `mybank`.
 */
const SHARED_SCHEMES = new Set(
  ("about android-app blob chrome content data file filesystem ftp http intent javascript mailto " +
    "resource sms tel vbscript view-source ws wss").split(" "),
);

/** Where the button "Back to …" leads: https, http on a loopback address, or an app's own scheme. */
export const appUrl = converted(
  (value) => {
    const url = URL.parse(value);
    return url !== null && isAllowed(url) ? url.href : undefined;
  },
  "must begin with https://, or with your app's own scheme and ://, and have no user or password",
);

function isAllowed(url: URL): boolean {
  if (url.username + url.password !== "") return false;
  if (url.protocol === "https:" || (url.protocol === "http:" && isLoopback(url))) return true;
  // `javascript://` also has slashes, and browsers run what follows its first line.
  return url.href.startsWith(`${url.protocol}//`) && !SHARED_SCHEMES.has(url.protocol.slice(0, -1));
}
