import { InputError } from '../../cohort/inputError.js';

/** Where a queue is. The address may hold a password, so nothing but `shown` is ever printed. */
export interface QueueAddress {
  /** As the Redis client takes it. */
  readonly url: string;
  /** `redis://host:6379/0`, without user and password. */
  readonly shown: string;
  /** A text without the user and password that this address has, however they came into it. */
  readonly redact: (text: string) => string;
}

function wrongAddress(found: string): InputError {
  return new InputError({
    place: '--queue',
    expected: 'the address of a Redis or Valkey server, redis://[user:password@]host[:port][/database]',
    found,
    remedy: 'For example --queue redis://localhost:6379; rediss:// is the same over TLS.',
  });
}

/**
 * @throws InputError for anything but a Redis address; its message never holds the text, since that may hold a password
 */
export function parseQueueAddress(text: string): QueueAddress {
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    throw wrongAddress('a text that is no address');
  }
  if (url.protocol !== 'redis:' && url.protocol !== 'rediss:')
    throw wrongAddress(`the scheme ${url.protocol}//`);
  if (url.hostname === '') throw wrongAddress('no host');
  const database = url.pathname.replace(/^\//, '');
  if (database !== '' && !/^\d{1,4}$/.test(database)) throw wrongAddress('a database that is no number');
  const secrets = [
    url.username,
    url.password,
    decodeURIComponent(url.username),
    decodeURIComponent(url.password),
  ]
    .filter((secret) => secret !== '' && secret !== 'default')
    .sort((a, b) => b.length - a.length);
  return {
    url: text,
    shown: `${url.protocol}//${url.hostname}:${url.port === '' ? '6379' : url.port}/${database === '' ? '0' : database}`,
    redact: (message) =>
      secrets
        .reduce((rest, secret) => rest.replaceAll(secret, '***'), message.replaceAll(text, '***'))
        .replaceAll(/(rediss?:\/\/)[^@/\s]*@/g, '$1***@'),
  };
}
