"""How the explorer looks: the colours of JupyterLab's theme, the measures of the report pages."""

STYLE = """<style>
.kl-explore {
  --kl-ink: var(--jp-ui-font-color1, #1d232b); --kl-soft: var(--jp-ui-font-color2, #5b6673);
  --kl-line: var(--jp-border-color2, #dcd7ce); --kl-tint: var(--jp-layout-color2, #f5f5f5);
  --kl-link: var(--jp-content-link-color, #0b57d0);
  max-width: 62rem; padding: .25rem 2px 1rem; overflow: visible;
}
.kl-explore, .kl-explore .widget-html-content {
  font: var(--jp-ui-font-size1, 13px)/1.5 var(--jp-ui-font-family, sans-serif);
  color: var(--kl-ink);
}
.kl-explore .widget-html, .kl-explore .widget-html-content {
  width: 100%; height: auto; margin: 0; overflow: visible;
}
.kl-controls { padding: .3rem 0; overflow: visible; }
.kl-controls > * {
  display: flex; flex-direction: column; align-items: stretch;
  min-width: 0; height: auto; margin: 0; overflow: visible;
}
.kl-controls .widget-label {
  flex: none; width: auto; height: 1.6em; text-align: left; color: var(--kl-soft);
  font-size: .92em; font-weight: 600; line-height: 1.6em;
}
.kl-controls select {
  flex: none; width: 100%; height: 2.2em; font: inherit; text-overflow: ellipsis;
}
.kl-controls select:disabled { opacity: .75; }
.kl-controls .slider-container { flex: none; margin: .35rem .6rem .5rem; }
.kl-controls .widget-readout {
  flex: none; min-width: 100%; height: auto; margin: 0; line-height: 1.6;
  overflow: visible; text-align: left; white-space: nowrap;
}
.kl-explore :is(select, button, a, summary, .kl-scroll, .kl-plot, .noUi-handle, pre):focus-visible {
  outline: 2px solid var(--jp-brand-color1, #0b57d0); outline-offset: 2px;
}
.kl-explore :is(.kl-said, .kl-note) {
  margin: .5rem 0 0; padding: .45rem .7rem;
  background: var(--kl-tint); border-left: 3px solid var(--kl-soft);
}
.kl-explore figure { margin: 1rem 0 .5rem; }
.kl-explore .kl-title {
  display: block; font-size: 1.45em; font-weight: 650; line-height: 1.3; text-wrap: balance;
}
.kl-explore .kl-sub {
  display: block; max-width: 46rem; margin: .2rem 0 .7rem; color: var(--kl-soft);
}
/* Charts are drawn in ink on paper, so they keep their sheet in dark themes. */
.kl-explore .kl-plot {
  max-width: 46rem; overflow-x: auto; background: #fff; border-radius: 4px;
}
.kl-explore .kl-plot img { display: block; max-width: 100%; height: auto; margin: 0 auto; }
.kl-explore .kl-source { margin: .5rem 0 .3rem; color: var(--kl-soft); }
.kl-explore h3 { margin: 1.4rem 0 .5rem; font-size: 1.15em; font-weight: 650; }
.kl-explore .kl-scroll {
  max-height: 26rem; overflow: auto; border: 1px solid var(--kl-line); border-radius: 4px;
}
.kl-explore table {
  width: 100%; border-collapse: collapse; font-size: 1em; font-variant-numeric: tabular-nums;
}
.kl-explore caption {
  position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%);
}
.kl-explore :is(th, td) {
  padding: .35rem .7rem; text-align: left; vertical-align: top;
  border-bottom: 1px solid var(--kl-line);
}
.kl-explore thead th {
  position: sticky; top: 0; background: var(--kl-tint); font-weight: 600; white-space: nowrap;
}
.kl-explore tbody th { font-weight: 500; white-space: nowrap; }
.kl-explore .kl-num { text-align: right; }
.kl-explore .kl-none { color: var(--kl-soft); }
.kl-explore .kl-cite { margin-left: .15em; font-size: .82em; white-space: nowrap; }
.kl-explore td > .kl-cite:only-child { font-size: 1em; vertical-align: baseline; }
.kl-explore a { color: var(--kl-link); }
.kl-explore .kl-cite a { text-decoration: none; }
.kl-explore .kl-cite a:hover { text-decoration: underline; }
.kl-explore summary { width: fit-content; color: var(--kl-soft); cursor: pointer; }
.kl-explore .kl-sources {
  columns: 2 20rem; column-gap: 2rem; max-height: 20rem; margin: 0; padding-left: 2.6rem;
  overflow: auto; overflow-wrap: anywhere;
}
.kl-explore .kl-sources li { break-inside: avoid; margin-bottom: .2rem; }
.kl-explore .kl-actions { gap: .6rem; margin: .4rem 0; overflow: visible; }
.kl-explore .kl-actions button { width: auto; margin: 0; }
.kl-explore .kl-files a { margin-right: .8rem; overflow-wrap: anywhere; }
.kl-explore pre {
  margin: .3rem 0; padding: .7rem .9rem; overflow-x: auto; user-select: all;
  background: var(--kl-tint); border: 1px solid var(--kl-line); border-radius: 4px;
  font: var(--jp-code-font-size, 13px)/1.5 var(--jp-code-font-family, monospace);
}
</style>"""
