/** How the audit's page looks: light and dark, wide and narrow. */
export const AUDIT_STYLE = `
:root { color-scheme: light dark; --line: color-mix(in srgb, currentColor 20%, transparent); }
body { margin: 0; font: 16px/1.5 system-ui, sans-serif; }
main { max-width: 60rem; margin: 0 auto; padding: 1.5rem 1rem 4rem; }
h1 { font-size: 1.7rem; margin: 0 0 .5rem; }
h2 { font-size: 1.2rem; margin: 2.2rem 0 .5rem; }
h3 { font-size: 1rem; margin: 1.2rem 0 .4rem; }
.summary { display: flex; flex-wrap: wrap; gap: .6rem; list-style: none; margin: 0; padding: 0; }
.summary li { padding: .3rem .8rem; border: 1px solid var(--line); border-left-width: 6px; border-radius: 4px; }
.error { border-left-color: #c0392b !important; }
.warning { border-left-color: #d68910 !important; }
.review { border-left-color: #2471a3 !important; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; margin: .6rem 0; font-variant-numeric: tabular-nums; }
caption { text-align: left; font-size: .9rem; opacity: .75; padding-bottom: .2rem; }
th, td { text-align: left; padding: .2rem .9rem .2rem 0; border-bottom: 1px solid var(--line); }
.n { text-align: right; }
summary { cursor: pointer; padding: .4rem .7rem; border-left: 6px solid; margin: .5rem 0; background: color-mix(in srgb, currentColor 6%, transparent); }
.found { list-style: none; padding: 0; margin: .4rem 0 1rem; }
.found li { display: flex; flex-wrap: wrap; align-items: center; gap: .5rem; padding: .3rem 0; border-bottom: 1px solid var(--line); }
.found span { overflow-wrap: anywhere; flex: 1 1 14rem; }
.sheet { display: flex; flex-wrap: wrap; gap: 4px; }
img { max-width: 96px; max-height: 96px; min-width: 32px; image-rendering: auto; display: block; }
:focus-visible { outline: 3px solid #2471a3; outline-offset: 2px; }
`;
