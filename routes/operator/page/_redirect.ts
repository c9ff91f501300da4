// SPDX-License-Identifier: Apache-2.0
/**
 * The address of a page, relative to the folder `/operator/`, in which all pages and forms are. So
 * the pages work behind a path that a proxy removes.
 */
export type PageAddress = `./${string}`;

/** Sends the browser to a page after a form. */
export function redirect(location: PageAddress, cookie?: string): Response {
  const headers = new Headers({ location, "cache-control": "no-store" });
  if (cookie !== undefined) headers.set("set-cookie", cookie);
  return new Response(null, { status: 303, headers });
}
