// SPDX-License-Identifier: Apache-2.0
import { isAmbiguousPath } from "./raw_path.ts";
import type { RouteMatch } from "./authentication.ts";
import type { Route } from "./route.ts";

/** The routes of one path, and the values of the path's parameters. */
export interface PathMatch<Services> {
  /** As declared, with its parameters in braces. Safe to log: it never holds a token. */
  readonly path: string;
  /** By method. A path with a GET route has HEAD too. */
  readonly routes: ReadonlyMap<string, Route<Services>>;
  readonly params: RouteMatch["params"];
}

/**
 * Creates the function that finds the routes of a path. It compares raw text: nothing is decoded, and
 * one more slash makes another path, except where a route allows it. No parameter can hold a dot
 * segment or a backslash: a proxy that lets `/jumio/callback/` through may not see where they lead.
 */
export function createMatcher<Services>(
  routes: readonly Route<Services>[],
): (pathname: string) => PathMatch<Services> | undefined {
  const exact = new Map<string, PathMatch<Services>>();
  const patterns: { readonly pattern: RegExp; readonly match: PathMatch<Services> }[] = [];
  for (const [path, ofPath] of Map.groupBy(routes, (route) => route.path)) {
    const match = { path, routes: byMethod(ofPath), params: {} };
    if (path.includes("{")) patterns.push({ pattern: toPattern(ofPath[0]), match });
    else exact.set(path, match);
    if (ofPath.some(({ allowsExtraSlash }) => allowsExtraSlash)) {
      exact.set(`/${path}`, match).set(`${path}/`, match);
    }
  }

  return (pathname) => {
    // Nearly every request: the hooks and most pages have no parameters.
    const found = exact.get(pathname);
    if (found !== undefined) return found;
    if (isAmbiguousPath(pathname)) return undefined;
    for (const { pattern, match } of patterns) {
      const groups = pattern.exec(pathname)?.groups;
      if (groups !== undefined) return { ...match, params: groups };
    }
    return undefined;
  };
}

function byMethod<Services>(
  routes: readonly Route<Services>[],
): ReadonlyMap<string, Route<Services>> {
  return new Map(
    routes.flatMap((route) =>
      (route.method === "GET" ? ["GET", "HEAD"] : [route.method]).map((method) => [method, route])
    ),
  );
}

function toPattern<Services>(route: Route<Services> | undefined): RegExp {
  const { path = "", parameters = {} } = route ?? {};
  // Texts and names of parameters take turns.
  const source = path.split(/\{(\w+)\}/).map((part, index) => {
    if (index % 2 === 0) return RegExp.escape(part);
    const parameter = parameters[part];
    if (parameter === undefined) {
      throw new TypeError(`Parameter ${part} of ${path} is not declared`);
    }
    return `(?<${part}>${parameter.pattern})`;
  });
  return new RegExp(`^${source.join("")}$`);
}
