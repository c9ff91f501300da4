// SPDX-License-Identifier: Apache-2.0
import type { World } from "../world.ts";

/** The newest mail that Kratos has for an address. It queues mails in its database. */
export async function readMail({ kratos }: World, email: string): Promise<string> {
  const query = new URLSearchParams({ recipient: email, "page_size": "10" });
  const response = await fetch(`${kratos.adminUrl}/admin/courier/messages?${query}`);
  const messages: { body: string; "created_at": string }[] = await response.json();
  const [newest] = messages.toSorted((a, b) => a.created_at < b.created_at ? 1 : -1);
  if (newest === undefined) throw new Error(`There is no mail for ${email}`);
  return newest.body;
}

/** The code in the newest mail. */
export async function readMailedCode(world: World, email: string): Promise<string> {
  const body = await readMail(world, email);
  const code = /\b\d{6}\b/.exec(body)?.[0];
  if (code === undefined) throw new Error(`There is no code in this mail: ${body}`);
  return code;
}
