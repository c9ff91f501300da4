// SPDX-License-Identifier: Apache-2.0
import { join } from "node:path";
import { type Claims, createSigner } from "./oidc_issuer.ts";

/** Google's keys for `id_token`s, as a Kratos sees them that is started with `env`. */
export interface Google extends AsyncDisposable {
  readonly env: Readonly<Record<string, string>>;
  idToken(claims: Claims): Promise<string>;
}

export const GOOGLE_CLIENT_ID = "google-client-of-the-tests";

const HOST = "www.googleapis.com";

/**
 * Serves Google's keys on loopback. Kratos knows their address by heart, so it reaches them through
 * a proxy that connects to us whatever the address, and it trusts our certificate only.
 */
export async function startGoogle(): Promise<Google> {
  const signer = await createSigner();
  const folder = await Deno.makeTempDir({ prefix: "google-" });
  const certificate = await createCertificate(folder);
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen() {}, ...certificate },
    () => Response.json(signer.jwks),
  );
  const proxy = startProxy(server.addr.port);
  return {
    env: {
      "HTTPS_PROXY": `http://127.0.0.1:${proxy.port}`,
      "SSL_CERT_FILE": join(folder, "certificate.pem"),
    },
    idToken: (claims) =>
      signer.sign(claims, { issuer: "https://accounts.google.com", audience: GOOGLE_CLIENT_ID }),
    async [Symbol.asyncDispose]() {
      await proxy.stop();
      await server.shutdown();
      await Deno.remove(folder, { recursive: true });
    },
  };
}

/** A certificate for Google's host that is its own authority. */
async function createCertificate(folder: string): Promise<{ cert: string; key: string }> {
  const [keyFile, certFile] = [join(folder, "key.pem"), join(folder, "certificate.pem")];
  const { success, stderr } = await new Deno.Command("openssl", {
    args: [
      ..."req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2".split(" "),
      ...["-keyout", keyFile, "-out", certFile, "-subj", `/CN=${HOST}`],
      ...["-addext", `subjectAltName=DNS:${HOST}`],
    ],
  }).output();
  if (!success) throw new Error(`openssl failed: ${new TextDecoder().decode(stderr)}`);
  return { cert: await Deno.readTextFile(certFile), key: await Deno.readTextFile(keyFile) };
}

/** A proxy that answers CONNECT and then passes every byte to one port of 127.0.0.1. */
function startProxy(targetPort: number): { port: number; stop: () => Promise<void> } {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const connections: Deno.Conn[] = [];
  const pipes: Promise<unknown>[] = [];

  async function serve(connection: Deno.Conn): Promise<void> {
    connections.push(connection);
    // Kratos sends nothing more before it has our answer.
    await connection.read(new Uint8Array(4096));
    await connection.write(new TextEncoder().encode("HTTP/1.1 200 OK\r\n\r\n"));
    const target = await Deno.connect({ hostname: "127.0.0.1", port: targetPort });
    connections.push(target);
    await Promise.allSettled([
      connection.readable.pipeTo(target.writable),
      target.readable.pipeTo(connection.writable),
    ]);
  }

  async function accept(): Promise<void> {
    for await (const connection of listener) pipes.push(serve(connection).catch(() => {}));
  }

  const accepting = accept();
  return {
    port: listener.addr.port,
    async stop() {
      listener.close();
      for (const connection of connections) closeQuietly(connection);
      await Promise.all([accepting, ...pipes]);
    },
  };
}

/** Closes a connection that may have ended by itself. */
function closeQuietly(connection: Deno.Conn): void {
  try {
    connection.close();
  } catch (error) {
    if (!(error instanceof Deno.errors.BadResource)) throw error;
  }
}
