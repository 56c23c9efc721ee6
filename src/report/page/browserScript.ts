import { tableScript } from './tableScript.js';

/**
 * The program of the page: draws figures as they come into view, fits them to their column, shows tooltips as text and
 * switches the theme. It runs under a policy without `eval` and without network.
 */
const figureScript = String.raw`
(function () {
  'use strict';
  var root = document.documentElement;

  // Theme: follows the system until a choice is made.
  var themes = ['auto', 'light', 'dark'];
  var themeButton = document.getElementById('theme');
  function storedTheme() {
    try { return localStorage.getItem('fedehr-theme') || 'auto'; } catch (error) { return 'auto'; }
  }
  function showTheme(theme) {
    if (theme === 'auto') root.removeAttribute('data-theme');
    else root.setAttribute('data-theme', theme);
    themeButton.textContent = 'Theme: ' + theme;
  }
  showTheme(storedTheme());
  themeButton.addEventListener('click', function () {
    var next = themes[(themes.indexOf(root.getAttribute('data-theme') || 'auto') + 1) % themes.length];
    try { localStorage.setItem('fedehr-theme', next); } catch (error) { /* a private window keeps no choice */ }
    showTheme(next);
  });

  // A link into a closed part opens it; paper shows every part.
  function reveal(node) {
    for (; node; node = node.parentElement) if (node.tagName === 'DETAILS') node.open = true;
  }
  function follow() {
    var target = location.hash.length > 1 && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (!target) return;
    reveal(target);
    target.scrollIntoView();
  }
  addEventListener('hashchange', follow);
  document.addEventListener('click', function (event) {
    var link = event.target.closest && event.target.closest('a[href^="#"]');
    if (link && link.getAttribute('href') === location.hash) follow();
  });
  var opened = [];
  addEventListener('beforeprint', function () {
    opened = Array.from(document.querySelectorAll('details:not([open])'));
    opened.forEach(function (part) { part.open = true; });
  });
  addEventListener('afterprint', function () { opened.forEach(function (part) { part.open = false; }); });

  // Tooltips are built from text nodes, so that no name is read as markup.
  var tip = document.getElementById('tip');
  function tooltip(handler, event, item, value) {
    if (value === null || value === undefined || value === '') { tip.hidden = true; return; }
    tip.replaceChildren();
    var entries = typeof value === 'object' ? Object.entries(value) : [['', String(value)]];
    entries.forEach(function (entry) {
      var text = String(entry[1]);
      if (text === '' || text === 'null' || text === 'undefined' || text === 'NaN') return;
      var line = document.createElement('div');
      if (entry[0] !== '') {
        var name = document.createElement('span');
        name.textContent = entry[0].trim();
        line.appendChild(name);
      }
      var content = document.createElement('b');
      content.textContent = text;
      line.appendChild(content);
      tip.appendChild(line);
    });
    tip.hidden = tip.childElementCount === 0;
    var gap = 14;
    var x = event.clientX + gap, y = event.clientY + gap;
    if (x + tip.offsetWidth > innerWidth - 4) x = Math.max(4, event.clientX - gap - tip.offsetWidth);
    if (y + tip.offsetHeight > innerHeight - 4) y = Math.max(4, event.clientY - gap - tip.offsetHeight);
    tip.style.left = x + 'px';
    tip.style.top = y + 'px';
  }

  // Figures.
  var figures = JSON.parse(document.getElementById('figures').textContent);
  var drawn = {};

  function fitted(figure, width) {
    var spec = JSON.parse(JSON.stringify(figure.vega));
    var layout = figure.layout;
    if (layout.kind === 'single') {
      spec.width = Math.min(width, layout.widest);
      spec.autosize = { type: 'fit', contains: 'padding' };
      if (width < 480 && typeof spec.height === 'number') spec.height = Math.min(spec.height, 340);
      legendColumns(spec, Math.max(1, Math.floor(width / 140)));
      return spec;
    }
    var columns = Math.max(1, Math.min(layout.most, layout.panels, Math.floor(width / layout.minimum)));
    var inner = Math.max(90, Math.floor(width / columns - layout.around));
    if (layout.square) inner = Math.min(inner, 420);
    spec.layout.columns = columns;
    (spec.signals || []).forEach(function (signal) {
      if (signal.name === 'child_width') signal.value = inner;
      if (signal.name === 'child_height' && layout.square) signal.value = inner;
    });
    legendColumns(spec, Math.max(1, Math.floor(width / 140)));
    return spec;
  }

  function legendColumns(spec, columns) {
    (spec.legends || []).forEach(function (legend) {
      if (typeof legend.columns === 'number') legend.columns = Math.min(columns, 6);
    });
  }

  function draw(holder) {
    var figure = figures[holder.dataset.figure];
    var width = Math.floor(holder.clientWidth);
    var known = drawn[holder.dataset.figure];
    if (width < 40 || (known && known.width === width)) return;
    var kept = known ? known.view.getState({ signals: function (name) { return figure.choices.indexOf(name) >= 0; }, data: function () { return false; } }).signals : {};
    if (known) known.view.finalize();
    var canvas = holder.querySelector('.canvas');
    var controls = holder.querySelector('.controls');
    canvas.replaceChildren();
    controls.replaceChildren();
    var view = new vega.View(vega.parse(fitted(figure, width), null, { ast: true }), {
      expr: vega.expressionInterpreter,
      renderer: 'svg',
      container: canvas,
      bind: controls,
      hover: true,
      tooltip: tooltip,
      loader: { load: refuse, sanitize: refuse, http: refuse, file: refuse },
    });
    Object.keys(kept).forEach(function (name) { view.signal(name, kept[name]); });
    drawn[holder.dataset.figure] = { view: view, width: width };
    // Drawn at once rather than in a later task, so that a figure outside the window is there when the page is printed.
    view.run();
    var svg = canvas.querySelector('svg');
    svg.setAttribute('role', 'img');
    svg.setAttribute('aria-label', figure.description);
    // The figure has one name; Vega's groups of marks would be images without any.
    svg.querySelector('g').setAttribute('aria-hidden', 'true');
    holder.dataset.drawn = 'yes';
  }

  function refuse() { return Promise.reject(new Error('This page loads nothing.')); }

  var holders = Array.from(document.querySelectorAll('[data-figure]'));
  var seen = new WeakSet();
  var watcher = new IntersectionObserver(function (entries) {
    entries.forEach(function (entry) {
      if (entry.isIntersecting) { seen.add(entry.target); draw(entry.target); }
    });
  }, { rootMargin: '600px' });
  var pending = 0;
  var resizer = new ResizeObserver(function () {
    clearTimeout(pending);
    pending = setTimeout(function () { holders.forEach(function (holder) { if (seen.has(holder)) draw(holder); }); }, 120);
  });
  holders.forEach(function (holder) { watcher.observe(holder); resizer.observe(holder); });
  addEventListener('beforeprint', function () { holders.forEach(draw); });
  addEventListener('scroll', function () { tip.hidden = true; }, { passive: true });
  addEventListener('keydown', function (event) { if (event.key === 'Escape') tip.hidden = true; });
  follow();
})();
`;

/** Everything that the page runs of ours. */
export const browserScript = tableScript + figureScript;
