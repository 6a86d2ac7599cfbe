// Builds what the pages load: one stylesheet, one script, and the mark.
// `npm run build` takes about two seconds; it writes only into the folder named below.

import { cp, mkdir, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build, transform } from "esbuild";
import * as sass from "sass";
import { themeColours } from "./colours.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, "..");
const target = join(root, "src/alongside/web/design/static/built");
const browsers = ["chrome109", "firefox115", "safari15"];

async function styles() {
  const loadPaths = [join(root, "node_modules"), join(here, "scss")];
  const compile = (name) => sass.compile(join(here, "scss", name), { loadPaths, style: "expanded" }).css;
  const css = compile("theme.scss") + themeColours(compile("govuk.scss")) + compile("alongside.scss");
  const { code } = await transform(css, { loader: "css", minify: true, target: browsers });
  await writeFile(join(target, "alongside.css"), code);
}

async function scripts() {
  await build({
    entryPoints: [join(here, "js/alongside.js"), join(here, "js/supported.js")],
    outdir: target,
    bundle: true,
    format: "esm",
    minify: true,
    target: browsers,
    logLevel: "warning",
  });
}

await rm(target, { recursive: true, force: true });
await mkdir(target, { recursive: true });
await Promise.all([styles(), scripts(), cp(join(here, "images"), target, { recursive: true })]);
