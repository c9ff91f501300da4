import type { SimulatedIdentity } from "../simulators/kratos/simulator.ts";
import { type IdentityChanges, trackIdentities } from "./identity_changes.ts";
import type { Notice } from "./notice.ts";
import type { ObservedCall } from "./observed_call.ts";
import type { Observer } from "./observer.ts";
import { findIdentity, type Simulators } from "./people.ts";
import type { FaultSwitch } from "./switches.ts";

/** Everything that the page shows. */
export interface PageModel extends Simulators {
  readonly calls: readonly ObservedCall[];
  readonly switches: readonly FaultSwitch[];
  readonly changes: IdentityChanges;
  /** By e-mail address: the result of the last action for this person. */
  readonly personNotices: Map<string, Notice>;
  /** The result of the last action, if it does not belong to a person's card. */
  notice: Notice | undefined;
  /** What screen readers are told about a change on a person's card. */
  announcement: string;
}

/** Suggested in this order, followed by numbers. */
const NAMES = ["ada", "eve", "grace", "alan", "mary", "kurt", "emmy", "john"];

export function createPageModel(
  { jumio, kratos, observer, switches }: Simulators & {
    observer: Observer;
    switches: readonly FaultSwitch[];
  },
): PageModel {
  return {
    jumio,
    kratos,
    calls: observer.calls,
    switches,
    changes: trackIdentities(kratos.identities),
    personNotices: new Map(),
    notice: undefined,
    announcement: "",
  };
}

/** An e-mail address that nobody has yet. */
export function suggestEmail({ kratos }: PageModel): string {
  const name = NAMES.find((free) => findIdentity({ kratos }, `${free}@example.com`) === undefined);
  return `${name ?? `person${kratos.identities.size + 1}`}@example.com`;
}

/** The newest first. */
export function listPeople({ kratos }: PageModel): SimulatedIdentity[] {
  return [...kratos.identities.values()].reverse();
}

/** The name of the person that a call is about, found by the ids and the address in the call. */
export function findPersonName(
  { jumio, kratos }: PageModel,
  { path, request, answer }: ObservedCall,
): string | undefined {
  const text = `${path} ${request.body} ${answer?.body ?? ""}`;
  const execution = jumio.executions.find(({ id }) => text.includes(id));
  return kratos.identities.values().find(({ id, traits }) =>
    text.includes(id) || text.includes(`"${traits.email}"`) || execution?.userReference === id
  )?.traits.email.replace(/@.*/, "");
}
