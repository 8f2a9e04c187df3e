/** The style sheet of every page: light and dark, wide and narrow, on screen and on paper. No fonts or pictures from elsewhere. */
import { DARK_STYLE } from '../../sdk/charts/theme.ts';

export const STYLE = `
:root{color-scheme:light dark;--ground:#ffffff;--raised:#f6f8fa;--ink:#1f2328;--muted:#57606a;--line:#d8dee4;--accent:#0a58b0;
--good:#1a7f37;--bad:#b42318;--warn:#8a5a00}
@media(prefers-color-scheme:dark){:root{--ground:#0d1117;--raised:#161b22;--ink:#e6edf3;--muted:#9da7b1;--line:#30363d;
--accent:#6cb6ff;--good:#56d364;--bad:#ff8a80;--warn:#e3b341}}
${DARK_STYLE}
*{box-sizing:border-box}
html{scroll-behavior:smooth;scroll-padding-top:1rem}
@media(prefers-reduced-motion:reduce){html{scroll-behavior:auto}}
body{margin:0;background:var(--ground);color:var(--ink);font:16px/1.55 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif}
.skip{position:absolute;left:-999em}.skip:focus{left:1rem;top:1rem;background:var(--ground);padding:.5rem 1rem;z-index:2}
header,main,footer{max-width:68rem;margin:0 auto;padding:0 1.25rem}
header{padding-top:2rem}footer{padding-bottom:3rem;color:var(--muted);font-size:.875rem}
h1{font-size:1.75rem;line-height:1.2;margin:0 0 .25rem;overflow-wrap:anywhere}
h2{font-size:1.3rem;margin:2.75rem 0 .75rem;padding-top:.75rem;border-top:1px solid var(--line);overflow-wrap:anywhere}
h3{font-size:1.05rem;margin:1.75rem 0 .5rem;overflow-wrap:anywhere}
p{margin:.5rem 0;max-width:48rem}
.muted,.subtitle{color:var(--muted)}
.subtitle{margin:0;overflow-wrap:anywhere}
a{color:var(--accent)}
:focus-visible{outline:2px solid var(--accent);outline-offset:2px}
nav ul{list-style:none;display:flex;flex-wrap:wrap;gap:.25rem 1.25rem;padding:0;margin:1rem 0 0}
.scroll{overflow-x:auto;margin:1rem 0;max-width:100%;container-type:inline-size}
table{border-collapse:collapse;font-size:.9375rem}
caption{text-align:left;color:var(--muted);padding-bottom:.35rem;font-size:.875rem}
caption span{display:block;max-width:100cqw;position:sticky;left:0}
th,td{text-align:left;padding:.35rem .45rem;border-bottom:1px solid var(--line);vertical-align:top;font-weight:400;
overflow-wrap:break-word;max-width:26rem}
thead th{color:var(--muted);font-size:.8125rem;vertical-align:bottom}
.number{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
tr>:first-child{padding-left:0}
.facts{margin:1rem 0;display:grid;gap:.15rem}
.facts>div{display:grid;grid-template-columns:minmax(8rem,13rem) 1fr;gap:1rem}
.facts dt{color:var(--muted)}.facts dd{margin:0;overflow-wrap:anywhere}
figure{margin:1.25rem 0}figure>img{max-width:100%;height:auto}
.charts{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,30rem),1fr));gap:0 1.5rem;align-items:start}
.picture{overflow-x:auto}
.picture img,.picture svg{max-width:100%;height:auto;display:block}
figcaption{font-size:.8125rem;color:var(--muted)}figcaption a{margin-right:1rem}
code,pre{font:.875em/1.5 ui-monospace,SFMono-Regular,Menlo,Consolas,monospace}
pre{background:var(--raised);border:1px solid var(--line);border-radius:6px;padding:.75rem 1rem;overflow-x:auto;margin:.75rem 0}
details{margin:.75rem 0}summary{cursor:pointer}
.state{white-space:nowrap}.state::before{content:"";display:inline-block;width:.6em;height:.6em;border-radius:50%;margin-right:.45em;background:var(--muted)}
.good::before{background:var(--good)}.bad::before{background:var(--bad)}.warn::before{background:var(--warn)}
.graph rect{fill:var(--raised);stroke:var(--line)}.graph text{fill:var(--muted);font-size:12px;text-anchor:middle}.graph .name{fill:var(--ink);font-size:13.5px;font-weight:600}
.graph .lines path{fill:none;stroke:var(--muted);stroke-width:1.3}
.notice{border-left:4px solid var(--warn);background:var(--raised);padding:.5rem 1rem;margin:.75rem 0;max-width:48rem;overflow-wrap:anywhere}
.gallery{list-style:none;padding:0;margin:1rem 0;display:grid;grid-template-columns:repeat(auto-fill,minmax(8.5rem,1fr));gap:1rem}
.gallery li{font-size:.8125rem;overflow-wrap:anywhere;min-width:0}
.gallery img{display:block;width:100%;aspect-ratio:1;object-fit:contain;background:var(--raised);border:1px solid var(--line);border-radius:4px}
#tip{position:fixed;pointer-events:none;background:var(--ground);color:var(--ink);border:1px solid var(--line);border-radius:6px;
padding:.4rem .6rem;font-size:.8125rem;max-width:20rem;z-index:3;box-shadow:0 2px 8px rgb(0 0 0/.2);overflow-wrap:anywhere}
#tip[hidden]{display:none}
@media(min-width:40rem){tbody th{min-width:7rem}}
@media(max-width:40rem){body{font-size:15px}header,main,footer{padding-left:1rem;padding-right:1rem}h1{font-size:1.4rem}
.facts>div{grid-template-columns:1fr;gap:0;margin-bottom:.5rem}}
@media print{nav,.skip,figcaption{display:none}body{font-size:11pt}figure,tr{break-inside:avoid}}
`;
