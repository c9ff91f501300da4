// SPDX-License-Identifier: Apache-2.0
import * as z from "zod";
import { OUTCOMES } from "../simulators/jumio/simulator.ts";
import { good, neutral, type Notice } from "./notice.ts";
import type { ServiceSwitch } from "./service_switch.ts";
import type { FaultSwitch } from "./switches.ts";
import type { VisitorActions } from "./visitor_actions.ts";

/** The fields of all forms of the page. Switches have one field each, by their names. */
export const FormFields = z.looseObject({
  email: z.string().default(""),
  outcome: z.optional(z.enum(OUTCOMES)),
});
export type FormFields = z.output<typeof FormFields>;

/** Does what a form of the page asks for. Returns undefined if there is no such form. */
export async function submitForm(
  path: string,
  { fields, languages, actions, switches, service }: {
    fields: FormFields;
    /** The `Accept-Language` of the visitor's browser. */
    languages: string | undefined;
    actions: VisitorActions;
    switches: readonly FaultSwitch[];
    service: ServiceSwitch;
  },
): Promise<Notice | undefined> {
  const { email, outcome } = fields;
  switch (path) {
    case "/register":
      return await actions.register(email, languages);
    case "/sign-in":
      return await actions.signIn(email, languages);
    case "/recover":
      return await actions.recover(email, languages);
    case "/start-again":
      return await actions.startAgain(email);
    case "/end":
      return await actions.end(email);
    case "/forge":
      return await actions.forge(email);
    case "/finish":
      return outcome && await actions.finish(email, outcome);
    case "/switch":
      return await setSwitches(switches, fields);
    case "/restart":
      return await restart(service);
  }
  return undefined;
}

/** Sets the switches that the form names. */
async function setSwitches(
  switches: readonly FaultSwitch[],
  fields: FormFields,
): Promise<Notice> {
  const changed: string[] = [];
  for (const { name, label, options, read, set } of switches) {
    const option = options.find(({ value }) => value === fields[name]);
    if (option === undefined || option.value === read()) continue;
    await set(option.value);
    changed.push(`${label} ${option.label}`);
  }
  return neutral(changed.join("; "));
}

async function restart(service: ServiceSwitch): Promise<Notice> {
  const startedAt = performance.now();
  await service.kill();
  await service.start();
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  return good(`The bridge was killed, and is back after ${seconds} s with all its data`);
}
