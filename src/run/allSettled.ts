/**
 * Waits for all of them, also where one rejects: what goes on after everybody else has given up would meet threads, folders or
 * connections that are gone.
 *
 * @param onFault called with the first that rejects
 * @throws what that one rejected with, at the end
 */
export async function allSettled(
  work: readonly Promise<unknown>[],
  onFault: () => void = () => undefined,
): Promise<void> {
  let first: { readonly error: unknown } | undefined;
  await Promise.all(
    work.map((one) =>
      one.catch((error: unknown) => {
        if (first !== undefined) return;
        first = { error };
        onFault();
      }),
    ),
  );
  if (first !== undefined) throw first.error;
}
