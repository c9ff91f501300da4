// SPDX-License-Identifier: Apache-2.0
import { findSyntaxFault } from "../kratos_config/jsonnet_syntax.ts";
import type { TemplateAnswer } from "../kratos_config/templates.ts";
import type { Report } from "./findings.ts";

/** Reads a template, or another file that Kratos reads by its address. */
export type ReadTemplate = (uri: string) => Promise<TemplateAnswer>;

/** Reads a template; undefined after a report that Kratos cannot, or that we cannot from here. */
export async function readChecked(
  uri: string,
  { what, where, readTemplate, report }: {
    /** Such as "The template". */
    what: string;
    where: string;
    readTemplate: ReadTemplate;
    report: Report;
  },
): Promise<string | undefined> {
  const answer = await readTemplate(uri);
  if (answer.ok) return answer.text;
  const place = uri.length > 100 ? `${uri.slice(0, 60)}…` : uri;
  const { reason, why } = answer;
  if (reason === "unknown") report.addUnchecked(`${what} at ${place}: ${lowerFirst(why)}`);
  else {
    const id = reason === "missing" ? "template_not_found" : "template_broken";
    report.add(id, where, `${what} at ${place}: ${lowerFirst(why)}`);
  }
  return undefined;
}

/** Reports a template that does not parse. Whether there was nothing to report. */
export function checkSyntax(
  template: string,
  { what, where, report }: { what: string; where: string; report: Report },
): boolean {
  const fault = findSyntaxFault(template);
  if (fault !== undefined) report.add("template_broken", where, `${what}: ${lowerFirst(fault)}`);
  return fault === undefined;
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
