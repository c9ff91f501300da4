const LOOPBACK = new Set(["127.0.0.1", "localhost", "[::1]"]);

/**
 * Whether another site's page is behind a request: it must neither read nor drive the sandbox of
 * whoever visits it. A host that is not loopback is a foreign name that leads here (DNS rebinding).
 */
export function isFromElsewhere(request: Request): boolean {
  const url = new URL(request.url);
  if (!LOOPBACK.has(url.hostname)) return true;
  if (request.method === "GET") return false;
  const site = request.headers.get("sec-fetch-site");
  const origin = request.headers.get("origin");
  // Programs send neither; every browser sends one of the two.
  return (site !== null && site !== "same-origin") || (origin !== null && origin !== url.origin);
}
