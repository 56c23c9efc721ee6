import type { Figure } from '../figures/figure.js';
import { markup, type Html } from './html.js';

/** A figure in the page; drawn by the page's script, with its files beside the page. */
export function figureBlock(figure: Figure, withPng: boolean): Html {
  return markup`<figure id="figure-${figure.id}">
    <figcaption>
      <b>${figure.title}</b><span>${figure.description}</span
      ><span><i>n:</i> ${figure.n}. <i>Uncertainty:</i> ${figure.uncertainty}.</span>
    </figcaption>
    <div class="holder" data-figure="${figure.id}">
      <div class="controls"></div>
      <div class="canvas" tabindex="0" role="group" aria-label="${figure.title}"></div>
    </div>
    <div class="files">
      ${['vl.json', 'svg', ...(withPng ? ['png'] : [])].map((ending) => markup`<a href="figures/${figure.id}.${ending}">${ending === 'vl.json' ? 'Vega-Lite' : ending.toUpperCase()}<span class="unseen"> of ${figure.title}</span></a>`)}
    </div>
  </figure> `;
}

export function absentFigure(title: string, reason: string): Html {
  return markup`<p class="muted">Figure “${title}” is not shown: ${reason}.</p> `;
}
