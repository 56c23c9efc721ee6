/** Whether this machine has a Redis server. */
export declare const hasRedis: boolean;

/** A Redis server of its own on the loopback interface, with an append-only file in a temporary folder. */
export declare class RedisOnLoopback {
  static start(password?: string | null): Promise<RedisOnLoopback>;
  readonly port: number;
  readonly url: string;
  /** Process number while it runs. */
  readonly pid: number | undefined;
  /** Starts it with what its file holds. */
  up(): Promise<void>;
  /** Ends it like a crash (SIGKILL) or in order (SIGTERM). */
  down(signal: 'SIGKILL' | 'SIGTERM'): Promise<void>;
  remove(): Promise<void>;
}
