/** Lets at most so many tasks run at once; the others wait their turn. */
export function limited(atOnce: number): <T>(task: () => Promise<T>) => Promise<T> {
  let running = 0;
  const turns: (() => void)[] = [];
  return async (task) => {
    if (running >= atOnce) await new Promise<void>((resolve) => turns.push(resolve));
    else running++;
    try {
      return await task();
    } finally {
      const next = turns.shift();
      // The next task takes this one's place.
      if (next === undefined) running--;
      else next();
    }
  };
}
