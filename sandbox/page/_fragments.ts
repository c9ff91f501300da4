import { type Html, renderHtml } from "../../lib/http/html.ts";
import type { SimulatedIdentity } from "../simulators/kratos/simulator.ts";
import { findPersonName, type PageModel, suggestEmail } from "./_page_model.ts";
import { viewCall } from "./_view_call.ts";
import { viewAnnouncement, viewNotice, viewRegister, viewSwitches } from "./_view_page.ts";
import { viewPerson } from "./_view_person.ts";
import type { Fragment } from "./events.ts";
import type { ObservedCall } from "./observed_call.ts";
import { findExecution } from "./people.ts";

/** The card of a person. Only one card is open: the newest person's, unless `openId` names another. */
export function createCard(
  model: PageModel,
  identity: SimulatedIdentity,
  openId = [...model.kratos.identities.keys()].at(-1),
): Html {
  const { email } = identity.traits;
  return viewPerson({
    identity,
    before: model.changes.before(identity.id),
    execution: findExecution(model, email),
    notice: model.personNotices.get(email),
    isOpen: identity.id === openId,
  });
}

export function toPersonFragment(model: PageModel, identity: SimulatedIdentity): Fragment {
  const html = renderHtml(createCard(model, identity));
  return { id: `person-${identity.id}`, html, list: "people", at: "start" };
}

export function toCallFragment(model: PageModel, call: ObservedCall): Fragment {
  const html = renderHtml(viewCall(call, findPersonName(model, call)));
  return { id: `call-${call.id}`, html, list: "calls", at: "end" };
}

export function toRegisterFragment(model: PageModel): Fragment {
  return { id: "register", html: renderHtml(viewRegister(suggestEmail(model))) };
}

export function toSwitchesFragment({ switches }: PageModel): Fragment {
  return { id: "switches", html: renderHtml(viewSwitches(switches)) };
}

export function toNoticeFragment({ notice }: PageModel): Fragment {
  return { id: "notice", html: renderHtml(viewNotice(notice)) };
}

export function toAnnouncementFragment({ announcement }: PageModel): Fragment {
  return { id: "announcement", html: renderHtml(viewAnnouncement(announcement)) };
}

/** Everything that a page may have missed since it was loaded. */
export function toCatchUpFragments(model: PageModel): Fragment[] {
  return [
    ...model.kratos.identities.values().map((identity) => toPersonFragment(model, identity)),
    ...model.calls.map((call) => toCallFragment(model, call)),
    toSwitchesFragment(model),
    toNoticeFragment(model),
  ];
}
