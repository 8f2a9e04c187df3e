/**
 * The page's own script: draws each chart anew when it comes into view, so that it answers to the pointer.
 *
 * Without it, or where it fails, the pictures from the files stay. It reads only what lies in the page.
 */

/** Runs after the libraries; defines nothing for others. */
export const SCRIPT = `
(() => {
  const tip = document.getElementById('tip');
  const show = (handler, event, item, value) => {
    const known = value !== null && value !== undefined && value !== '';
    tip.hidden = !known;
    if (!known) return;
    const entries = typeof value === 'object' ? Object.entries(value) : [['', value]];
    tip.replaceChildren(...entries.map(([name, text]) => {
      const line = document.createElement('div');
      line.textContent = name === '' ? String(text) : name + ': ' + text;
      return line;
    }));
    const box = tip.getBoundingClientRect();
    tip.style.left = Math.max(4, Math.min(event.clientX + 14, innerWidth - box.width - 4)) + 'px';
    tip.style.top = Math.max(4, Math.min(event.clientY + 14, innerHeight - box.height - 4)) + 'px';
  };
  const rowsOf = (link) => {
    const bytes = Uint8Array.from(atob(link.href.slice(link.href.indexOf(',') + 1)), (each) => each.charCodeAt(0));
    return vega.read(new TextDecoder().decode(bytes), { type: 'csv', parse: 'auto' });
  };
  async function draw(figure) {
    const picture = figure.querySelector('.picture');
    const spec = JSON.parse(figure.querySelector('script').textContent);
    const fits = typeof spec.width === 'number' && !('vconcat' in spec) && !('hconcat' in spec) && !('repeat' in spec) && !('facet' in spec);
    const natural = picture.firstElementChild.naturalWidth || spec.width;
    const width = fits ? { width: Math.min(natural, picture.clientWidth), autosize: { type: 'fit-x', contains: 'padding' } } : {};
    const config = { ...spec.config, background: null };
    const compiled = vegaLite.compile({ ...spec, ...width, config, data: { values: rowsOf(figure.querySelector('a[download]')) } }, { logger: vega.logger(vega.None) });
    const place = document.createElement('div');
    const view = new vega.View(vega.parse(compiled.spec), { renderer: 'svg', hover: true, logLevel: vega.None });
    await view.initialize(place).tooltip(show).runAsync();
    const drawn = place.querySelector('svg');
    drawn.setAttribute('role', 'img');
    drawn.setAttribute('aria-label', spec.description || '');
    picture.replaceChildren(place);
    figure.classList.add('drawn');
  }
  const watcher = new IntersectionObserver((seen) => {
    for (const { isIntersecting, target } of seen) {
      if (!isIntersecting) continue;
      watcher.unobserve(target);
      draw(target).catch((error) => target.setAttribute('data-problem', String(error)));
    }
  }, { rootMargin: '400px' });
  for (const figure of document.querySelectorAll('figure.chart')) watcher.observe(figure);
  addEventListener('scroll', () => { tip.hidden = true; }, { passive: true });
})();
`;
