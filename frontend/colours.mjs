// GOV.UK Frontend draws most colours from custom properties, and a few straight from its palette.
// Those few would stay light in the dark theme, so the build gives each of them a property too.
// A colour that is not in this table stops the build: a new component cannot slip in half-themed.
//
// Keys are "<kind> <hex>", where kind is the sort of declaration the colour stands in.


const table = {
  "text #0b0c0c": "--govuk-text-colour",
  "text #ffffff": "--along-on-action",
  "text #f3f3f3": "--along-quiet",
  "text #651b1b": "--govuk-error-colour",
  "text #083d29": "--govuk-success-colour",
  "fill #0b0c0c": "--govuk-text-colour",
  "fill #ffffff": "--govuk-body-background-colour",
  "fill #f4f8fb": "--govuk-template-background-colour",
  "fill #f3f3f3": "--along-quiet",
  "fill #cecece": "--along-quiet-hover",
  "fill #0f7a52": "--along-action",
  "fill #0b5c3e": "--along-action-hover",
  "fill #ca3535": "--along-danger",
  "fill #982828": "--along-danger-hover",
  "fill #1d70b8": "--along-action",
  "fill #d2e2f1": "--along-tag-blue",
  "line #0b0c0c": "--govuk-input-border-colour",
  "line #cecece": "--govuk-border-colour",
  "line #858686": "--along-quiet-edge",
  "line #f3f3f3": "--along-quiet",
  "line #083d29": "--along-action-edge",
  "line #651b1b": "--along-danger-edge",
  "line #0f385c": "--along-action-edge",
};

const hex = /#[0-9a-f]{3,8}\b/gi;
const kinds = [
  [/^(color|fill)$/, "text"],
  [/^background/, "fill"],
  [/^(border|outline|box-shadow)/, "line"],
];

/** The property that stands for a literal colour in one declaration. */
function propertyFor(selector, property, colour) {
  const tag = selector.match(/\.govuk-tag(?:--(\w+))?(?=$|[\s,])/);
  if (tag) {
    const hue = { turquoise: "teal", pink: "magenta" }[tag[1]] ?? tag[1] ?? "blue";
    return property === "color" ? `--along-tag-${hue}-text` : `--along-tag-${hue}`;
  }
  const kind = kinds.find(([pattern]) => pattern.test(property))?.[1];
  const found = table[`${kind} ${colour.toLowerCase()}`];
  if (!found) {
    throw new Error(
      `${selector} uses ${colour} for ${property}, which has no theme colour. Add "${kind} ${colour}" to frontend/colours.mjs.`,
    );
  }
  return found;
}

/** Give every literal colour of a compiled GOV.UK stylesheet a custom property. */
export function themeColours(css) {
  let selector = "";
  return css.split("\n").map((line) => {
    const text = line.trim();
    if (text.endsWith("{") || text.endsWith(",")) {
      selector = text.replace(/\s*[{,]$/, "");
      return line;
    }
    const declaration = text.match(/^([\w-]+):\s*(.*);$/);
    if (!declaration || declaration[1].startsWith("--")) return line;
    return line
      .split(/(var\([^;]*?\)(?=[\s;,]|$))/)
      .map((part) => part.startsWith("var(")
        ? part
        : part.replace(hex, (colour) => `var(${propertyFor(selector, declaration[1], colour)})`))
      .join("");
  }).join("\n");
}

