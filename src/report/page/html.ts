import { escapeHtml } from '../../cohort/escapeHtml.js';

/** Markup that is already safe to put into a page. */
export class Html {
  constructor(readonly text: string) {}

  toString(): string {
    return this.text;
  }
}

export type Content = string | number | Html | null | readonly Content[];

/** Template tag: everything interpolated is escaped unless it is `Html` itself; null is nothing, lists are joined. */
export function markup(strings: TemplateStringsArray, ...contents: readonly Content[]): Html {
  return new Html(
    strings.map((part, index) => part + (index < contents.length ? render(contents[index]!) : '')).join(''),
  );
}

function render(content: Content): string {
  if (content === null) return '';
  if (content instanceof Html) return content.text;
  if (typeof content === 'string' || typeof content === 'number') return escapeHtml(String(content));
  return content.map(render).join('');
}

/** JSON that cannot end a script element. */
export function scriptJson(value: unknown): Html {
  return new Html(
    JSON.stringify(value).replace(
      /[<>&\u2028\u2029]/gu,
      (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
    ),
  );
}

/** Fragment id of a metric's definition. */
export function metricAnchor(id: string): string {
  return `metric-${id.replace(/[^A-Za-z0-9]+/gu, '-')}`;
}
