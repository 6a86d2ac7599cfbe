// Builds what the pages load: one stylesheet, one script, and the mark.
// `npm run build` takes about two seconds; it writes only into the folder named below.

import { cp, mkdir, mkdtemp, readdir, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build, transform } from "esbuild";
import * as sass from "sass";
import { themeColours } from "./colours.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, "..");
const target = join(root, "src/alongside/web/design/static/built");
// Built aside and moved in file by file, so that a running server always has whole files.
const aside = await mkdtemp(join(root, "node_modules", ".building-"));
const browsers = ["chrome109", "firefox115", "safari15"];

async function styles() {
  const loadPaths = [join(root, "node_modules"), join(here, "scss")];
  const compile = (name) => sass.compile(join(here, "scss", name), { loadPaths, style: "expanded" }).css;
  const css = compile("theme.scss") + themeColours(compile("govuk.scss")) + compile("alongside.scss");
  const { code } = await transform(css, { loader: "css", minify: true, target: browsers });
  await writeFile(join(aside, "alongside.css"), code);
}

async function scripts() {
  await build({
    entryPoints: [join(here, "js/alongside.js"), join(here, "js/supported.js")],
    outdir: aside,
    bundle: true,
    format: "esm",
    minify: true,
    target: browsers,
    logLevel: "warning",
  });
}

async function moveIn() {
  await mkdir(target, { recursive: true });
  const fresh = await readdir(aside);
  await Promise.all(fresh.map((name) => rename(join(aside, name), join(target, name))));
  const stale = (await readdir(target)).filter((name) => !fresh.includes(name));
  await Promise.all(stale.map((name) => rm(join(target, name), { recursive: true })));
}

try {
  await Promise.all([styles(), scripts(), cp(join(here, "images"), aside, { recursive: true })]);
  await moveIn();
} finally {
  await rm(aside, { recursive: true, force: true });
}
