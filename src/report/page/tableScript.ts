import { latexOf, markdownOf } from './tableText.js';

/**
 * Tables of the page: sorted by a click or Enter on a heading, filtered by words, copied as they stand on the screen. What
 * the page shows without scripts has no buttons for it.
 */
export const tableScript = String.raw`
(function () {
  'use strict';
  var forms = { Markdown: ${markdownOf.toString()}, LaTeX: ${latexOf.toString()} };
  var longTable = 12;

  function key(cell, by) {
    return by === 'worst' && 'worst' in cell.dataset ? cell.dataset.worst : cell.dataset.value;
  }

  function sortBy(table, column, descending) {
    var by = table.dataset.by;
    table.querySelectorAll('thead th').forEach(function (other) { other.removeAttribute('aria-sort'); });
    table.tHead.rows[0].cells[column].setAttribute('aria-sort', descending ? 'descending' : 'ascending');
    var sign = descending ? -1 : 1;
    var body = table.tBodies[0];
    Array.from(body.rows)
      .map(function (row) { return { row: row, key: key(row.cells[column], by) }; })
      .sort(function (a, b) {
        var absentA = a.key === undefined || a.key === '', absentB = b.key === undefined || b.key === '';
        if (absentA || absentB) return absentA - absentB;
        var x = Number(a.key), y = Number(b.key);
        return sign * (Number.isNaN(x) || Number.isNaN(y) ? a.key.localeCompare(b.key) : x - y);
      })
      .forEach(function (item) { body.appendChild(item.row); });
  }

  function button(text, act) {
    var made = document.createElement('button');
    made.type = 'button';
    made.textContent = text;
    made.addEventListener('click', function () { act(made); });
    return made;
  }

  function text(cell) {
    var copy = cell.cloneNode(true);
    copy.querySelectorAll('.copyless').forEach(function (part) { part.remove(); });
    copy.querySelectorAll('br,small,.half,.worst').forEach(function (part) { part.before(' '); });
    return copy.textContent.replace(/\s+/g, ' ').trim();
  }

  function rowsOf(table) {
    return Array.from(table.rows)
      .filter(function (row) { return !row.hidden; })
      .map(function (row) { return Array.from(row.cells).map(text); });
  }

  function copy(made, content) {
    var label = made.dataset.label || made.textContent;
    made.dataset.label = label;
    function done(worked) {
      var named = made.getAttribute('aria-label');
      made.textContent = worked ? 'Copied' : 'Copying is blocked by the browser';
      made.removeAttribute('aria-label');
      setTimeout(function () {
        made.textContent = label;
        if (named) made.setAttribute('aria-label', named);
      }, 1600);
    }
    function byHand() {
      var area = document.createElement('textarea');
      area.value = content;
      document.body.appendChild(area);
      area.select();
      done(document.execCommand('copy'));
      area.remove();
      made.focus();
    }
    if (navigator.clipboard) navigator.clipboard.writeText(content).then(function () { done(true); }, byHand);
    else byHand();
  }

  function filter(table, said, words) {
    var rows = Array.from(table.tBodies[0].rows);
    var wanted = words.toLowerCase().split(/\s+/).filter(Boolean);
    rows.forEach(function (row) {
      var content = row.textContent.toLowerCase();
      row.hidden = !wanted.every(function (word) { return content.indexOf(word) >= 0; });
    });
    var shown = rows.filter(function (row) { return !row.hidden; }).length;
    said.textContent = wanted.length === 0 ? '' : shown + ' of ' + rows.length + ' rows';
  }

  document.querySelectorAll('table.sortable').forEach(function (table) {
    table.querySelectorAll('thead th').forEach(function (heading, column) {
      var asked = heading.querySelector('button');
      if (asked) asked.addEventListener('click', function () {
        sortBy(table, column, heading.getAttribute('aria-sort') === 'ascending');
      });
    });
    var tools = document.createElement('div');
    tools.className = 'tools';
    var name = table.parentElement.getAttribute('aria-label') || 'table';
    if (table.tBodies[0].rows.length > longTable || table.dataset.filter !== undefined) {
      var label = document.createElement('label');
      var input = document.createElement('input');
      var said = document.createElement('span');
      input.type = 'search';
      input.setAttribute('aria-label', 'Filter: ' + name);
      said.setAttribute('role', 'status');
      label.append('Filter ', input);
      input.addEventListener('input', function () { filter(table, said, input.value); });
      tools.append(label, said);
    }
    if (table.dataset.by !== undefined) {
      var choice = document.createElement('select');
      [['pooled', 'pooled value'], ['worst', 'worst hospital']].forEach(function (option) {
        var made = document.createElement('option');
        made.value = option[0];
        made.textContent = option[1];
        choice.append(made);
      });
      var sorted = document.createElement('label');
      sorted.append('Sort numbers by ', choice);
      choice.addEventListener('change', function () {
        table.dataset.by = choice.value;
        var heading = table.querySelector('thead th[aria-sort]');
        if (heading) sortBy(table, heading.cellIndex, heading.getAttribute('aria-sort') === 'descending');
      });
      tools.append(sorted);
    }
    Object.keys(forms).forEach(function (form) {
      var made = button('Copy as ' + form, function (self) { copy(self, forms[form](rowsOf(table))); });
      made.setAttribute('aria-label', 'Copy as ' + form + ': ' + name);
      made.dataset.form = form;
      tools.append(made);
    });
    table.parentElement.before(tools);
  });
})();
`;
