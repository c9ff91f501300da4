/** Waits for the work, but not longer. The work goes on. */
export async function within(waitMs: number, work: Promise<void>): Promise<void> {
  const { promise: late, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, Math.max(0, waitMs));
  await Promise.race([work, late]);
  clearTimeout(timer);
}
