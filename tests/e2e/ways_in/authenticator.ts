// SPDX-License-Identifier: Apache-2.0
/** The part of WebAuthn's options that this authenticator reads. */
interface CreationOptions {
  readonly publicKey: {
    readonly challenge: string;
    readonly rp: { readonly id: string };
    readonly user: { readonly id: string };
  };
}

interface RequestOptions {
  readonly publicKey: { readonly challenge: string; readonly rpId: string };
}

/** What a page sends to Kratos after the person has touched the authenticator. */
type Credential = Readonly<Record<string, unknown>>;

/** The page that asks the authenticator. */
const ORIGIN = "http://localhost:4455";
const USER_PRESENT = 0x01;
const USER_VERIFIED = 0x04;
const HAS_CREDENTIAL = 0x40;

/** An authenticator in software with one ES256 credential, for passkey and for webauthn. */
export class Authenticator {
  readonly #id = crypto.getRandomValues(new Uint8Array(16));
  #keys: CryptoKeyPair | undefined;
  #userHandle = "";

  /** Creates the credential. Needs no attestation. */
  async create({ publicKey: { challenge, rp, user } }: CreationOptions): Promise<Credential> {
    const algorithm = { name: "ECDSA", namedCurve: "P-256" };
    this.#keys = await crypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
    this.#userHandle = user.id;
    const { x = "", y = "" } = await crypto.subtle.exportKey("jwk", this.#keys.publicKey);
    const flags = USER_PRESENT | USER_VERIFIED | HAS_CREDENTIAL;
    const authData = join(
      await createAuthData(rp.id, flags),
      new Uint8Array(16),
      Uint8Array.of(0, this.#id.length),
      this.#id,
      encodeKey(fromBase64(x), fromBase64(y)),
    );
    return this.#describe({
      attestationObject: toBase64(encodeAttestation(authData)),
      clientDataJSON: toBase64(createClientData("webauthn.create", challenge)),
    });
  }

  /** Signs a challenge. */
  async get({ publicKey: { challenge, rpId } }: RequestOptions): Promise<Credential> {
    if (this.#keys === undefined) throw new Error("The authenticator has no credential");
    const authData = await createAuthData(rpId, USER_PRESENT | USER_VERIFIED);
    const clientData = createClientData("webauthn.get", challenge);
    const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", clientData));
    const algorithm = { name: "ECDSA", hash: "SHA-256" };
    const signed = join(authData, hash);
    const signature = await crypto.subtle.sign(algorithm, this.#keys.privateKey, signed);
    return this.#describe({
      authenticatorData: toBase64(authData),
      clientDataJSON: toBase64(clientData),
      signature: toBase64(toDer(new Uint8Array(signature))),
      userHandle: this.#userHandle,
    });
  }

  #describe(response: Readonly<Record<string, string>>): Credential {
    const id = toBase64(this.#id);
    return { id, rawId: id, type: "public-key", response };
  }
}

/** The hash of the relying party, the flags, and a counter that stays 0. */
async function createAuthData(
  rpId: string,
  flags: number,
): Promise<Uint8Array<ArrayBuffer>> {
  const hash = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(rpId));
  return join(new Uint8Array(hash), Uint8Array.of(flags, 0, 0, 0, 0));
}

function createClientData(type: string, challenge: string): Uint8Array<ArrayBuffer> {
  const data = { type, challenge: challenge.replace(/=+$/, ""), origin: ORIGIN };
  return new TextEncoder().encode(JSON.stringify(data));
}

/** The COSE form of a P-256 key: `{1: 2, 3: -7, -1: 1, -2: x, -3: y}` in CBOR. */
function encodeKey(
  x: Uint8Array<ArrayBuffer>,
  y: Uint8Array<ArrayBuffer>,
): Uint8Array<ArrayBuffer> {
  const start = Uint8Array.of(0xa5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01);
  return join(start, Uint8Array.of(0x21, 0x58, 32), x, Uint8Array.of(0x22, 0x58, 32), y);
}

/** `{fmt: "none", attStmt: {}, authData}` in CBOR. */
function encodeAttestation(authData: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  const text = (value: string) =>
    join(Uint8Array.of(0x60 + value.length), new TextEncoder().encode(value));
  return join(
    Uint8Array.of(0xa3),
    text("fmt"),
    text("none"),
    text("attStmt"),
    Uint8Array.of(0xa0),
    text("authData"),
    Uint8Array.of(0x58, authData.length),
    authData,
  );
}

/** WebCrypto signs as r and s side by side; WebAuthn wants a DER sequence of two integers. */
function toDer(signature: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  const integer = (bytes: Uint8Array<ArrayBuffer>) => {
    const first = bytes.findIndex((byte) => byte !== 0);
    const short = bytes.slice(first);
    const positive = (short[0] ?? 0) >= 0x80 ? join(Uint8Array.of(0), short) : short;
    return join(Uint8Array.of(0x02, positive.length), positive);
  };
  const pair = join(integer(signature.slice(0, 32)), integer(signature.slice(32)));
  return join(Uint8Array.of(0x30, pair.length), pair);
}

function join(...parts: Uint8Array<ArrayBuffer>[]): Uint8Array<ArrayBuffer> {
  return new Uint8Array(parts.flatMap((part) => [...part]));
}

function toBase64(bytes: Uint8Array): string {
  return bytes.toBase64({ alphabet: "base64url", omitPadding: true });
}

function fromBase64(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.fromBase64(text, { alphabet: "base64url" });
}
