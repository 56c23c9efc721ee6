import { createHash } from 'node:crypto';
import { browserScript } from './browserScript.js';
import { Html, markup, scriptJson, type Content } from './html.js';
import type { PageFigure } from './pageFigure.js';
import { styleSheet } from './style.js';

export interface Shell {
  readonly title: string;
  /** One sentence under the title. */
  readonly lead: string;
  /** Fragment id and name of every section, in order; the first is where the skip link leads. */
  readonly sections: readonly (readonly [string, string])[];
  readonly body: Content;
  readonly footer: Content;
  readonly pageFigures: Readonly<Record<string, PageFigure>>;
  /** Scripts that come before the page's own. */
  readonly libraries: readonly string[];
}

/** A page in one file that loads nothing and whose scripts are allowed one by one by their hashes. */
export function shell(page: Shell): string {
  const scripts = [...page.libraries, browserScript];
  const policy = [
    "default-src 'none'",
    `script-src ${scripts.map(hashSource).join(' ')}`,
    `style-src ${hashSource(styleSheet)}`,
    'img-src data:',
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  return markup`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta http-equiv="Content-Security-Policy" content="${policy}" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="referrer" content="no-referrer" />
        <meta name="color-scheme" content="light dark" />
        <title>${page.title}</title>
        <style>${new Html(styleSheet)}</style>
      </head>
      <body>
        <a class="skip" href="#${page.sections[0]![0]}">Skip to the results</a>
        <header class="top">
          <h1>${page.title}</h1>
          <p>${page.lead}</p>
        </header>
        <nav aria-label="Sections">
          <div>
            ${page.sections.map(([id, name]) => markup`<a href="#${id}">${name}</a>`)}<button
              type="button"
              id="theme"
            >
              Theme: auto
            </button>
          </div>
        </nav>
        <main>
          <noscript
            ><div class="note">
              <p>
                Figures are drawn, and tables sorted, by a script that is part of this page. Without it, open the
                SVG files in the folder <code>figures</code>.
              </p>
            </div></noscript
          >
          ${page.body}
        </main>
        <footer>${page.footer}</footer>
        <div id="tip" hidden></div>
        <script type="application/json" id="figures">${scriptJson(page.pageFigures)}</script>
        ${scripts.map((script) => markup`<script>${new Html(script)}</script> `)}
      </body>
    </html> `.text;
}

const hashSource = (text: string): string =>
  `'sha256-${createHash('sha256').update(text, 'utf8').digest('base64')}'`;
