// SPDX-License-Identifier: Apache-2.0
import * as z from "zod";
import { UpstreamError } from "../upstream/error.ts";
import { lazy } from "../lazy.ts";
import type { Store } from "./store.ts";
import { mergeWrites, type Row, type Write } from "./write.ts";

/** What the rows of one kind look like. The schemas are made for the first row that is read. */
export interface RowSchema {
  readonly value: () => z.ZodType;
  /** The whole key, for rows that are listed. */
  readonly key?: () => z.ZodType;
  /**
   * What replaces a bad row that is set aside.
   *
   * @default {Nothing: the key is deleted}
   */
  readonly replace?: (key: Deno.KvKey) => Write;
}

/** The schemas of all rows, by the first part of the key, or by its first two as in `job/start`. */
export type RowSchemas = Readonly<Record<string, RowSchema>>;

/** The schema of the values that {@linkcode Write.sums} write. */
export function createSumSchema(): z.ZodType {
  return z.instanceof(Deno.KvU64);
}

/** The rows that only show whether KV works, and the rows that were set aside. */
const OWN_ROWS: RowSchemas = {
  "probe": { value: () => z.unknown() },
  "bad_row": { value: () => z.unknown() },
};

/** A row that was set aside, for the log. */
export interface BadRow {
  readonly key: Deno.KvKey;
  /** Where the row differs from its schema. Has nothing of the value. */
  readonly problem: string;
}

interface Options {
  readonly schemas: RowSchemas;
  readonly now: () => number;
  readonly onSetAside: (row: BadRow) => void;
}

/** Long enough for an operator to look at a row that was set aside, and to put it back. */
export const BAD_ROW_LIFETIME_MS = 90 * 86_400_000;

/** Each attempt repairs all sums of the write, so a second failure is a race with a bad writer. */
const MAX_SUM_ATTEMPTS = 3;

/** The prefix of the rows that were set aside. The time and the parts of the old key follow. */
export const BAD_ROWS: Deno.KvKey = ["bad_row"];

/**
 * A store that parses each row that it reads. A row that does not fit its schema (damaged, or of a
 * newer version) is set aside: it moves below {@linkcode BAD_ROWS}, and reads as a missing row. So
 * one bad row cannot stop a queue or a list, and what depends on it heals as after a loss of KV.
 *
 * A read throws for a key without a schema.
 */
export function createParsedStore(store: Store, options: Options): Store {
  const schemas = compileRows({ ...OWN_ROWS, ...options.schemas });

  /** False where some of the rows were bad and have been set aside: they have to be read again. */
  async function areGood(rows: readonly Row<unknown>[]): Promise<boolean> {
    const bad = rows.flatMap((row) => {
      const schema = findSchema(schemas, row.key);
      const problem = findProblem(row, schema);
      return problem === undefined ? [] : [{ row, schema, problem }];
    });
    for (const found of bad) await setAside(parsed, { ...found, ...options });
    return bad.length === 0;
  }

  const parsed: Store = {
    async get<Value>(key: Deno.KvKey) {
      for (;;) {
        const row = await store.get<Value>(key);
        if (await areGood([row])) return row;
      }
    },

    async getMany<Values extends readonly unknown[]>(
      keys: readonly [...{ [Index in keyof Values]: Deno.KvKey }],
    ) {
      for (;;) {
        const rows = await store.getMany<Values>(keys);
        if (await areGood(rows)) return rows;
      }
    },

    async list<Value>(
      selector: Deno.KvListSelector,
      limits: { limit: number; reverse?: boolean },
    ) {
      for (;;) {
        const rows = await store.list<Value>(selector, limits);
        if (await areGood(rows)) return rows;
      }
    },

    async commit(write) {
      for (let attempt = 1;; attempt++) {
        try {
          return await store.commit(write);
        } catch (error) {
          const isBadSum = error instanceof UpstreamError && error.reason === "bad_sum";
          if (!isBadSum || attempt === MAX_SUM_ATTEMPTS) throw error;
          for (const { key } of write.sums ?? []) {
            await areGood([await store.get(key)]);
          }
        }
      }
    },

    close: () => store.close(),
  };
  return parsed;
}

/** Looks through so many rows that were set aside. More than a few are a damaged database. */
const MAX_LISTED_BAD_ROWS = 500;

/** Deletes what was set aside of rows whose key has one of the ids, in an erasure. */
export async function deleteBadRows(store: Store, ids: readonly string[]): Promise<Write> {
  const rows = await store.list({ prefix: BAD_ROWS }, { limit: MAX_LISTED_BAD_ROWS });
  return {
    deletes: rows.map(({ key }) => key).filter((key) =>
      key.some((part) => ids.includes(String(part)))
    ),
  };
}

/** Makes each schema once, and lets Zod compile it. */
function compileRows(schemas: RowSchemas): RowSchemas {
  const compile = (create: () => z.ZodType) => lazy(() => z.compile(create()));
  return Object.fromEntries(
    Object.entries(schemas).map(([table, { key, value, ...schema }]) => [
      table,
      { ...schema, ...(key && { key: compile(key) }), value: compile(value) },
    ]),
  );
}

function findSchema(schemas: RowSchemas, [table, kind]: Deno.KvKey): RowSchema {
  const schema = schemas[String(table)] ?? schemas[`${String(table)}/${String(kind)}`];
  if (schema === undefined) throw new Error(`No schema for the rows of ${String(table)}`);
  return schema;
}

function findProblem(
  { key, value, versionstamp }: Row<unknown>,
  schema: RowSchema,
): string | undefined {
  if (versionstamp === null) return undefined;
  return describeProblem("key", schema.key?.().safeParse(key)) ??
    describeProblem("value", schema.value().safeParse(value));
}

function describeProblem(
  part: string,
  result: z.ZodSafeParseResult<unknown> | undefined,
): string | undefined {
  const issue = result?.error?.issues[0];
  return issue && `${[part, ...issue.path].join(".")}: ${issue.code}`;
}

/** Moves a bad row away. Writes nothing if the row has changed meanwhile. */
async function setAside(
  store: Store,
  { row, schema, problem, now, onSetAside }: Omit<Options, "schemas"> & {
    row: Row<unknown>;
    schema: RowSchema;
    problem: string;
  },
): Promise<void> {
  const { key, value } = row;
  const copy = { key: [...BAD_ROWS, now(), ...key], value, expireInMs: BAD_ROW_LIFETIME_MS };
  const isWritten = await store.commit(mergeWrites(
    { checks: [row], sets: [copy] },
    schema.replace?.(key) ?? { deletes: [key] },
  ));
  if (isWritten) onSetAside({ key, problem });
}
