import { figureColours } from './theme.js';

const light = `--paper:#fff;--panel:#f6f8fa;--ink:#1b1f24;--muted:#57606a;--rule:#d8dee4;--link:#0a5ea8;--warn:#fff4e0;--warn-edge:#c77700;--gap:#8a5200;${figureColours('light')}`;
const dark = `--paper:#14181d;--panel:#1c2229;--ink:#e8eaed;--muted:#a3acb8;--rule:#343c46;--link:#79bdf5;--warn:#33270f;--warn-edge:#d99a2b;--gap:#e3b059;${figureColours('dark')}`;

/** The page's only style sheet. */
export const styleSheet = `
:root{color-scheme:light;${light}}
:root[data-theme=dark]{color-scheme:dark;${dark}}
@media (prefers-color-scheme:dark){:root:not([data-theme=light]){color-scheme:dark;${dark}}}
@media print{:root,:root[data-theme=dark],:root:not([data-theme=light]){color-scheme:light;${light}}}
*{box-sizing:border-box}
html{scroll-behavior:smooth;scroll-padding-top:3.2rem;-webkit-text-size-adjust:100%}
@media (prefers-reduced-motion:reduce){html{scroll-behavior:auto}}
body{margin:0;background:var(--paper);color:var(--ink);font:16px/1.55 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif;overflow-wrap:break-word}
header.top,main,footer{max-width:72rem;margin:0 auto;padding:0 1.25rem}
header.top{padding-top:2rem}
h1{font-size:1.8rem;line-height:1.2;margin:0 0 .4rem}
h2{font-size:1.35rem;margin:3rem 0 .6rem;padding-top:.8rem;border-top:1px solid var(--rule)}
h3{font-size:1.08rem;margin:1.8rem 0 .4rem}
h4{font-size:1rem;margin:1.2rem 0 .2rem}
p,ul,ol,dl{margin:.5rem 0;max-width:48rem}
li{margin:.2rem 0}
a{color:var(--link);text-underline-offset:.15em}
.muted,small{color:var(--muted)}
small{font-size:.86rem}
nav{position:sticky;top:0;z-index:2;background:var(--paper);border-bottom:1px solid var(--rule);margin-top:1rem}
nav>div{max-width:72rem;margin:0 auto;padding:.45rem 1.25rem;display:flex;gap:.2rem 1.1rem;align-items:center;overflow-x:auto;white-space:nowrap}
nav a{text-decoration:none;padding:.2rem 0}
nav button{margin-left:auto}
button,select{font:inherit;font-size:.9rem;color:var(--ink);background:var(--panel);border:1px solid var(--rule);border-radius:.4rem;padding:.25rem .6rem;max-width:100%}
button{cursor:pointer}
:focus-visible{outline:2px solid var(--link);outline-offset:2px}
.unseen{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
.tools{display:flex;flex-wrap:wrap;gap:.4rem .8rem;align-items:center;margin:.7rem 0 -.2rem;font-size:.88rem}
.tools label{display:flex;gap:.4rem;align-items:center}
.tools input{font:inherit;color:var(--ink);background:var(--paper);border:1px solid var(--rule);border-radius:.4rem;padding:.2rem .5rem;max-width:11rem}
.tools button{font-size:.82rem}
.family{margin:.6rem 0}
.family>summary{padding:.35rem 0}
.family>summary h3,.family>summary h4{display:inline;margin:0}
.worst{display:block;font-size:.82rem;color:var(--muted);white-space:nowrap}
tr[hidden]{display:none}
.ranked td:nth-child(2),.ranked th:nth-child(2),.ranked th:nth-child(2) button{text-align:left}
tfoot th,tfoot td{background:var(--panel)}
.skip{position:absolute;left:-99rem}
.skip:focus{left:1rem;top:.5rem;background:var(--paper);padding:.5rem;z-index:5}
.note{border-left:4px solid var(--warn-edge);background:var(--warn);padding:.6rem .9rem;margin:.8rem 0;border-radius:0 .4rem .4rem 0;max-width:56rem}
.note p{margin:.2rem 0}
.verdicts{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(20rem,100%),1fr));gap:.9rem;margin:.9rem 0}
.verdict{border:1px solid var(--rule);border-radius:.6rem;padding:.8rem 1rem;background:var(--panel)}
.verdict h3{margin:0 0 .2rem}
.verdict ul{padding-left:1.1rem;margin:.4rem 0}
.verdict li{font-size:.93rem}
.verdict p{margin:.3rem 0}
.verdict .note{margin:.5rem 0;padding:.4rem .7rem;font-size:.93rem}
.scroll{position:relative;overflow-x:auto;margin:.7rem 0;border:1px solid var(--rule);border-radius:.5rem}
table{border-collapse:collapse;width:100%;font-size:.9rem;font-variant-numeric:tabular-nums}
caption{text-align:left;color:var(--muted);padding:.5rem .7rem;font-size:.86rem}
th,td{padding:.36rem .65rem;text-align:right;border-top:1px solid var(--rule);vertical-align:top;overflow-wrap:normal}
th:first-child,td:first-child{text-align:left;position:sticky;left:0;background:var(--paper);min-width:7.5rem;max-width:16rem;overflow-wrap:break-word;z-index:1}
.left td,.left th,.left th button{text-align:left}
thead th{background:var(--panel);border-top:0;vertical-align:bottom;font-weight:600}
thead th:first-child{background:var(--panel)}
thead th a{display:block;font-size:.78rem;font-weight:400;white-space:nowrap}
th button{border:0;background:none;padding:0;font:inherit;font-weight:600;text-align:inherit}
th[aria-sort=ascending] button::after{content:" ▲"}
th[aria-sort=descending] button::after{content:" ▼"}
td .half{color:var(--muted);white-space:nowrap}
.summary .half{display:block;font-size:.82rem}
.summary{font-size:.88rem}
th small{font-weight:400}
th .explanation{font-weight:400;font-size:.82rem;margin:.15rem 0 0}
.words td:nth-child(2),.words th:nth-child(2),.words td:nth-child(4),.words th:nth-child(4){text-align:left}
.tall{max-height:26rem;overflow:auto}
.tall thead th{position:sticky;top:0;z-index:2}
td a.value{color:inherit;text-decoration:none;white-space:nowrap}
td a.value:hover,td a.value:focus-visible{text-decoration:underline}
tr.bound td,tr.bound th{background:var(--panel);font-style:italic}
tr.group th{background:var(--panel);text-align:left;font-weight:600}
.gap{color:var(--gap);font-style:italic}
figure{margin:1.4rem 0 2rem;padding:0;min-width:0}
figcaption{margin-bottom:.3rem}
figcaption b{display:block;font-size:1.02rem}
figcaption span{font-size:.9rem;color:var(--muted);display:block;max-width:56rem}
.holder{min-height:16rem;min-width:0}
.canvas{overflow-x:auto}
.canvas svg{display:block;max-width:none}
.controls{display:flex;flex-wrap:wrap;gap:.4rem 1.2rem;margin:.5rem 0}
.controls label{display:flex;gap:.4rem;align-items:center;font-size:.9rem;max-width:100%}
.vega-bind,.controls label,.controls select,.tools label,.tools select{max-width:100%;min-width:0}
.vega-bind-name{color:var(--muted)}
.files a{position:relative}
.files{font-size:.84rem;display:flex;gap:1rem}
#tip{position:fixed;z-index:9;pointer-events:none;background:var(--paper);color:var(--ink);border:1px solid var(--rule);border-radius:.4rem;box-shadow:0 3px 14px #0004;padding:.4rem .6rem;font-size:.84rem;line-height:1.4;max-width:min(22rem,92vw)}
#tip[hidden]{display:none}
#tip span{color:var(--muted);margin-right:.5rem}
#tip b{font-weight:600}
dt{font-weight:600;margin-top:.9rem}
dd{margin:0 0 0 1rem}
dd p{margin:.2rem 0}
pre{background:var(--panel);border:1px solid var(--rule);border-radius:.5rem;padding:.8rem;overflow:auto;font-size:.8rem;max-height:28rem}
code{font-size:.9em}
summary{cursor:pointer}
footer{padding:2rem 1.25rem 3rem;color:var(--muted);font-size:.88rem}
@media (max-width:600px){body{font-size:15px}h1{font-size:1.45rem}header.top,main,footer{padding-left:.9rem;padding-right:.9rem}nav>div{padding-left:.9rem;padding-right:.9rem}th:first-child,td:first-child{max-width:8.5rem}th,td{padding:.32rem .45rem}}
@media print{table{font-size:7pt}th,td{padding:1.5pt 3pt;overflow-wrap:anywhere}th:first-child,td:first-child{position:static;min-width:0}thead th{overflow-wrap:normal;hyphens:auto}thead th a{display:none!important}td a.value,td .half,.worst{white-space:normal}nav,.tools,.files,.controls,button,.skip,#tip{display:none!important}body{font-size:10pt}figure,.verdict,tr{break-inside:avoid}.canvas svg{max-width:100%;height:auto}.scroll{overflow:visible;border:0}.canvas{overflow:visible}pre{max-height:none;white-space:pre-wrap}h2{break-after:avoid}details::details-content{content-visibility:visible;display:block;height:auto}.tall{max-height:none}}
`;
