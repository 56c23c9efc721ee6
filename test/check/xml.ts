/** An element of a parsed document. */
export interface XmlElement {
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
  readonly children: readonly XmlElement[];
  /** Character data directly inside, entities resolved. */
  readonly text: string;
}

const NAME = String.raw`[A-Za-z_:][\w:.-]*`;
const ATTRIBUTE = new RegExp(String.raw`\s+(${NAME})\s*=\s*"([^"<]*)"`, 'gu');
const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

/** Characters that no XML 1.0 document may hold, escaped or not. */
const FORBIDDEN = /[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/u;

function resolved(text: string): string {
  return text.replace(/&([^;\s&]*);?/gu, (whole, entity: string) => {
    const value = ENTITIES[entity];
    if (value === undefined || !whole.endsWith(';')) throw new Error(`not an entity: ${whole}`);
    return value;
  });
}

function attributesOf(text: string): Map<string, string> {
  const found = new Map<string, string>();
  const rest = text.replace(ATTRIBUTE, (_whole, name: string, value: string) => {
    if (found.has(name)) throw new Error(`attribute ${name} twice`);
    found.set(name, resolved(value));
    return '';
  });
  if (rest.trim() !== '') throw new Error(`not attributes: ${rest}`);
  return found;
}

/** Parses a document without DOCTYPE, CDATA or processing instructions after the first line; anything not well-formed is an error. */
export function parseXml(source: string): XmlElement {
  if (FORBIDDEN.test(source)) throw new Error('a character that XML has no place for');
  const body = source.replace(/^<\?xml [^?]*\?>/u, '').replace(/<!--[\s\S]*?-->/gu, '');
  const open: { name: string; attributes: Map<string, string>; children: XmlElement[]; text: string }[] = [];
  const roots: XmlElement[] = [];
  const close = (): void => {
    const element = open.pop()!;
    (open.at(-1)?.children ?? roots).push(element);
  };
  const token = new RegExp(String.raw`<(/?)(${NAME})((?:\s+${NAME}\s*=\s*"[^"<]*")*)\s*(/?)>|([^<]+)`, 'yu');
  while (token.lastIndex < body.length) {
    const at = token.lastIndex;
    const match = token.exec(body);
    if (match === null) throw new Error(`not well-formed at “${body.slice(at, at + 40)}”`);
    const [, ending, name, attributes, empty, text] = match;
    if (text !== undefined) {
      const parent = open.at(-1);
      if (parent !== undefined) parent.text += resolved(text);
      else if (text.trim() !== '') throw new Error(`text outside the root: ${text}`);
    } else if (ending === '/') {
      if (open.at(-1)?.name !== name) throw new Error(`</${name}> closes ${open.at(-1)?.name ?? 'nothing'}`);
      close();
    } else {
      open.push({ name: name!, attributes: attributesOf(attributes ?? ''), children: [], text: '' });
      if (empty === '/') close();
    }
  }
  const [root] = roots;
  if (open.length > 0 || root === undefined || roots.length > 1)
    throw new Error('not one closed root element');
  return root;
}
