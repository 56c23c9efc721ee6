import type { Figure } from '../figures/figure.js';
import { markup, type Html } from './html.js';

/** A figure in the page; drawn by the page's script, with its files beside the page. */
export function figureBlock(figure: Figure): Html {
  return markup`<figure id="figure-${figure.id}">
    <figcaption><b>${figure.title}</b><span>${figure.description}</span></figcaption>
    <div class="holder" data-figure="${figure.id}">
      <div class="controls"></div>
      <div class="canvas" tabindex="0" role="group" aria-label="${figure.title}"></div>
    </div>
    <div class="files">
      <a href="figures/${figure.id}.vl.json">Vega-Lite</a><a href="figures/${figure.id}.svg">SVG</a>
    </div>
  </figure> `;
}

export function absentFigure(title: string, reason: string): Html {
  return markup`<p class="muted">Figure “${title}” is not shown: ${reason}.</p> `;
}
