/**
 * The program of the page: draws figures as they come into view, fits them to their column, shows tooltips as text,
 * sorts tables, switches the theme and copies the summary. It runs under a policy without `eval` and without network.
 */
export const browserScript = String.raw`
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

  // Tables: a click or Enter on a heading sorts by that column, missing values last.
  document.querySelectorAll('table.sortable').forEach(function (table) {
    table.querySelectorAll('thead th').forEach(function (heading, column) {
      var button = heading.querySelector('button');
      if (!button) return;
      button.addEventListener('click', function () {
        var descending = heading.getAttribute('aria-sort') === 'ascending';
        table.querySelectorAll('thead th').forEach(function (other) { other.removeAttribute('aria-sort'); });
        heading.setAttribute('aria-sort', descending ? 'descending' : 'ascending');
        var body = table.tBodies[0];
        var sign = descending ? -1 : 1;
        Array.from(body.rows)
          .map(function (row) { return { row: row, key: row.cells[column].dataset.value }; })
          .sort(function (a, b) {
            if (a.key === undefined || b.key === undefined) return (a.key === undefined) - (b.key === undefined);
            var x = Number(a.key), y = Number(b.key);
            return sign * (Number.isNaN(x) || Number.isNaN(y) ? a.key.localeCompare(b.key) : x - y);
          })
          .forEach(function (item) { body.appendChild(item.row); });
      });
    });
  });

  // Copy as Markdown.
  document.querySelectorAll('button[data-copy]').forEach(function (button) {
    var label = button.textContent;
    button.addEventListener('click', function () {
      var text = JSON.parse(document.getElementById(button.dataset.copy).textContent);
      function done(worked) {
        button.textContent = worked ? 'Copied' : 'Copying is blocked by the browser';
        setTimeout(function () { button.textContent = label; }, 1600);
      }
      function byHand() {
        var area = document.createElement('textarea');
        area.value = text;
        document.body.appendChild(area);
        area.select();
        done(document.execCommand('copy'));
        area.remove();
        button.focus();
      }
      if (navigator.clipboard) navigator.clipboard.writeText(text).then(function () { done(true); }, byHand);
      else byHand();
    });
  });

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
})();
`;
